"""What clouds bring, from a folder and from a bucket on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from newsreel.core.errors import ArtifactError
from newsreel.service.clouds.artifacts import with_artifacts
from newsreel.settings import Settings

FILES = {
    "models/7/tiny/card.toml": b"format = 2",
    "models/7/tiny/model.onnx": b"x" * 100_000,
    "models/7/README.md": b"not of an artifact",
    "models/78/other/card.toml": b"of another folder",
    "models/empty/model.onnx": b"x",
}


class Storage(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Bucket)
        self.asked: list[str] = []


class Bucket(BaseHTTPRequestHandler):
    """As much of Cloud Storage's JSON interface as its client asks for."""

    server: Storage

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.server.asked.append(path)
        name = unquote(path.partition("/o/")[2])
        if name in FILES:
            self._answer(200, FILES[name] if query.get("alt") == ["media"] else json.dumps(_known(name)).encode())
        elif path == "/storage/v1/b/bucket/o":
            items = [_known(each) for each in FILES if each.startswith(query["prefix"][0])]
            self._answer(200, json.dumps({"kind": "storage#objects", "items": items}).encode())
        else:
            self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _known(name: str) -> dict[str, str]:
    return {"kind": "storage#object", "bucket": "bucket", "name": name, "size": str(len(FILES[name]))}


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], list[str]]]:
    """Has Vertex AI say that the artifacts lie in this folder; the paths that the bucket is asked for."""
    server = Storage()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def say(folder: str) -> list[str]:
        where = f"?scheme=http&endpoint_override=127.0.0.1:{server.server_port}&retry_limit_seconds=1"
        monkeypatch.setenv("AIP_STORAGE_URI", f"gs://anonymous@bucket/models/{folder}{where}")
        return server.asked

    yield say
    server.shutdown()
    server.server_close()


def test_what_vertex_says_is_fetched_once(says: Callable[[str], list[str]]) -> None:
    asked = says("7/")
    folder = with_artifacts(Settings(cloud="vertex")).artifacts
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {name: FILES[f"models/7/{name}"] for name in ("tiny/card.toml", "tiny/model.onnx")}
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    fetched = [path for path in asked if "/o/" in path]
    assert with_artifacts(Settings(cloud="vertex")).artifacts == folder
    assert [path for path in asked if "/o/" in path] == fetched


@pytest.mark.parametrize(("folder", "why"), [("empty", "holds no artifact"), ("none", "cannot be fetched")])
def test_a_bucket_without_artifacts_is_said(says: Callable[[str], list[str]], folder: str, why: str) -> None:
    says(folder)
    with pytest.raises(ArtifactError, match=why):
        with_artifacts(Settings(cloud="vertex"))


def test_a_folder_that_others_may_write_to_is_not_trusted(says: Callable[[str], list[str]]) -> None:
    says("7")
    with_artifacts(Settings(cloud="vertex")).artifacts.parent.chmod(0o777)
    with pytest.raises(ArtifactError, match="open to others"):
        with_artifacts(Settings(cloud="vertex"))


def test_what_sagemaker_unpacked_goes_before_the_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Settings(cloud="sagemaker", artifacts=tmp_path / "image")
    for brought in ("missing", ""):
        monkeypatch.setenv("SM_MODEL_DIR", str(tmp_path / brought))
        assert with_artifacts(own) == own
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "card.toml").touch()
    assert with_artifacts(own).artifacts == tmp_path
    assert with_artifacts(Settings(cloud="none", artifacts=tmp_path / "image")).artifacts == tmp_path / "image"


def test_where_a_cloud_brings_nothing_the_images_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Settings(cloud="vertex")
    monkeypatch.setenv("AIP_STORAGE_URI", "")
    assert with_artifacts(own) == own
    monkeypatch.setenv("AIP_STORAGE_URI", "s3://bucket/models")
    with pytest.raises(ArtifactError, match="'s3://bucket/models', and begins with gs://"):
        with_artifacts(own)
