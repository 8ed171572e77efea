"""What is asked is in no log and no metric, and who is named is written as settings and editor want it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.testing import capture_logs
from tests.commands import run

from newsreel import app
from newsreel.core.errors import UsageError
from newsreel.search.results import Query
from newsreel.service import create_app
from newsreel.settings import Settings

CANARY = "xylophonist"
STORY = {"uri": "urn:1", "headline": "Fire", "body": "Maria Muster saw the fire. Maria is 12.", "byline": "Jo Doe"}
TAGS = '[[tag]]\nnames = "person: Maria Muster"\ntags = "minor"\n'

_SERVER = """
import sys
from newsreel import telemetry
from newsreel.cli.main import main

configure = telemetry.configure_logging
telemetry.configure_logging = lambda level: configure("notset")  # all that any library has to say
main()
"""

_WEB_SOCKET = (
    f"GET /?q={CANARY} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_BROKEN = f"GET /?q={CANARY} {CANARY} HTTP/7\r\n{CANARY}\r\n\r\n"


@pytest.fixture(scope="module")
def plain() -> Settings:
    """Without entities: what the editor tagged is found by name."""
    return Settings(entities="none")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, plain: Settings, embedder: object) -> Path:
    folder = tmp_path_factory.mktemp("personal")
    (folder / "desk.jsonl").write_text(json.dumps(STORY), encoding="utf-8")
    app.index([str(folder / "desk.jsonl")], folder / "archive", plain, lambda _: None)
    (folder / "archive" / "entities.toml").write_text(TAGS, encoding="utf-8")
    return folder / "archive"


@pytest.fixture
def client(archive: Path, plain: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(app.Serving(app.Newsreel(archive, plain)))) as client:
        yield client


def asked(address: str, path: str, body: str | None = None) -> str:
    headers = {"Referer": f"http://x/{CANARY}", "User-Agent": CANARY, "Content-Type": "application/json"}
    request = Request(address + path, None if body is None else body.encode(), headers)
    try:
        with urlopen(request, timeout=60) as answer:
            return str(answer.read().decode())
    except HTTPError as error:
        with error:
            return str(error.read().decode())


def sent(address: str, text: str) -> None:
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(text.encode())
        connection.recv(1024)


def test_a_server_writes_down_nothing_of_what_it_is_asked_at_any_level(archive: Path) -> None:
    environment = {**os.environ, "NEWSREEL_ENTITIES": "none"}
    command = [sys.executable, "-c", _SERVER, "serve", "--archive", str(archive), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stderr is not None
        found = next(said for line in server.stderr if (said := re.search(r"http://\S+:\d+", line)))
        paths = [
            *(f"/v1/search?q={CANARY}{more}" for more in ("", "&limit=0", f"&from={CANARY}", f"&entity=PER:{CANARY}")),
            f"/?q={CANARY}",
            f"/?q={CANARY * 300}",
            f"/{CANARY}?q={CANARY}",
            f"/v1/items/{CANARY}?q={CANARY}",
            f"/items/urn:1?q={CANARY}",
            f"/v1/media/{CANARY}",
            f"/v1/entities?name={CANARY}",
            f"/v1/entities/PER:{CANARY}",
        ]
        assert CANARY in asked(found[0], paths[0]), "it was asked"
        for path in paths[1:]:
            asked(found[0], path)
        for route, body in [
            ("embeddings", {"input": CANARY}),
            ("embeddings", {"input": [CANARY, f"{CANARY} " * 300], "over_length": "error"}),
            ("embeddings", {"input": CANARY, "model": CANARY, "encoding_format": CANARY}),
            ("embeddings", {"input": CANARY, "model": CANARY}),
            ("rerank", {"query": CANARY, "documents": [CANARY]}),
            ("classify", {"inputs": CANARY}),
            ("entities", {"text": CANARY}),
            ("entities", CANARY),
        ]:
            asked(found[0], f"/v1/{route}", json.dumps(body))
        asked(found[0], f"/v1/models/{CANARY}")
        sent(found[0], _WEB_SOCKET)
        sent(found[0], _BROKEN)
        metrics = asked(found[0], "/metrics")
        server.send_signal(signal.SIGINT)
        log = server.stderr.read()
    actions = [json.loads(line)["action"] for line in log.splitlines() if line.startswith("{")]
    assert actions.count("request") >= len(paths) + 3
    assert any("Started scope=" in action for action in actions), "at every level"
    assert 'newsreel_requests_total{route="/v1/search"' in metrics
    for said in (log, metrics):
        assert CANARY not in said, said[max(0, said.index(CANARY) - 300) :][:400]


def test_the_command_line_writes_down_nothing_of_what_it_is_asked(archive: Path) -> None:
    done = run("search", CANARY, "--archive", archive, "--json", environment={"NEWSREEL_ENTITIES": "none"})
    assert json.loads(done.out)["query"] == CANARY
    assert (done.code, done.err) == (0, "")


def test_queries_are_logged_where_the_operator_wants_it_and_those_tagged_are_not(
    archive: Path, plain: Settings
) -> None:
    query = Query(text="maria muster and fire", entities=("PER:maria muster",))
    try:
        with capture_logs() as lines:
            for settings in (plain, plain.model_copy(update={"log_texts": True})):
                newsreel = app.Newsreel(archive, settings)
                newsreel.log(newsreel.search(query))
    finally:
        structlog.reset_defaults()
    (line,) = lines
    assert line == {
        "event": "search",
        "query": "[PER] and fire",
        "entities": ("PER:[PER]",),
        "total": 0,
        "log_level": "info",
    }


def test_who_is_tagged_is_in_no_json_and_on_the_editors_page(client: TestClient) -> None:
    found = client.get("/v1/search", params={"q": "fire"}).json()
    item = client.get("/v1/items/urn:1").json()
    assert item["body"] == "[PER] saw the fire. [PER] is 12."
    assert found["results"][0]["text"] == item["body"]
    assert (item["byline"], found["results"][0]["byline"]) == ("Jo Doe", "Jo Doe")
    assert "Maria Muster" in client.get("/items/urn:1").text


def test_names_of_a_text_are_written_alike_whatever_the_model_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSREEL_PERSONAL_DATA", "redact")
    monkeypatch.setenv("NEWSREEL_PERSONAL_DATA_LABELS", "PER,ORG,LOC,MISC")
    done = run("entities", "Angela Merkel met Emmanuel Macron in Paris.", "--json")
    found = json.loads(done.out)["entities"]
    assert found
    assert all(each["text"] == f"[{each['label']}]" for each in found)


def test_people_cannot_be_hidden_in_an_archive_that_does_not_know_them(archive: Path, plain: Settings) -> None:
    with pytest.raises(UsageError, match="without entities"):
        app.Newsreel(archive, plain.model_copy(update={"personal_data": "redact"}))


def test_labels_are_given_with_commas_and_keys_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSREEL_PERSONAL_DATA_LABELS", "per, ORG")
    monkeypatch.setenv("NEWSREEL_PERSONAL_DATA_KEY", CANARY)
    settings = Settings()
    assert settings.personal_data_labels == {"PER", "ORG"}
    assert CANARY not in repr(settings)
