"""The service over the real sample archive, and over stand-ins that fail."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, cast
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from newsreel import app
from newsreel.core.errors import ArchiveBusyError, ArchiveMissingError, ArtifactError, NotFoundError, SourceError
from newsreel.core.item import Status
from newsreel.sample.stories import load_stories
from newsreel.service import asked, create_app
from newsreel.service.edge import HEADERS
from newsreel.service.marking import excerpt, paragraphs, runs, without_repeated_speakers
from newsreel.settings import Settings

PHOTO = "file:photos/tarnby-halcyon-aground.jpg"
STORY = "urn:newsml:newsreel.example:20260309:halcyon-aground"
SPACED = "file:economy/2026-03-19-orchard-frost%20copy.txt"
HOSTILE_URI = "x:<script>alert(1)</script>/a%2Fb?c=1#d"
HOSTILE = '"><img src=x onerror=alert(1)> <script>alert(2)</script> {{ 7*7 }} zebra'


def encoded(uri: str) -> str:
    return quote(uri, safe="")


@pytest.fixture(scope="module")
def client(newsreel: app.Newsreel) -> Iterator[TestClient]:
    with TestClient(create_app(app.Serving(newsreel))) as client:
        yield client


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> TestClient:
    folder = tmp_path_factory.mktemp("hostile")
    item = dict.fromkeys(("headline", "body", "byline", "place", "rights", "language"), HOSTILE)
    item |= {"uri": HOSTILE_URI, "keywords": [HOSTILE], "version": HOSTILE, "published": "2026-03-01"}
    (folder / "hostile.jsonl").write_text(json.dumps(item), encoding="utf-8")
    app.index([str(folder / "hostile.jsonl")], folder / "archive", settings, lambda _: None)
    return TestClient(create_app(app.Serving(app.Newsreel(folder / "archive", settings))))


class Failing:
    """A Newsreel that fails in one way whatever is asked of it."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def _fail(self, *_: object) -> NoReturn:
        raise self._error

    search = item = thumbnail = ready = shots = related = _fail


def failing(error: Exception) -> TestClient:
    return TestClient(create_app(app.Serving(cast(app.Newsreel, Failing(error)))))


def found(client: TestClient, **parameters: object) -> dict[str, Any]:
    answer = client.get("/v1/search", params=parameters)
    assert answer.status_code == 200, answer.text
    return cast(dict[str, Any], answer.json())


class TestSearch:
    def test_finds_stories_and_photos_with_their_matched_words(self, client: TestClient) -> None:
        answer = found(client, q="container ship aground off Tarnby")
        assert {PHOTO, STORY} <= {result["uri"] for result in answer["results"][:4]}
        for result in answer["results"]:
            words = [result["text"][start:end].lower() for start, end in result["highlights"]]
            assert all(re.search("contain|ship|aground|tarnby", word) for word in words)
            assert result["parts"] is None

    def test_explains_what_a_score_is_made_of(self, client: TestClient) -> None:
        for result in found(client, q="container ship aground", explain="true")["results"]:
            assert sum(part["share"] for part in result["parts"]) == pytest.approx(result["score"], abs=1e-5)

    def test_a_segment_is_a_range_of_the_body(self, client: TestClient) -> None:
        result = found(client, q="sandbags on the embankment", kind="story")["results"][0]
        body = client.get(f"/v1/items/{encoded(result['uri'])}").json()["body"]
        assert body[result["start"] : result["end"]] == result["text"]

    def test_filters_by_kind_and_by_whole_days(self, client: TestClient) -> None:
        day = found(client, **{"from": "2026-03-09", "to": "2026-03-09", "limit": 50})
        assert {r["published"][:10] for r in day["results"]} == {"2026-03-09"}
        photos = found(client, kind="photo", limit=50)
        assert {r["kind"] for r in photos["results"]} == {"photo"}
        every = found(client, kind=["photo", "story", "video"], limit=100)
        assert every["total"] == found(client)["total"] > photos["total"]

    def test_pages_tile_the_whole_list(self, client: TestClient) -> None:
        whole = [r["uri"] for r in found(client, q="flood", limit=30)["results"]]
        pages = [r["uri"] for n in range(0, 30, 7) for r in found(client, q="flood", limit=7, offset=n)["results"]]
        assert pages[: len(whole)] == whole
        assert len(set(whole)) == len(whole)

    def test_nothing_is_said_of_where_files_are(self, client: TestClient, sample_folder: Path) -> None:
        answers = [client.get("/v1/search?limit=100"), client.get(f"/v1/items/{encoded(PHOTO)}"), client.get("/")]
        for answer in answers:
            assert str(sample_folder) not in answer.text
            assert "media_path" not in answer.text

    @pytest.mark.parametrize(
        ("query", "status", "said"),
        [
            ("from=tomorrow", 400, "tomorrow"),
            ("from=2026-02-01&to=2026-01-01", 400, "before"),
            ("q=" + "a" * 2001, 400, "2000"),
            ("kind=song", 422, "'kind[0]': input should be 'story', 'photo' or 'video'"),
            ("limit=0", 422, "limit"),
            ("limit=ten", 422, "limit"),
            ("offset=-1", 422, "offset"),
            ("offset=" + "9" * 30, 422, "offset"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, client: TestClient, query: str, status: int, said: str) -> None:
        answer = client.get(f"/v1/search?{query}")
        assert answer.status_code == status
        assert answer.json()["error"]["type"] == "UsageError"
        assert said in answer.json()["error"]["message"]
        if "limit" not in query:
            page = client.get(f"/?{query}")
            assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")

    @pytest.mark.parametrize("text", ["%00", "%FF%FE", "' OR 1=1 --", '"', "*:*", "(", "🦓", "%20", "a AND NOT", "\\"])
    def test_takes_any_text(self, client: TestClient, text: str) -> None:
        assert client.get(f"/v1/search?q={text}").status_code == 200
        assert client.get(f"/?q={text}&explain=true").status_code == 200


class TestItems:
    @pytest.mark.parametrize("uri", [PHOTO, STORY, SPACED])
    @pytest.mark.parametrize("route", ["/v1/items/", "/items/"])
    def test_are_found_by_their_uri_encoded_or_as_it_is(self, client: TestClient, route: str, uri: str) -> None:
        for written in (encoded(uri), uri):
            answer = client.get(route + written)
            assert answer.status_code == 200
            assert html.fromstring(f"<p>{uri}</p>").text in answer.text

    def test_a_story_comes_with_its_body_and_its_past_embargo(self, client: TestClient) -> None:
        answer = client.get(f"/v1/items/{encoded('urn:newsml:newsreel.example:20260310:marchetti-climate-speech')}")
        assert len(answer.json()["body"].split("\n\n")) > 3
        assert answer.json()["embargo"] == "2026-03-10T17:00:00Z"

    def test_unknown_embargoed_and_killed_answer_alike(self, client: TestClient) -> None:
        stories = load_stories()
        hidden = [s.uris[0] for s in stories if s.status is Status.CANCELED or (s.embargo and s.embargo.year > 2090)]
        assert len(hidden) == 2
        for uri in [*hidden, "file:unknown.txt"]:
            for route in ("/v1/items/", "/v1/thumbnails/", "/v1/media/"):  # films have a test of their own
                answer = client.get(route + encoded(uri))
                assert (answer.status_code, answer.json()["error"]["type"]) == (404, "NotFoundError")
            page = client.get("/items/" + encoded(uri))
            assert page.status_code == 404
            assert "withdrawn" in page.text

    def test_a_thumbnail_is_revalidated_and_gone_once_killed(self, sample_copy: Path, settings: Settings) -> None:
        client = TestClient(create_app(app.Serving(app.Newsreel(sample_copy, settings))))
        first = client.get(f"/v1/thumbnails/{encoded(PHOTO)}")
        assert first.headers["Content-Type"] == "image/jpeg"
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert first.content.startswith(b"\xff\xd8")
        for known in (first.headers["ETag"], f'"other", W/{first.headers["ETag"]}', "*"):
            again = client.get(f"/v1/thumbnails/{encoded(PHOTO)}", headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
        app.kill_items([PHOTO], sample_copy)
        for route in ("/v1/thumbnails/", "/v1/items/", "/items/"):
            answer = client.get(route + encoded(PHOTO), headers={"If-None-Match": first.headers["ETag"]})
            assert answer.status_code == 404
        assert PHOTO not in client.get("/v1/search?q=container+ship&limit=100").text
        assert encoded(PHOTO) not in client.get("/?q=container+ship").text


class TestOperation:
    def test_probes(self, client: TestClient) -> None:
        assert client.get("/healthz").json() == client.get("/readyz").json() == {"status": "ok"}
        missing = failing(ArchiveMissingError("there is no archive at /srv/secret"))
        assert missing.get("/healthz").status_code == 200
        assert missing.get("/readyz").status_code == 503
        assert "secret" not in missing.get("/readyz").text

    def test_metrics_count_routes_and_phases_and_never_say_what_was_asked(self, client: TestClient) -> None:
        client.get("/?q=xylophonist")
        client.get("/v1/items/file%3Axylophonist")
        client.get("/xylophonist")
        shown = client.get("/metrics").text
        assert 'newsreel_requests_total{route="/v1/items/{uri:path}",status="404"}' in shown
        assert 'newsreel_requests_total{route="unmatched",status="404"}' in shown
        for phase in ("embed", "bm25", "vector", "fuse", "fetch", "render"):
            assert f'newsreel_phase_seconds_count{{phase="{phase}"}}' in shown
        assert "xylophonist" not in shown

    def test_two_applications_in_one_process(self, newsreel: app.Newsreel) -> None:
        assert all(TestClient(create_app(app.Serving(newsreel))).get("/metrics").status_code == 200 for _ in range(2))

    def test_openapi_documents_answers_and_errors(self, client: TestClient) -> None:
        document = client.get("/openapi.json").json()
        assert set(document["paths"]) == {
            "/v1/search", "/v1/items/{uri}", "/v1/thumbnails/{uri}", "/v1/keyframes/{uri}", "/v1/media/{uri}",
            "/v1/entities", "/v1/entities/{key}", "/v1/live/events", "/v1/embeddings", "/v1/rerank", "/v1/classify",
            "/v1/models", "/v1/models/{name}", "/healthz", "/readyz", "/metrics",
        }  # fmt: skip
        search = document["paths"]["/v1/search"]["get"]
        assert {p["name"] for p in search["parameters"]} >= {"q", "kind", "from", "to", "limit", "offset", "explain"}
        assert all(p["description"] for p in search["parameters"])
        for status in ("400", "422", "500", "503"):
            schema = search["responses"][status]["content"]["application/json"]["schema"]
            assert schema["$ref"].endswith("/ErrorAnswer")
        assert set(document["paths"]["/v1/media/{uri}"]["get"]["responses"]) >= {"200", "206", "304", "404", "416"}
        assert all(client.get(path).status_code == 404 for path in ("/docs", "/redoc"))

    def test_nothing_fails_because_its_log_cannot_be_written(self) -> None:
        code = (
            "import sys; from newsreel import telemetry; telemetry.configure_logging('info')\n"
            "sys.stderr = open('/dev/full', 'w', buffering=1); telemetry.request('/', 200, 0.01)\n"
            "full, sys.stderr = sys.stderr, open('/dev/null', 'w'); sys.stderr.close()\n"
            "telemetry.request('/', 200, 0.01); print('answered')"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert run.stdout == "answered\n"

    def test_logs_are_json_lines_without_what_was_asked(self) -> None:
        code = (
            "import logging; from newsreel import telemetry; telemetry.log('before')\n"
            "telemetry.configure_logging('info'); telemetry.request('/', 200, 0.01)\n"
            "try: raise ValueError('xylophonist')\n"
            "except ValueError as error: telemetry.failed(error, unforeseen=True); "
            "logging.getLogger('uvicorn.error').exception('failed')\n"
            "logging.getLogger('uvicorn.access').info('GET /?q=xylophonist')"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        lines = [json.loads(line) for line in run.stderr.splitlines()]
        assert [line["action"] for line in lines] == ["request", "failed", "failed"]
        assert [line.get("cause") for line in lines] == [None, "ValueError", "ValueError"]
        assert "xylophonist" not in run.stderr
        assert run.stdout == ""


class TestFailures:
    @pytest.mark.parametrize(
        ("error", "status", "kind"),
        [
            (NotFoundError("there is no item secret"), 404, "NotFoundError"),
            (ArchiveBusyError("/srv/secret is busy"), 503, "ArchiveBusyError"),
            (ArchiveMissingError("no archive at /srv/secret"), 503, "ArchiveMissingError"),
            (ArtifactError("no model at /srv/secret"), 503, "ArtifactError"),
            (SourceError("/srv/secret"), 500, "InternalError"),
            (RuntimeError("secret"), 500, "InternalError"),
        ],
    )
    def test_each_has_its_status_and_shape(self, error: Exception, status: int, kind: str) -> None:
        client = failing(error)
        for path in ("/v1/search?q=x", "/v1/items/x", "/v1/thumbnails/x"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
            assert set(answer.json()) == {"error"}
            assert set(answer.json()["error"]) == {"type", "code", "message"}
            assert status == 404 or "secret" not in answer.text
        page = client.get("/?q=kept+words")
        assert page.status_code == status
        assert html.fromstring(page.text).xpath("//input[@name='q']/@value") == ["kept words"]
        assert status == 404 or "secret" not in page.text

    def test_an_unforeseen_failure_still_has_the_security_headers(self) -> None:
        answer = failing(RuntimeError("x")).get("/v1/search")
        assert answer.status_code == 500
        assert all(answer.headers[name] == value for name, value in HEADERS.items())


class TestEveryAnswer:
    PATHS = ("/", "/?q=flood&explain=true", f"/items/{encoded(STORY)}", f"/v1/items/{encoded(PHOTO)}", "/v1/search",
             f"/v1/thumbnails/{encoded(PHOTO)}", f"/v1/media/{encoded(PHOTO)}", "/v1/media/nowhere", "/healthz",
             "/metrics", "/openapi.json", "/nowhere", "/v1/nowhere", "/v1/search?limit=x",
             "/static/nothing.css")  # fmt: skip

    @pytest.mark.parametrize("path", PATHS)
    def test_has_the_headers_and_answers_head(self, client: TestClient, path: str) -> None:
        got, head = client.get(path), client.head(path)
        assert head.status_code == got.status_code
        assert head.content == b""
        for answer in (got, head):
            assert all(answer.headers[name] == value for name, value in HEADERS.items())
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cache-Control"] == "private, no-cache"
        assert head.headers["Content-Type"] == got.headers["Content-Type"]

    def test_only_reading_is_possible(self, client: TestClient) -> None:
        for path in ("/", "/v1/search", f"/v1/items/{encoded(STORY)}"):
            assert client.post(path).status_code == 405
        assert client.post("/v1/search").json()["error"]["type"] == "UsageError"


class TestPages:
    @pytest.mark.parametrize("path", ["/", "/?q=flood&explain=true", "/?kind=photo", f"/items/{encoded(STORY)}?q=ship",
                                      f"/items/{encoded(PHOTO)}", "/?q=x&from=never", "/nowhere"])  # fmt: skip
    def test_have_nothing_inline_and_load_nothing_from_elsewhere(self, client: TestClient, path: str) -> None:
        tree = html.fromstring(client.get(path).text)
        assert not tree.xpath(
            "//style | //@style | //script[not(@src)] | //script[text()] | //@*[starts-with(name(), 'on')]"
        )
        for address in tree.xpath("//@src | //link/@href | //@action"):
            assert address.startswith("/") and not address.startswith("//")
            if address.startswith("/static/"):
                assert client.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"

    def test_every_link_leads_somewhere(self, client: TestClient) -> None:
        seen: set[str] = set()
        for start in ("/", "/?q=flood&kind=story&from=2026-03-01&to=2026-03-31&explain=true", "/?q=zzz&kind=photo"):
            for link in html.fromstring(client.get(start).text).xpath("//a/@href | //img/@src"):
                address = link.partition("#")[0]
                if address and address not in seen:
                    seen.add(address)
                    assert client.get(address).status_code == 200, address
        assert len(seen) > 30

    def test_latest_is_newest_first(self, client: TestClient) -> None:
        times = html.fromstring(client.get("/").text).xpath("//article//time/@datetime")
        assert len(times) == 12
        assert times == sorted(times, reverse=True)

    def test_says_what_is_active_and_how_to_clear_it(self, client: TestClient) -> None:
        tree = html.fromstring(client.get("/?q=flood&kind=story&from=2026-01-01&to=2026-12-31").text)
        chips = {" ".join(a.text_content().split()): a.get("href") for a in tree.xpath("//ul[@class='active']//a")}
        assert chips["Remove filter: Stories ×"] == "/?q=flood&from=2026-01-01&to=2026-12-31"
        assert chips["Remove filter: 2026 ×"] == "/?q=flood&kind=story"
        assert chips["Clear all"] == "/?q=flood"
        current = [" ".join(a.text_content().split()) for a in tree.xpath("//a[@aria-current]")]
        assert [label.split()[0] for label in current] == ["Stories", "2026"]

    def test_an_item_shows_the_passage_that_was_found(self, client: TestClient) -> None:
        words = "sandbags Tanner's Quay"
        result = found(client, q=words, kind="story")["results"][0]
        tree = html.fromstring(client.get(f"/items/{encoded(result['uri'])}", params={"q": words}).text)
        assert len(tree.xpath("//*[@id='passage']")) == 1
        assert "sandbags" in [mark.text for mark in tree.xpath("//div[@class='body']//mark")]
        assert tree.xpath("//p[@class='back']/a/@href") == ["/?q=sandbags+Tanner%27s+Quay"]

    def test_states_without_results(self, client: TestClient, tmp_path: Path, settings: Settings) -> None:
        assert "Nothing was found" in client.get("/?q=flood&from=1999&to=1999").text
        assert "past the last page" in client.get("/?q=flood&offset=5000").text
        (tmp_path / "none").mkdir()
        app.index([str(tmp_path / "none")], tmp_path / "archive", settings, lambda _: None)
        empty = TestClient(create_app(app.Serving(app.Newsreel(tmp_path / "archive", settings))))
        assert "The archive is empty" in empty.get("/").text

    @pytest.mark.parametrize("path", ["/", "/?q=zebra&explain=true", f"/items/{encoded(HOSTILE_URI)}?q=zebra",
                                      "/?q=" + quote(HOSTILE), "/?from=" + quote(HOSTILE),
                                      "/items/" + quote(HOSTILE)])  # fmt: skip
    def test_hostile_text_is_only_text(self, hostile: TestClient, path: str) -> None:
        page = hostile.get(path)
        tree = html.fromstring(page.text)
        assert [s.get("src").split(".")[0] for s in tree.xpath("//script")] == ["/static/page"]
        assert not tree.xpath("//img | //@onerror")
        assert "alert(" in page.text
        assert ">49<" not in page.text

    def test_a_hostile_uri_is_found(self, hostile: TestClient) -> None:
        assert hostile.get(f"/v1/items/{encoded(HOSTILE_URI)}").json()["uri"] == HOSTILE_URI
        (link,) = html.fromstring(hostile.get("/?q=zebra").text).xpath("//article//h2/a/@href")
        assert hostile.get(link.partition("#")[0]).status_code == 200


SPANS = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), max_size=8)
TEXTS = st.text(alphabet="ab .\n<&é", max_size=100)


class TestMarking:
    @given(TEXTS, SPANS)
    def test_runs_are_the_text(self, text: str, marks: list[tuple[int, int]]) -> None:
        cut = runs(text, marks)
        assert "".join(piece for piece, _ in cut) == text
        marked = {i for begin, stop in marks for i in range(begin, min(stop, len(text)))}
        assert sum(len(piece) for piece, hit in cut if hit) == len(marked)

    @given(TEXTS, SPANS, SPANS)
    def test_paragraphs_lose_nothing_but_space(
        self, body: str, passages: list[tuple[int, int]], marks: list[tuple[int, int]]
    ) -> None:
        shown = paragraphs(body, passages[0] if passages else (0, 0), marks)
        words = "".join(run for paragraph in shown for piece in paragraph.pieces for run, _ in piece.runs)
        assert "".join(words.split()) == "".join(body.split())
        assert sum(paragraph.first for paragraph in shown) <= 1

    @given(st.text(alphabet="abc .\n", min_size=1, max_size=900), st.integers(0, 890), st.integers(100, 400))
    def test_an_excerpt_shows_the_mark_and_is_not_long(self, text: str, at: int, room: int) -> None:
        at = min(at, len(text) - 1)
        shown = excerpt(text, [(at, at + 5)], room)
        assert len("".join(piece for piece, _ in shown)) <= room + 45
        assert any(hit for _, hit in shown) or not text[at:].strip()

    @given(st.text(alphabet="AB: .\n", max_size=60), st.lists(st.integers(0, 59), max_size=4))
    def test_a_speaker_is_named_once_and_marks_stay_on_their_words(self, text: str, places: list[int]) -> None:
        marks = [(at, at + 1) for at in sorted({at for at in places if at < len(text)})]
        shown, moved = without_repeated_speakers(text, marks)
        assert len(shown) <= len(text)
        assert shown.count("\n") == text.count("\n")
        letters = iter(text[begin] for begin, _ in marks)
        assert all(shown[begin:end] in letters for begin, end in moved)

    def test_only_a_speaker_who_goes_on_is_not_named_again(self) -> None:
        text = "Aske: Wait. Aske: no.\nAske: Eleven minutes.\nLund: And?\nAske: Then go.\nIt was so.\nAske: Yes."
        at = text.index("minutes")
        shown, marks = without_repeated_speakers(text, [(0, 4), (22, 26), (at, at + 7)])
        assert shown == text.replace("Aske: Eleven", "Eleven")
        assert [shown[begin:end] for begin, end in marks] == ["Aske", "minutes"]

    def test_an_excerpt_begins_with_a_sentence(self) -> None:
        text = "First. " * 60 + "The water rose quickly that night. " + "Last. " * 60
        at = text.index("water")
        assert excerpt(text, [(at, at + 5)], 200)[1][0].endswith("The ")


def test_a_photo_without_a_caption_says_so(client: TestClient) -> None:
    assert "found by its name, date and kind" in client.get("/", params={"q": "DSC 4417"}).text
    assert "came without a caption" in client.get("/items/file%3Aphotos%2FDSC_4417.jpg").text
    assert "without a caption" not in client.get("/items/file%3Aphotos%2Ftarnby-halcyon-aground.jpg").text


def test_who_would_wait_too_long_for_a_thread_is_told_to_come_back(
    newsreel: app.Newsreel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "MOST_WAITING", 0)
    client = TestClient(create_app(app.Serving(newsreel)))
    refused = client.get("/v1/search?q=ship")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert refused.json()["error"]["type"] == "OverloadedError"
    assert client.get("/?q=ship").status_code == 429
    assert client.get("/healthz").status_code == 200
