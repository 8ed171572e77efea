"""Names on the page and in the JSON interface, over an archive whose items name whom the test says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from tests.name_builders import open_naming

from newsreel import app
from newsreel.service import create_app
from newsreel.service.marking import pieces
from newsreel.service.schemas._entities import MOST_CHARACTERS, MOST_TEXTS
from newsreel.settings import Settings

HOSTILE = '<img src=x onerror=alert(1)> {{ 7*7 }} "Ann'
ITEMS = {
    "a": (
        "[Angela Merkel](PER) met the [IMF](ORG) in [Berlin](LOC).\n\n[Merkel](PER) left [Berlin](LOC).",
        "2026-03-01",
    ),
    "b": ("The talks of [Merkel](PER) in [Berlin](LOC) were short.", "2026-03-02"),
    "c": ("[Angela Merkel](PER) and [Mario Draghi](PER) spoke.", "2026-04-05"),
    "x": (f"The zebra of [{HOSTILE}](PER) escaped.", "2026-03-05"),
}
MERKEL = "PER:angela merkel"
PAGE = "/entities/person/angela%20merkel"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("names") / "archive"


@pytest.fixture(scope="module")
def naming(folder: Path, settings: Settings) -> app.Newsreel:
    return open_naming(folder, ITEMS, settings)


@pytest.fixture
def editors(folder: Path) -> Iterator[Path]:
    file = folder / "entities.toml"
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def client(naming: app.Newsreel, settings: Settings) -> Iterator[TestClient]:
    inference = app.open_inference(settings)
    yield TestClient(create_app(app.Serving(naming, inference)))
    inference.close()


def tree(client: TestClient, path: str) -> html.HtmlElement:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


def words(elements: list[html.HtmlElement]) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


class TestSearchPage:
    def test_facets_narrow_and_chips_widen(self, client: TestClient) -> None:
        page = tree(client, "/?q=talks")
        (link,) = page.xpath("//ul[contains(@class, 'per')]//a[starts-with(., 'Angela')]/@href")
        assert "entity=PER%3Aangela+merkel" in link
        narrowed = tree(client, link)
        assert words(narrowed.xpath("//ul[@class='active']//a")) == ["Remove filter: Person: Angela Merkel ×"]
        assert narrowed.xpath("//ul[@class='active']//a/@href") == ["/?q=talks"]
        assert narrowed.xpath("//form[@role='search']//input[@name='entity']/@value") == [MERKEL]

    def test_a_written_name_is_a_chip_and_its_readings_are_links(self, client: TestClient) -> None:
        page = tree(client, "/?q=person:merkel+talks&kind=story")
        chips = dict(
            zip(
                words(page.xpath("//ul[@class='active']//a")), page.xpath("//ul[@class='active']//a/@href"), strict=True
            )
        )
        assert chips["Remove filter: Person: merkel ×"] == "/?q=talks&kind=story"
        assert chips["Clear all"] == "/?q=talks"
        assert words(page.xpath("//h1")) == ["“talks”"]
        (note,) = page.xpath("//p[@class='note']")
        assert words([note]) == ["“merkel” stands for Angela Merkel 2, Merkel 1."]
        assert note.xpath("a/@href")[1] == "/?q=talks&entity=PER%3Amerkel&kind=story"

    def test_an_unknown_name_finds_nothing_and_near_ones_are_links(self, client: TestClient) -> None:
        page = tree(client, "/?q=person:%22angla+merkel%22")
        assert words(page.xpath("//p[@class='meant']")) == ["Did you mean the person Angela Merkel 2?"]
        assert page.xpath("//p[@class='meant']/a/@href") == ["/?entity=PER%3Aangela+merkel"]
        assert not page.xpath("//article")

    def test_names_keep_their_direction_to_themselves(self, client: TestClient) -> None:
        page = tree(client, f"/?entity={quote(MERKEL)}")
        assert words(page.xpath("//ul[@class='active']//bdi")) == ["Person: Angela Merkel"]
        assert "Mario Draghi" in words(page.xpath("//ul[contains(@class, 'per')]//bdi"))
        assert page.xpath("//h2[@dir='auto']/a")

    @pytest.mark.parametrize(("entity", "status"), [("", 200), (" ", 200), ("merkel", 400), ("PER:", 400), (":x", 400)])
    def test_what_is_no_key_is_refused(self, client: TestClient, entity: str, status: int) -> None:
        answer = client.get("/v1/search", params={"entity": entity})
        assert answer.status_code == status
        if status == 200:
            assert answer.json()["total"] == len(ITEMS)

    def test_what_was_nearly_a_name_is_told(self, client: TestClient) -> None:
        (note,) = client.get("/v1/search", params={"q": "person:'Angela Merkel'"}).json()["notes"]
        assert note == "person: needs double quotes around a name of several words."


class TestItemPage:
    def test_names_are_links_the_first_of_each_by_tab(self, client: TestClient) -> None:
        page = tree(client, "/items/a?q=talks")
        names = page.xpath("//div[@class='body']//a")
        assert [(name.text_content(), name.get("class"), name.get("tabindex")) for name in names] == [
            ("Angela Merkel", "name per", None),
            ("IMF", "name org", None),
            ("Berlin", "name loc", None),
            ("Merkel", "name per", "-1"),
            ("Berlin", "name loc", "-1"),
        ]
        assert {name.get("href") for name in names if "Merkel" in name.text_content()} == {PAGE}
        body = page.xpath("//div[@class='body']")[0].text_content()
        assert "Angela Merkel met the IMF in Berlin." in body
        assert words(page.xpath("//section[@class='who']//dt")) == ["People", "Organisations", "Places"]
        for name in names:
            assert client.get(name.get("href")).status_code == 200

    @settings(max_examples=30)
    @given(
        st.text(alphabet="ab <&", max_size=30),
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=4),
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from("kl")), max_size=4),
    )
    def test_marks_and_names_lose_no_text(
        self, text: str, marks: list[tuple[int, int]], names: list[tuple[int, int, str]]
    ) -> None:
        cut = pieces(text, marks, names)
        assert "".join(run for piece in cut for run, _ in piece.runs) == text
        first = {}
        for piece in cut:
            if piece.key:
                assert piece.again == (piece.key in first)
                first[piece.key] = piece


class TestEntityPage:
    def test_shows_when_with_whom_and_whence(self, client: TestClient) -> None:
        page = tree(client, PAGE)
        assert words(page.xpath("//h1")) == ["Angela Merkel"]
        assert "Named in 2 items, 3 times." in words(page.xpath("//p[@class='count']"))
        bars = page.xpath("//section[@class='timeline']//li/a")
        assert words(bars) == ["1 March 2026: 1 item, 2 mentions", "5 April 2026: 1 item, 1 mention"]
        for bar in bars:
            assert words(tree(client, bar.get("href")).xpath("//p[@role='status']")) == ["1 item"]
        assert len(page.xpath("//section[@class='timeline']//li")) == 36
        assert words(page.xpath("//section[@class='together']//dd//li"))[0] == "Mario Draghi 1"
        assert words(page.xpath("//ul[@class='aliases']/li")) == [
            "Angela Merkel 2",
            "Merkel 1 family name of Angela Merkel",
        ]
        assert words(page.xpath("//article[contains(@class, 'result')]//h2")) == ["About c", "About a"]
        assert "entities.toml" in page.xpath("//aside")[0].text_content()

    def test_who_may_be_the_same_is_said(self, client: TestClient) -> None:
        (note,) = tree(client, "/entities/person/merkel").xpath("//p[@class='note']")
        assert words([note])[0].startswith("Perhaps the same as Angela Merkel 2 (family name of)")

    def test_a_merged_names_address_leads_on(self, client: TestClient, editors: Path) -> None:
        editors.write_text('[[merge]]\nnames = "person: Merkel"\ninto = "Angela Merkel"\n', encoding="utf-8")
        moved = client.get("/entities/person/merkel?offset=1", follow_redirects=False)
        assert (moved.status_code, moved.headers["location"]) == (302, f"{PAGE}?offset=1")
        assert client.get("/v1/entities/PER:merkel").json()["key"] == MERKEL
        found = [client.get("/v1/search", params={"entity": key}).json()["total"] for key in (MERKEL, "PER:merkel")]
        assert found == [3, 3]

    def test_who_is_not_named_is_nowhere(self, client: TestClient) -> None:
        assert client.get("/entities/person/nobody").status_code == 404
        assert client.get("/v1/entities/PER:nobody").json()["error"]["type"] == "NotFoundError"

    def test_hostile_names_are_only_text(self, client: TestClient) -> None:
        listed = tree(client, "/entities?name=img")
        (address,) = listed.xpath("//ul[@class='values']//a/@href")
        for path in (
            "/entities",
            address,
            "/items/x",
            "/?q=zebra",
            "/?q=person:" + quote(f'"{HOSTILE}'),
            "/?entity=PER:" + quote(HOSTILE),
        ):
            page = tree(client, path)
            assert not page.xpath("//img | //@onerror")
            assert ">49<" not in client.get(path).text

    def test_the_list_is_by_kind_and_can_be_narrowed(self, client: TestClient) -> None:
        assert words(tree(client, "/entities").xpath("//section/h2")) == ["People 4", "Organisations 1", "Places 1"]
        one = tree(client, "/entities?kind=person&name=MERK")
        assert words(one.xpath("//ul[@class='values']/li")) == ["Angela Merkel 2", "Merkel 1"]
        assert "No name contains" in client.get("/entities?name=qqq").text
        assert client.get("/entities?kind=band").status_code == 422


class TestJson:
    def test_texts_are_read_by_the_archives_model(self, client: TestClient, settings: Settings) -> None:
        model = app.open_entity_model(settings)
        assert model is not None
        texts = ["Angela Merkel met the IMF in Berlin.", "", "rain"]
        answer = client.post("/v1/entities", json={"texts": texts}).json()["results"]
        for text, shown, found in zip(texts, answer, model.entities(texts), strict=True):
            places = [(e["start"], e["end"], e["label"]) for e in shown["entities"]]
            assert places == [(e.start, e.end, e.label) for e in found]
            assert all(text[e["start"] : e["end"]] == e["text"] for e in shown["entities"])
        assert client.post("/v1/entities", json={"text": texts[0]}).json()["results"] == answer[:1]

    def test_whom_the_editor_tagged_is_not_named_in_what_is_sent_back(self, client: TestClient, editors: Path) -> None:
        editors.write_text('[[tag]]\nnames = "person: Angela Merkel"\ntags = "minor"\n', encoding="utf-8")
        (answer,) = client.post("/v1/entities", json={"text": "Angela Merkel met Mario Draghi."}).json()["results"]
        assert [entity["text"] for entity in answer["entities"]] == ["[PER]", "Mario Draghi"]

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({}, 422),
            ({"text": "x", "texts": ["x"]}, 422),
            ({"texts": ["x"] * (MOST_TEXTS + 1)}, 422),
            ({"texts": ["x" * (MOST_CHARACTERS // 2 + 1)] * 2}, 422),
            ({"text": 5}, 422),
            ({"text": "x" * (Settings().max_body_bytes + 1)}, 413),
        ],
    )
    def test_refuses_what_is_too_much_or_nothing(self, client: TestClient, body: object, status: int) -> None:
        answer = client.post("/v1/entities", json=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, "UsageError")

    def test_names_listings_and_profiles_agree(self, client: TestClient) -> None:
        listing = client.get("/v1/entities", params={"kind": "person", "limit": 2}).json()
        assert (listing["total"], len(listing["names"])) == (4, 2)
        for known in listing["names"]:
            profile = client.get(f"/v1/entities/{quote(known['key'], safe='')}").json()
            assert {name: profile[name] for name in known} == known
            found = client.get("/v1/search", params={"entity": known["key"]}).json()
            assert found["total"] == known["items"]
            assert found["names"][0]["known"] == [known]
        assert client.get("/v1/search?q=person:merkel+talks").json()["words"] == "talks"
        facet = client.get("/v1/search").json()["facets"]["person"][0]
        assert facet == {"value": "Angela Merkel", "count": 2, "entity": MERKEL}
