"""Names in a real browser: found, followed, corrected by an editor, and gone with what named them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reading import every, follow, one, search, serving
from selenium.webdriver.chrome.webdriver import WebDriver
from tests.name_builders import open_naming

from newsreel import app
from newsreel.settings import Settings

ITEMS = {
    "a": ("[Angela Merkel](PER) met the [IMF](ORG) in [Berlin](LOC). [Merkel](PER) left.", "2026-03-01"),
    "b": ("The talks of [Merkel](PER) in [Berlin](LOC) were short.", "2026-03-02"),
    "c": ("[Angela Merkel](PER) and [Mario Draghi](PER) spoke of [Brexit](MISC).", "2026-04-05"),
}
MERKEL = "/entities/person/angela%20merkel"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("names") / "archive"


@pytest.fixture(scope="module")
def address(archive: Path, settings: Settings) -> Iterator[str]:
    """Where an archive is served whose stories name three people; the page opens there."""
    with serving(open_naming(archive, ITEMS, settings)) as address:
        yield address


def test_a_reader_narrows_follows_and_goes_on(page: WebDriver) -> None:
    follow(page, next(a for a in every(page, ".named .per a") if a.accessible_name.startswith("Angela")))
    assert one(page, "h1").text == "Angela Merkel"
    assert [h2.text for h2 in every(page, ".result h2")] == ["About c", "About a"]
    follow(page, one(page, ".result h2 a"))
    follow(page, one(page, ".body a.name.per"))
    assert one(page, "h1").text == "Angela Merkel"
    bars = every(page, ".timeline li a")
    assert [bar.accessible_name.split(":")[0] for bar in bars] == ["1 March 2026", "5 April 2026"]
    assert bars[0].rect["height"] > 50
    follow(page, bars[1])
    assert [h2.text for h2 in every(page, ".result h2")] == ["About c"]
    assert [chip.text.splitlines()[-1] for chip in every(page, ".active a")] == [
        "Person: Angela Merkel ×",
        "2026-04-05 ×",
        "Clear all",
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_names_are_for_everybody(page: WebDriver, address: str, scheme: str) -> None:
    from test_page import BEYOND, CONTRAST

    feature = {"name": "prefers-color-scheme", "value": scheme}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    for path in (MERKEL, "/entities", "/items/a", "/?q=person:merkel"):
        for width in (320, 1280):
            metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 700}
            page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            page.get(address + path)
            assert not page.execute_script(BEYOND, width)
            assert not page.execute_script(CONTRAST)
        assert len(every(page, "h1")) == 1
        for control in every(page, ":is(a, button, input:not([type=hidden]))"):
            assert control.accessible_name.strip(), control.get_attribute("outerHTML")
        ids = [element.get_attribute("id") for element in every(page, "[id]")]
        assert len(ids) == len(set(ids))


def test_an_editor_corrects_and_a_kill_takes_away(page: WebDriver, address: str, archive: Path) -> None:
    page.get(address + MERKEL)
    assert one(page, ".count").text == "Named in 2 items, 3 times."
    file = archive / "entities.toml"
    file.write_text('[[merge]]\nnames = ["person: Merkel"]\ninto = "Angela Merkel"\n', encoding="utf-8")
    page.refresh()
    assert one(page, ".count").text == "Named in 3 items, 4 times."
    file.write_text('[[merge]]\nnames = ["person: Merkel"\n', encoding="utf-8")
    search(page, "talks")
    assert "entities.toml" in one(page, ".heading .note").text
    file.unlink()
    app.kill_items(["a"], archive)
    page.get(address + MERKEL)
    assert one(page, ".count").text == "Named in 1 item, 1 time."
    assert [alias.text for alias in every(page, ".aliases li b")] == ["Angela Merkel"]
    assert len(every(page, ".timeline li a")) == 1
