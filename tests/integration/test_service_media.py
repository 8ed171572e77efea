"""Originals, keyframes and what is known of a film, over HTTP."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import NoReturn, cast
from urllib.parse import quote

import anyio
import pytest
from fastapi.testclient import TestClient
from starlette.types import Message
from tests.film_builders import write_film

from newsreel import app, telemetry
from newsreel.service import create_app
from newsreel.service.edge import HEADERS
from newsreel.service.originals import FilePart, open_original
from newsreel.settings import Settings

PHOTO = "file:photos/tarnby-halcyon-aground.jpg"
STORY = "urn:newsml:newsreel.example:20260309:halcyon-aground"
PILOT = "file:videos/tarnby-halcyon-pilot.mp4"
STATION = "file:videos/millford-station-clock.mov"
ODD = ["a b.jpg", "ü/ø 日本.jpg", "100%.jpg", "a%2Fb.jpg", "#1?x=y&z.jpg", "it's, +1;.jpg"]


def media(uri: str) -> str:
    return f"/v1/media/{quote(uri, safe='')}"


def keyframe(uri: str, shot: int) -> str:
    return f"/v1/keyframes/{quote(uri, safe='')}?shot={shot}"


@pytest.fixture(scope="module")
def client(newsreel: app.Newsreel) -> TestClient:
    return TestClient(create_app(app.Serving(newsreel)))


@pytest.fixture(scope="module")
def photo(sample_folder: Path) -> bytes:
    return (sample_folder / "photos" / "tarnby-halcyon-aground.jpg").read_bytes()


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, photo: bytes, settings: Settings) -> TestClient:
    folder = tmp_path_factory.mktemp("odd")
    for number, name in enumerate(ODD):
        path = folder / "desk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(photo + bytes([number]))
    app.index([str(folder / "desk")], folder / "archive", settings, lambda _: None)
    return TestClient(create_app(app.Serving(app.Newsreel(folder / "archive", settings))))


class Holding:
    """A Newsreel that has one file, whatever is asked for."""

    def __init__(self, path: Path, media_type: str) -> None:
        self._held = path, media_type

    def media(self, uri: str) -> tuple[Path, str]:
        return self._held


def holding(path: Path, media_type: str = "video/mp4") -> TestClient:
    return TestClient(create_app(app.Serving(cast(app.Newsreel, Holding(path, media_type)))))


class TestRanges:
    def test_the_whole(self, client: TestClient, photo: bytes) -> None:
        answer = client.get(media(PHOTO))
        assert (answer.status_code, answer.content) == (200, photo)
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Content-Length"] == str(len(photo))
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Content-Disposition" not in answer.headers

    @pytest.mark.parametrize(
        ("asked", "part"),
        [
            ("bytes=0-1", slice(0, 2)),
            ("bytes=100-199", slice(100, 200)),
            ("bytes=5000-", slice(5000, None)),
            ("bytes=-7", slice(-7, None)),
            ("bytes=0-", slice(0, None)),
        ],
    )
    def test_a_part(self, client: TestClient, photo: bytes, asked: str, part: slice) -> None:
        answer = client.get(media(PHOTO), headers={"Range": asked})
        start, stop, _ = part.indices(len(photo))
        assert (answer.status_code, answer.content) == (206, photo[part])
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(photo)}"
        assert answer.headers["Content-Length"] == str(stop - start)

    def test_several_parts_are_answered_with_the_whole(self, client: TestClient, photo: bytes) -> None:
        answer = client.get(media(PHOTO), headers={"Range": "bytes=0-1,7-9"})
        assert (answer.status_code, answer.content) == (200, photo)

    def test_a_part_beyond_the_end_is_refused(self, client: TestClient, photo: bytes) -> None:
        answer = client.get(media(PHOTO), headers={"Range": f"bytes={len(photo)}-"})
        assert (answer.status_code, answer.json()["error"]["type"]) == (416, "UsageError")
        assert answer.headers["Content-Range"] == f"bytes */{len(photo)}"

    def test_a_part_of_another_version_is_the_whole(self, client: TestClient) -> None:
        tag = client.head(media(PHOTO)).headers["ETag"]
        for known, status in ((tag, 206), ('"other"', 200), (f"W/{tag}", 200), ("Mon, 09 Mar 2026 07:20:00 GMT", 200)):
            assert client.get(media(PHOTO), headers={"Range": "bytes=0-9", "If-Range": known}).status_code == status

    def test_what_is_known_is_not_sent_again_until_it_changes(self, tmp_path: Path) -> None:
        file = tmp_path / "clip.mp4"
        file.write_bytes(b"first")
        client = holding(file)
        tag = client.get(media("x")).headers["ETag"]
        for known in (tag, f'"other", W/{tag}', "*"):
            again = client.get(media("x"), headers={"If-None-Match": known, "Range": "bytes=0-1"})
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        file.write_bytes(b"again")
        os.utime(file, ns=(0, 1))
        assert client.get(media("x"), headers={"If-None-Match": tag}).content == b"again"

    def test_head_and_a_part_of_a_very_long_file_read_only_what_they_need(self, tmp_path: Path) -> None:
        file = tmp_path / "long.mp4"
        file.touch()
        os.truncate(file, 10**12)
        client = holding(file)
        head = client.head(media("x"))
        assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(10**12))
        part = client.head(media("x"), headers={"Range": "bytes=5-9"})
        assert (part.status_code, part.headers["Content-Length"]) == (206, "5")
        assert client.get(media("x"), headers={"Range": "bytes=999999999990-"}).content == bytes(10)

    def test_a_reader_who_leaves_leaves_no_file_open(self, tmp_path: Path) -> None:
        path = tmp_path / "long.mp4"
        path.touch()
        os.truncate(path, 10**12)
        file, _ = open_original(path, "video/mp4", "x")
        answer = FilePart(file, range(10**12), status_code=200, headers={}, media_type="video/mp4")
        sent: list[int] = []

        async def send(message: Message) -> None:
            sent.append(len(message.get("body", b"")))

        async def receive() -> Message:
            while len(sent) < 3:
                await anyio.sleep(0)
            return {"type": "http.disconnect"}

        anyio.run(answer, {"type": "http", "asgi": {"spec_version": "2.3"}}, receive, send)
        assert file.closed
        assert sum(sent) < 10**8

    def test_a_file_that_is_cut_short_meanwhile_ends_the_answer_there(self, tmp_path: Path) -> None:
        path = tmp_path / "short.mp4"
        path.write_bytes(bytes(10**6))
        shrinking = create_app(app.Serving(cast(app.Newsreel, Holding(path, "video/mp4"))))
        messages: list[Message] = []

        async def send(message: Message) -> None:
            os.truncate(path, 300_000)
            messages.append(message)

        async def receive() -> Message:
            await anyio.sleep_forever()
            raise AssertionError

        scope = {"type": "http", "method": "GET", "path": "/v1/media/x", "raw_path": b"/v1/media/x", "headers": [],
                 "query_string": b"", "asgi": {"spec_version": "2.3"}}  # fmt: skip
        before = telemetry.metrics()
        anyio.run(shrinking, scope, receive, send)
        assert sum(len(message.get("body", b"")) for message in messages) == 300_000
        assert messages[-1]["more_body"]  # it never ends well: the server closes the connection
        counted = b'newsreel_failures_total{cause="CutShortError"}'
        assert counted not in before
        assert counted in telemetry.metrics()


class TestFiles:
    def test_are_offered_under_their_own_name(self, client: TestClient) -> None:
        answer = client.head(media(PHOTO) + "?download=1")
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="tarnby-halcyon-aground.jpg"; ')

    @pytest.mark.parametrize(
        "media_type", ["image/svg+xml", "text/html", "application/xhtml+xml", "image/heic", "x\r\ny"]
    )
    def test_what_could_run_in_a_browser_is_never_shown_there(self, tmp_path: Path, media_type: str) -> None:
        file = tmp_path / "page"
        file.write_text("<script>alert(1)</script>")
        answer = holding(file, media_type).get(media("x"))
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]

    def test_that_are_gone_or_no_files_are_not_found_and_nothing_waits(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "link").symlink_to(tmp_path / "pipe")
        for name in ("missing.mp4", "pipe", "link", "."):
            answer = holding(tmp_path / name).get(media("file:clip.mp4"))
            assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFoundError")
            assert "file" in answer.json()["error"]["message"]
            assert str(tmp_path) not in answer.text

    def test_a_story_has_no_file_to_send(self, client: TestClient) -> None:
        assert client.get(media(STORY)).status_code == 404

    def test_an_empty_one_is_sent_empty(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch()
        client = holding(tmp_path / "empty")
        assert client.get(media("x")).content == b""
        assert client.get(media("x"), headers={"Range": "bytes=0-"}).status_code == 416


class TestOddUris:
    def test_lead_to_their_own_file(self, odd: TestClient, photo: bytes) -> None:
        uris = {result["uri"] for result in odd.get("/v1/search?limit=50").json()["results"]}
        assert uris == {"file:" + quote(name) for name in ODD}
        for number, name in enumerate(ODD):
            answer = odd.get(media("file:" + quote(name)))
            assert answer.content == photo + bytes([number])

    def test_their_pages_show_them_whole(self, odd: TestClient) -> None:
        for name in ODD:
            page = odd.get("/items/" + quote("file:" + quote(name), safe="")).text
            assert f'<img src="{media("file:" + quote(name))}"' in page


class TestHeldBack:
    def test_killed_media_are_gone_even_for_who_knows_them(self, sample_copy: Path, settings: Settings) -> None:
        client = TestClient(create_app(app.Serving(app.Newsreel(sample_copy, settings))))
        addresses = [media(PHOTO), media(PILOT), keyframe(PILOT, 1)]
        tags = [client.get(address).headers["ETag"] for address in addresses]
        app.kill_items([PHOTO, PILOT], sample_copy)
        for address, tag in zip(addresses, tags, strict=True):
            for headers in ({}, {"If-None-Match": tag}, {"Range": "bytes=0-1", "If-Range": tag}):
                answer = client.get(address, headers=headers)
                assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFoundError")

    def test_a_film_is_there_until_it_is_embargoed_or_killed(self, tmp_path: Path, settings: Settings) -> None:
        desk, archive = tmp_path / "desk.jsonl", tmp_path / "archive"
        for name, first in (("later", 0), ("killed", 100)):
            write_film(tmp_path / f"{name}.mp4", frames=30, first_number=first)
            (tmp_path / f"{name}.vtt").write_text("WEBVTT\n\n00:00.200 --> 00:01.000\nThe bridge is open.\n")
        uris = ("x:later", "x:killed")

        def index(**later: str) -> TestClient:
            lines = [
                {"uri": "x:later", "path": "later.mp4", "version": str(len(later)), **later},
                {"uri": "x:killed", "path": "killed.mp4"},
            ]
            desk.write_text("\n".join(map(json.dumps, lines)))
            app.index([str(desk)], archive, settings, lambda _: None)
            return TestClient(create_app(app.Serving(app.Newsreel(archive, settings))))

        def routes(uri: str) -> list[str]:
            whole = quote(uri, safe="")
            pages = [
                f"/items/{whole}",
                f"/items/{whole}?q=bridge&t=0.5",
                f"/v1/items/{whole}",
                f"/v1/thumbnails/{whole}",
            ]
            return [media(uri), media(uri) + "?download=1", keyframe(uri, 0), *pages]

        shown = index()
        tags = {}
        for route in (each for uri in uris for each in routes(uri)):
            answer = shown.get(route)
            assert answer.status_code == 200, route
            tags[route] = answer.headers.get("ETag", "*")
        assert shown.get(media("x:later"), headers={"Range": "bytes=0-1"}).status_code == 206
        assert shown.get(media("x:later"), headers={"If-None-Match": tags[media("x:later")]}).status_code == 304
        assert set(uris) <= {found["uri"] for found in shown.get("/v1/search?q=bridge").json()["results"]}

        held_back = index(embargo="2099-01-01T00:00:00Z")
        app.kill_items(["x:killed"], archive)
        for client in (shown, held_back):
            for route, tag in tags.items():
                for headers in ({}, {"If-None-Match": tag}, {"Range": "bytes=0-1", "If-Range": tag}):
                    assert client.get(route, headers=headers).status_code == 404, (route, headers)
            assert client.get("/v1/search?q=bridge").json()["results"] == []


def test_failures_in_the_archive_are_said_without_details(tmp_path: Path) -> None:
    class Broken:
        def _fail(self, *_: object) -> NoReturn:
            raise RuntimeError("secret")

        media = keyframe = _fail

    client = TestClient(create_app(app.Serving(cast(app.Newsreel, Broken()))), raise_server_exceptions=False)
    for route in (media("x"), keyframe("x", 0)):
        answer = client.get(route)
        assert (answer.status_code, answer.json()["error"]["type"]) == (500, "InternalError")
        assert "secret" not in answer.text
