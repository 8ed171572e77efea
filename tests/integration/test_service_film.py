"""The page of a video and its JSON, over the sample's films."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from lxml import html

from newsreel import app
from newsreel.core.errors import NotFoundError
from newsreel.core.item import Cue, Item
from newsreel.sample.videos import FILMS
from newsreel.service import create_app

PILOT = "file:videos/tarnby-halcyon-pilot.mp4"
STATION = "file:videos/millford-station-clock.mov"
PHOTO = "file:photos/tarnby-halcyon-aground.jpg"
SAID = "slack water"
HOSTILE = '"><img src=x onerror=alert(1)> <script>alert(2)</script> {{ 7*7 }}'


class Altered:
    """The sample archive, but for what a test changes in its items, or whose originals it takes away."""

    def __init__(self, newsreel: app.Newsreel, **changes: Any) -> None:
        self._newsreel = newsreel
        self._changes = changes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._newsreel, name)

    def item(self, uri: str) -> Item:
        return replace(self._newsreel.item(uri), **self._changes)

    def media(self, uri: str) -> tuple[Path, str]:
        raise NotFoundError(f"the original of {uri} is gone")


@pytest.fixture(scope="module")
def client(newsreel: app.Newsreel) -> TestClient:
    return TestClient(create_app(app.Serving(newsreel)))


def altered(newsreel: app.Newsreel, **changes: Any) -> TestClient:
    return TestClient(create_app(app.Serving(cast(app.Newsreel, Altered(newsreel, **changes)))))


def page(client: TestClient, uri: str, **asked: object) -> Any:
    answer = client.get(f"/items/{quote(uri, safe='')}", params=cast(Any, asked))
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def words(tree: Any, path: str) -> str:
    return " ".join(" ".join(each.text_content() for each in tree.xpath(path)).split())


class TestJson:
    def test_an_item_tells_its_film_and_its_shots(self, client: TestClient) -> None:
        answer = client.get(f"/v1/items/{quote(PILOT, safe='')}").json()
        film = FILMS["tarnby-halcyon-pilot.mp4"]
        assert (answer["film"]["width"], answer["film"]["height"], answer["film"]["codec"]) == (640, 360, "h264")
        assert answer["film"]["duration_s"] == film.frames / 25
        assert SAID in " ".join(cue["text"] for cue in answer["film"]["cues"])
        frames = [(shot["start_frame"], shot["end_frame"]) for shot in answer["shots"]]
        assert [start for start, _ in frames] == [0, *(end for _, end in frames[:-1])]
        assert frames[-1][1] == film.frames
        cuts = [shot["end_frame"] for shot in answer["shots"] if shot["transition"] == "cut"]
        assert cuts == list(film.cuts)
        assert [shot["start_s"] for shot in answer["shots"]] == [start / 25 for start, _ in frames]
        assert answer["loss"] == ""

    def test_other_items_have_neither(self, client: TestClient) -> None:
        answer = client.get(f"/v1/items/{quote(PHOTO, safe='')}").json()
        assert (answer["film"], answer["shots"]) == (None, [])

    def test_a_result_is_a_moment(self, client: TestClient) -> None:
        best = client.get("/v1/search", params={"q": SAID, "kind": "video"}).json()["results"][0]
        assert (best["uri"], best["shot"], best["start_s"]) == (PILOT, 3, 9.4)
        assert [best["text"][a:b] for a, b in best["highlights"]] == [SAID]
        photo = client.get("/v1/search", params={"q": "ship", "kind": "photo"}).json()["results"][0]
        assert (photo["shot"], photo["start_s"], photo["end_s"]) == (None, None, None)

    def test_each_shot_has_a_keyframe_and_no_other_has(self, client: TestClient) -> None:
        seen = set()
        for shot in range(6):
            answer = client.get(f"/v1/keyframes/{quote(PILOT, safe='')}", params={"shot": shot})
            assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
            tag = answer.headers["ETag"]
            again = client.get(answer.request.url, headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
            seen.add(tag)
        assert len(seen) == 6
        for shot, status in ((6, 404), (-1, 422), ("", 422), (2**40, 422)):
            answer = client.get(f"/v1/keyframes/{quote(PILOT, safe='')}", params={"shot": shot})
            assert answer.status_code == status


class TestPage:
    def test_a_card_leads_to_its_moment(self, client: TestClient) -> None:
        tree = html.fromstring(client.get("/", params={"q": SAID}).text)
        (link,) = tree.xpath("//article[@class='result video']//h2/a/@href")
        assert link == f"/items/{quote(PILOT, safe='')}?q=slack+water&t=9.400"
        opened = html.fromstring(client.get(link).text)
        assert opened.xpath("//video/@src")[0].endswith("#t=9.400")
        assert words(opened, "//li[@class='matched']//mark") == SAID
        assert opened.xpath("//ol[@class='shots']//a[@aria-current]/@data-start") == ["9.400"]
        assert opened.xpath("//p[@class='back']/a/@href") == ["/?q=slack+water"]

    def test_a_word_of_the_headline_alone_leads_to_the_film_as_a_whole(self, client: TestClient) -> None:
        tree = html.fromstring(client.get("/", params={"q": "Halcyon", "kind": "video"}).text)
        (card,) = [each for each in tree.xpath("//article") if "Tarnby pilot" in each.text_content()]
        assert card.xpath(".//h2/a/@href") == [f"/items/{quote(PILOT, safe='')}?q=Halcyon&kind=video"]
        assert words(card, ".//p[@class='timecode']").startswith("Lasts")

    def test_more_moments_lead_to_a_page_that_marks_them_all(self, client: TestClient) -> None:
        tree = html.fromstring(client.get("/", params={"q": "eleven minutes", "kind": "video"}).text)
        (more,) = [each for each in tree.xpath("//p[@class='more']/a") if quote(PILOT, safe="") in each.get("href")]
        assert "more moment" in more.text
        opened = html.fromstring(client.get(more.get("href")).text)
        marked = opened.xpath("//ol[@class='cues']//mark")
        assert [" ".join(mark.text.split()) for mark in marked] == ["eleven minutes", "Eleven minutes"]

    def test_browsing_shows_films_as_a_whole(self, client: TestClient) -> None:
        tree = html.fromstring(client.get("/?kind=video").text)
        assert words(tree, "//article//p[@class='timecode']").startswith("Lasts")
        assert not any("t=" in href for href in tree.xpath("//article//h2/a/@href"))
        assert all("/v1/thumbnails/" in source for source in tree.xpath("//article//img/@src"))

    def test_nothing_is_inline_and_every_link_leads_somewhere(self, client: TestClient) -> None:
        for uri in (PILOT, STATION, PHOTO):
            tree = page(client, uri, q="ship")
            assert not tree.xpath("//style | //@style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")
            for address in {a.partition("#")[0] for a in tree.xpath("//a/@href | //@src | //@poster | //link/@href")}:
                if address:
                    assert client.get(address).status_code == 200, address

    def test_says_what_is_known_of_the_file(self, client: TestClient) -> None:
        said = words(page(client, PILOT), "//aside[@class='details']")
        for part in ("0:18", "640 × 360", "H.264 in MP4", "stream 0 of 1", "Download the file"):
            assert part in said

    def test_says_when_nothing_is_known_of_what_it_shows(self, client: TestClient) -> None:
        assert "Nothing is known of what it shows" in words(page(client, STATION), "//main")
        assert "Nothing is known" not in words(page(client, PILOT), "//main")

    def test_offers_what_browsers_do_not_play(self, client: TestClient) -> None:
        tree = page(client, STATION)
        assert not tree.xpath("//video")
        assert "Browsers do not play MPEG-2 in QuickTime." in words(tree, "//*[@class='unplayable']")
        assert not page(client, PILOT).xpath("//*[@class='still' and not(@hidden)]")

    def test_says_what_was_lost(self, newsreel: app.Newsreel) -> None:
        lossy = altered(newsreel, loss="12 pictures from 0:07 on could not be decoded")
        assert "Not everything could be read: 12 pictures" in words(page(lossy, PILOT), "//p[@class='note']")
        assert lossy.get(f"/v1/items/{quote(PILOT, safe='')}").json()["loss"].startswith("12 pictures")

    def test_says_when_the_original_is_gone(self, newsreel: app.Newsreel) -> None:
        without = altered(newsreel)
        tree = page(without, PILOT)
        assert not tree.xpath("//video")
        assert "not where it was when it was indexed" in words(tree, "//*[@class='unplayable']")
        assert len(tree.xpath("//ol[@class='shots']//img")) == 6
        photo = page(without, PHOTO)
        assert "/v1/thumbnails/" in photo.xpath("//figure//img/@src")[0]
        assert "not where it was when it was indexed" in words(photo, "//main")

    def test_says_when_it_came_as_a_link(self, newsreel: app.Newsreel) -> None:
        tree = page(altered(newsreel, film=None, media_path=None), PILOT)
        assert "has this video’s description, not the video itself" in words(tree, "//main")

    def test_hostile_text_is_only_text(self, newsreel: app.Newsreel) -> None:
        film = newsreel.item(PILOT).film
        assert film is not None
        cue = Cue(film.cues[0].time, HOSTILE)
        words_of_a_file = dict.fromkeys(("headline", "caption", "loss", "byline", "place", "media_type"), HOSTILE)
        changed = replace(film, codec=HOSTILE, stream=HOSTILE, cues=(cue,))
        tree = page(altered(newsreel, film=changed, keywords=(HOSTILE,), **words_of_a_file), PILOT)
        assert [source.split(".")[0] for source in tree.xpath("//script/@src")] == ["/static/page", "/static/player"]
        assert not tree.xpath("//@onerror")
        assert words(tree, "//ol[@class='cues']//p") == HOSTILE

    @pytest.mark.parametrize("t", ["-1", "nan", "inf", "soon", "1e99"])
    def test_refuses_a_moment_that_is_none(self, client: TestClient, t: str) -> None:
        assert client.get(f"/items/{quote(PILOT, safe='')}?t={t}").status_code == 422
