"""The page in a real browser: as a reader uses it, with keys, on a phone, without JavaScript."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from reading import every, focused, follow, one, press, search
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as when
from selenium.webdriver.support.wait import WebDriverWait

SHIP = "container ship stuck on a sandbank"
PHOTO = "/items/" + quote("file:photos/tarnby-halcyon-aground.jpg", safe="")
PILOT = "/items/" + quote("file:videos/tarnby-halcyon-pilot.mp4", safe="")
STATION = "/items/" + quote("file:videos/millford-station-clock.mov", safe="")
STORY = "/items/" + quote("urn:newsml:newsreel.example:20260309:halcyon-aground", safe="")
PAGES = (
    "/",
    "/?q=flood&explain=true",
    "/?kind=photo&q=flood&explain=true",
    "/?kind=photo",
    "/?q=flood&from=1999&to=1999",
    PHOTO,
    STORY + "?q=ship",
    "/?kind=video&q=slack+water&explain=true",
    PILOT + "?q=slack+water&t=9.400",
    STATION,
)


class TestReader:
    def test_searches_and_reads(self, page: WebDriver) -> None:
        search(page, SHIP)
        first = one(page, ".result h2 a")
        assert "Halcyon" in first.text
        assert {mark.text.lower() for mark in every(page, ".result mark")} >= {"container ship"}
        headline = first.text
        follow(page, first)
        assert one(page, "h1").text == headline
        assert every(page, "#passage")
        follow(page, one(page, ".back a"))
        assert one(page, "#q").get_attribute("value") == SHIP

    def test_an_item_opens_at_the_passage(self, page: WebDriver, address: str) -> None:
        page.set_window_size(900, 500)
        words = "Millford orange warning small boats"
        page.get(f"{address}/?kind=story&q={quote(words)}")
        follow(page, one(page, ".result h2 a"))
        assert page.current_url.endswith("#passage")
        place: dict[str, Any] = page.execute_script(
            "return document.querySelector('#passage').getBoundingClientRect().toJSON()"
        )
        assert 0 <= place["top"] < 500
        assert every(page, "#passage mark, .passage mark")
        page.set_window_size(1280, 900)

    def test_filters_and_clears(self, page: WebDriver) -> None:
        search(page, "flood")
        follow(page, one(page, ".tabs li:nth-child(3) a"))
        assert {article.get_attribute("class") for article in every(page, "article")} == {"result photo"}
        assert one(page, ".grid")
        follow(page, one(page, ".years a"))
        chips = [chip.text.splitlines() for chip in every(page, ".active a")]
        assert chips == [["Remove filter:", "Photos ×"], ["Remove filter:", "2026 ×"], ["Clear all"]]
        follow(page, every(page, ".active a")[-1])
        assert not every(page, ".active")
        assert one(page, "#q").get_attribute("value") == "flood"

    def test_chooses_dates(self, page: WebDriver) -> None:
        for name in ("from", "to"):
            page.execute_script(f"document.querySelector('#{name}').value = '2026-03-09'")
        follow(page, one(page, ".range button"))
        days = {time.get_attribute("datetime")[:10] for time in every(page, "article time")}
        assert days == {"2026-03-09"}
        assert one(page, ".active a").text.endswith("2026-03-09 ×")

    def test_pages_on_and_back(self, page: WebDriver) -> None:
        first = [link.text for link in every(page, ".result h2 a")]
        follow(page, one(page, "[rel=next]"))
        assert not {link.text for link in every(page, ".result h2 a")} & set(first)
        assert one(page, "[role=status]").text.startswith("13–24 of ")
        follow(page, one(page, "[rel=prev]"))
        assert [link.text for link in every(page, ".result h2 a")] == first

    def test_has_the_scores_explained(self, page: WebDriver) -> None:
        search(page, SHIP)
        follow(page, one(page, ".explain a"))
        assert one(page, ".score").is_displayed()
        widths = [bar.size["width"] for bar in every(page, ".score")[0].find_elements(By.TAG_NAME, "rect")]
        assert max(widths) > 20

    def test_sees_the_pictures(self, page: WebDriver, address: str) -> None:
        page.get(f"{address}/?kind=photo")
        for image in every(page, ".picture img"):
            page.execute_script("arguments[0].scrollIntoView({block: 'center'})", image)
            WebDriverWait(page, 20).until(lambda p, i=image: p.execute_script("return arguments[0].naturalWidth", i))


class TestKeys:
    def test_reach_everything_a_reader_needs(self, page: WebDriver, address: str) -> None:
        search(page, "flood")
        one(page, "h1").click()
        press(page, "/")
        assert focused(page).get_attribute("id") == "q"
        press(page, Keys.ARROW_DOWN)
        links = every(page, ".result h2 a")
        assert focused(page) == links[0]
        press(page, "j")
        assert focused(page) == links[1]
        press(page, "k")
        press(page, Keys.ARROW_UP)
        assert focused(page).get_attribute("id") == "q"
        press(page, "jk")
        assert focused(page).get_attribute("value") == "jk"  # typed over what `/` had selected
        press(page, Keys.ESCAPE)
        assert focused(page).tag_name == "body"

    def test_tab_visits_in_reading_order_and_is_seen(self, page: WebDriver) -> None:
        search(page, "flood")
        page.execute_script("document.activeElement.blur()")
        visited = []
        for _ in range(14):
            press(page, Keys.TAB)
            element = focused(page)
            visited.append(element.accessible_name)
            assert element.value_of_css_property("outline-style") != "none", element.get_attribute("outerHTML")
        assert visited[:4] == ["Skip to content", "Newsreel", "Search stories, photos and videos", "Search"]
        assert [name.split()[0] for name in visited[4:7]] == ["All", "Stories", "Photos"]

    def test_the_skip_link_leads_to_the_content(self, page: WebDriver) -> None:
        press(page, Keys.TAB)
        assert focused(page).is_displayed()
        press(page, Keys.ENTER)
        assert focused(page).get_attribute("id") == "main"

    def test_a_search_on_its_way_is_said(self, page: WebDriver) -> None:
        page.execute_script("document.querySelector('.search').addEventListener('submit', (e) => e.preventDefault())")
        one(page, "#q").send_keys("flood", Keys.ENTER)
        assert one(page, "main").get_attribute("aria-busy") == "true"
        assert one(page, "[role=status]").text == "Searching…"


class TestAccess:
    @pytest.mark.parametrize("path", PAGES)
    def test_landmarks_names_and_headings(self, page: WebDriver, address: str, path: str) -> None:
        page.get(address + path)
        assert one(page, "html").get_attribute("lang") == "en"
        for landmark in ("header", "main", "footer", "[role=search]"):
            assert len(every(page, f"body > {landmark}, header > {landmark}")) == 1
        assert len(every(page, "h1")) == 1
        levels = [int(heading.tag_name[1]) for heading in every(page, "h1, h2, h3")]
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for control in every(page, ":is(a, button, input:not([type=hidden]), img, video):not([hidden], [hidden] *)"):
            assert control.accessible_name.strip(), control.get_attribute("outerHTML")
        ids = [element.get_attribute("id") for element in every(page, "[id]")]
        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize("path", PAGES)
    def test_text_stands_out(self, page: WebDriver, address: str, path: str) -> None:
        for scheme in ("light", "dark"):
            feature = {"name": "prefers-color-scheme", "value": scheme}
            page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
            page.get(address + path)
            weak = page.execute_script(CONTRAST)
            assert not weak, scheme

    def test_motion_can_be_refused(self, page: WebDriver) -> None:
        feature = {"name": "prefers-reduced-motion", "value": "reduce"}
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        page.execute_script("document.querySelector('main').setAttribute('aria-busy', 'true')")
        names = page.execute_script("return getComputedStyle(document.querySelector('main'), '::before').animationName")
        assert names == "none"


class TestDevices:
    @pytest.mark.parametrize("path", PAGES)
    def test_nothing_is_wider_than_the_screen(self, page: WebDriver, address: str, path: str) -> None:
        for width in (320, 360, 390, 768, 1280, 1920):
            metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 700}
            page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            page.get(address + path)
            assert page.execute_script("return document.documentElement.scrollWidth") <= width
            assert not page.execute_script(BEYOND, width), width

    def test_works_without_javascript(self, page: WebDriver, address: str) -> None:
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        page.get(address)
        assert not one(page, ".keys").is_displayed()
        box = one(page, "#q")
        box.send_keys(SHIP, Keys.ENTER)
        WebDriverWait(page, 20).until(when.staleness_of(box))
        link = one(page, ".result h2 a")
        link.click()
        WebDriverWait(page, 20).until(when.staleness_of(link))
        assert "Halcyon" in one(page, "h1").text


BEYOND = """
return [...document.querySelectorAll("body *")].filter((e) => !e.closest(".shots li"))  // that scrolls by itself
  .filter((e) => e.getBoundingClientRect().right > arguments[0] + 1).map((e) => e.outerHTML.slice(0, 200));
"""

CONTRAST = """
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
  .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (e) => {
  for (; e; e = e.parentElement) {
    const colour = rgb(getComputedStyle(e).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour;
  }
  return [255, 255, 255];
};
const ownText = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
return [...document.querySelectorAll("body *")].filter(ownText).filter((e) => {
  const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05) < 4.5;
}).map((e) => e.outerHTML.slice(0, 200));
"""
