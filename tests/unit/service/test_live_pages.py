"""The page of live feeds as it is without JavaScript, and where it is linked from."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from lxml import html
from tests.live_builders import Air, Served, open_archive

from newsreel.app import Newsreel, Serving
from newsreel.service import create_app
from newsreel.settings import Settings

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def client(served: Served) -> TestClient:
    Air(served.archive, "studio%202", ago_s=90).show(0, -1, 0, said=("Good evening.", HOSTILE, ""))
    Air(served.archive, quote(HOSTILE, safe=""), ago_s=30).show(3, marks=("black", "silence"))
    return TestClient(served.app)


def page(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    return html.fromstring(answer.text)


def words(tree: Any, path: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in tree.xpath(path)]


def test_shows_the_newest_shots_first(client: TestClient) -> None:
    tree = page(client, "/live")
    assert words(tree, "//ol[contains(@class, 'reel')]/li//bdi") == [HOSTILE, *["studio 2"] * 3]
    assert words(tree, "//ul[contains(@class, 'feeds')]//bdi") == ["All feeds", HOSTILE, "studio 2"]
    assert [each.strip() for each in tree.xpath("//ol/li/@class")] == ["dull", "again", "", ""]
    assert words(tree, "//p[@class='said']")[2:4] == [HOSTILE, "Good evening."]
    assert words(tree, "//span[@class='marks']")[0] == "black, silence"
    assert words(tree, "//span[@class='ends']")[0] == "cut 90 %"
    for address in {*tree.xpath("//main//@href | //main//@src | //link/@href | //script/@src")} - {""}:
        assert client.get(address).status_code == 200, address
    assert not tree.xpath("//style | //@style | //script[not(@src)] | //@*[starts-with(name(), 'on')]")


def test_shows_one_feed(client: TestClient) -> None:
    tree = page(client, "/live?feed=studio+2")
    assert len(tree.xpath("//ol[contains(@class, 'reel')]/li")) == 3
    assert words(tree, "//a[@aria-current]/bdi") == ["studio 2"]
    assert words(page(client, "/live?feed=nobody"), "//p[contains(@class, 'none')]") != []


def test_a_stretch_of_a_feed_has_pictures_and_no_player(client: TestClient) -> None:
    shown = page(client, page(client, "/live?feed=studio+2").xpath("//a[@class='open']/@href")[0])
    assert not shown.xpath("//video")
    assert len(shown.xpath("//ol[@class='shots']//img")) == 3
    (said,) = words(shown, "//p[@class='unplayable']")
    assert said.startswith("This was seen live")
    assert shown.xpath("//p[@class='unplayable']/a/@href") == ["/live?feed=studio+2"]
    assert words(shown, "//dt[text()='Format']/following-sibling::dd") == ["H.264"]


def test_is_linked_from_the_main_page_where_there_is_something_live(client: TestClient, tmp_path: Path) -> None:
    assert page(client, "/").xpath("//p[@class='on-air']/a/@href") == ["/live"]
    settings = Settings(entities="none")
    empty = open_archive(tmp_path / "empty", settings)
    without = TestClient(create_app(Serving(Newsreel(empty.path, settings))))
    assert not page(without, "/").xpath("//p[@class='on-air']")
    assert words(page(without, "/live"), "//h2") == ["Nothing is on the air"]
