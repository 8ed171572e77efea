"""The live page in a real browser: shots appear as they end, and a reader is left alone."""

from __future__ import annotations

from pathlib import Path

from reading import one
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.wait import WebDriverWait
from tests.live_builders import Air, open_archive, serving

from newsreel.settings import Settings


def shown(page: WebDriver) -> list[str]:
    ids = page.execute_script("return [...document.querySelectorAll('.reel > li')].map((card) => card.dataset.id)")
    return [identity.rpartition("#")[2] for identity in ids]


def test_shots_appear_as_they_end(driver: WebDriver, tmp_path: Path) -> None:
    page = driver
    page.get_log("browser")
    archive = open_archive(tmp_path / "archive", Settings(entities="none"))
    air = Air(archive, "studio")
    air.show(0, -1)
    wait = WebDriverWait(page, 20, 0.1)
    with serving(archive) as served:
        page.get(f"{served.address}/live")
        wait.until(lambda p: one(p, ".state").get_attribute("data-state") in ("live", "quiet"))
        air.show(0, said=("", "", "Back to you."))
        wait.until(lambda p: shown(p) == ["2", "1", "0"])
        assert str(one(page, ".reel > li").get_attribute("class")).split() == ["again", "new"]
        assert one(page, ".reel .said").text == "Back to you."
        wait.until(lambda p: p.execute_script("return document.querySelector('.reel img').naturalWidth"))

        ActionChains(page).move_to_element(one(page, ".reel .open")).perform()
        air.show(4, 5)
        wait.until(lambda p: one(p, ".waiting").text == "2 new shots")
        assert shown(page) == ["2", "1", "0"]  # nothing moves under the pointer
        ActionChains(page).move_to_element(one(page, "h1")).perform()
        wait.until(lambda p: shown(p) == ["4", "3", "2", "1", "0"])

        archive.remove([air.uri])
        wait.until(lambda p: shown(p) == [])
        page.get("about:blank")
    assert not page.get_log("browser")
