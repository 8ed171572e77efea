"""Moments, films, photos and what is near them, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from reading import click, every, focused, follow, one, press, search, serving
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as when
from selenium.webdriver.support.wait import WebDriverWait

from newsreel.app import Newsreel
from newsreel.core.item import Cue, Item
from newsreel.core.shots import Shot, Transition
from newsreel.core.times import TimeRange

MS = 1_000_000
SAID = "slack water"
"""Said in the pilot's fourth shot, from 9.4 s on."""
BEGINS_S = 9.4
PILOT = "/items/" + quote("file:videos/tarnby-halcyon-pilot.mp4", safe="")
STATION = "/items/" + quote("file:videos/millford-station-clock.mov", safe="")
BRIDGE = "/items/" + quote("urn:newsml:newsreel.example:20260316:brackwater-old-bridge", safe="")
PHOTO = "/items/" + quote("file:photos/tarnby-halcyon-aground.jpg", safe="")
_SHOTS = "[...document.querySelectorAll('.shots a')]"
STORY = "/items/" + quote("urn:newsml:newsreel.example:20260309:halcyon-aground", safe="")


def wait(page: WebDriver, script: str) -> Any:
    return WebDriverWait(page, 20).until(lambda p: p.execute_script(f"return {script}"))


def player(page: WebDriver, what: str) -> Any:
    return page.execute_script(f"return document.querySelector('video').{what}")


def starts(page: WebDriver) -> list[float]:
    return [float(start) for start in page.execute_script(f"return {_SHOTS}.map((link) => link.dataset.start)")]


def current(page: WebDriver) -> int:
    (number,) = [
        n for n, marked in enumerate(page.execute_script(f"return {_SHOTS}.map((a) => a.ariaCurrent)")) if marked
    ]
    return number


@pytest.fixture
def pilot(page: WebDriver, address: str) -> WebDriver:
    """The pilot's film, paused at the moment."""
    page.get(f"{address}{PILOT}?q={quote(SAID)}&t={BEGINS_S}")
    wait(page, "document.querySelector('video').readyState >= 2")
    page.execute_script("const v = document.querySelector('video'); v.pause(); v.currentTime = arguments[0]", BEGINS_S)
    wait(page, "!document.querySelector('video').seeking")
    return page


class TestMoments:
    def test_are_found_and_played_from_where_they_begin(self, page: WebDriver) -> None:
        search(page, SAID)
        assert [mark.text for mark in every(page, ".result.video mark")] == [SAID]
        assert one(page, ".result.video .timecode").text.split() == ["Plays", "from", "0:09", "of", "/", "0:18"]
        wait(page, "document.querySelector('.result.video img').naturalWidth")
        assert "shot=3" in str(one(page, ".result.video img").get_attribute("src"))
        follow(page, one(page, ".result.video h2 a"))
        wait(page, f"document.querySelector('video').currentTime > {BEGINS_S + 0.1}")  # a click led here: it may play
        assert BEGINS_S < player(page, "currentTime") < BEGINS_S + 5
        assert focused(page).text == "Pause"
        press(page, Keys.SPACE)
        wait(page, "document.querySelector('video').paused && document.querySelector('.play').textContent === 'Play'")

    def test_wait_where_motion_is_refused(self, page: WebDriver, address: str) -> None:
        feature = {"name": "prefers-reduced-motion", "value": "reduce"}
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        search(page, SAID)
        follow(page, one(page, ".result.video h2 a"))
        wait(page, "document.querySelector('video').readyState >= 2")
        assert player(page, "paused")
        assert abs(player(page, "currentTime") - BEGINS_S) < 0.001
        assert focused(page).text == "Play"

    def test_are_marked_in_the_strip_and_in_the_transcript(self, pilot: WebDriver) -> None:
        assert current(pilot) == 3
        line = one(pilot, ".cues li.current")
        assert [mark.text for mark in every(pilot, ".cues li.current mark")] == [SAID]
        assert line.get_attribute("class") == "matched current"
        inside = "const [a, b] = [arguments[0], arguments[1]].map((e) => e.getBoundingClientRect());"
        for box, entry in ((".shots", ".shots [aria-current]"), (".cues", ".cues li.current")):
            assert pilot.execute_script(
                f"{inside} return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom",
                one(pilot, entry),
                one(pilot, box),
            )


class TestKeys:
    def test_arrows_move_by_shot(self, pilot: WebDriver) -> None:
        begins = starts(pilot)
        for key, number in ((Keys.ARROW_RIGHT, 4), (Keys.ARROW_RIGHT, 5), (Keys.ARROW_RIGHT, 5), (Keys.ARROW_LEFT, 4)):
            press(pilot, key)
            assert player(pilot, "currentTime") == pytest.approx(begins[number])
            assert current(pilot) == number
        wait(pilot, "!document.querySelector('video').seeking")
        assert current(pilot) == 4
        assert pilot.current_url.endswith(f"t={begins[4]:.3f}")

    def test_arrows_take_the_focus_along_the_strip(self, pilot: WebDriver) -> None:
        links = every(pilot, ".shots a")
        pilot.execute_script("arguments[0].focus()", links[3])
        press(pilot, Keys.ARROW_LEFT)
        assert focused(pilot) == links[2]
        assert focused(pilot).value_of_css_property("outline-style") != "none"
        press(pilot, Keys.ENTER)
        assert player(pilot, "currentTime") == pytest.approx(starts(pilot)[2])

    def test_arrows_are_left_to_text_fields_and_to_the_player(self, pilot: WebDriver) -> None:
        pilot.execute_script(
            "window.taken = []; addEventListener('keydown', (e) => window.taken.push(e.defaultPrevented))"
        )
        one(pilot, "#q").send_keys(Keys.ARROW_LEFT)
        assert player(pilot, "currentTime") == pytest.approx(BEGINS_S)
        one(pilot, "video").send_keys(Keys.ARROW_RIGHT)
        assert pilot.execute_script("return window.taken.slice(-2)") == [False, False]

    def test_buttons_do_the_same(self, pilot: WebDriver) -> None:
        click(pilot, one(pilot, "[data-step='1']"))
        assert current(pilot) == 4
        click(pilot, one(pilot, "[data-step='-1']"))
        assert current(pilot) == 3


class TestTranscript:
    def test_jumps_to_what_was_said_and_remembers_it(self, pilot: WebDriver) -> None:
        click(pilot, every(pilot, ".cues p")[8])
        assert player(pilot, "currentTime") == pytest.approx(15.4)
        assert "once more in April" in one(pilot, ".cues li.current").text
        assert current(pilot) == 5
        pilot.refresh()
        wait(pilot, "document.querySelector('video').readyState >= 2")
        assert player(pilot, "currentTime") == pytest.approx(15.4)
        assert player(pilot, "paused")

    def test_follows_what_is_said(self, pilot: WebDriver) -> None:
        pilot.execute_script("document.querySelector('video').currentTime = 10.7")
        one(pilot, ".play").click()
        WebDriverWait(pilot, 20).until(lambda p: "holds its breath" in one(p, ".cues li.current").text)
        assert one(pilot, ".cues [aria-current]").text == "0:11"


class Long:
    """The sample archive, its films cut into 600 shots of 30 ms, with 3,000 lines."""

    def __init__(self, newsreel: Newsreel, keyframe: bytes) -> None:
        self._newsreel = newsreel
        self._keyframe = keyframe

    def __getattr__(self, name: str) -> Any:
        return getattr(self._newsreel, name)

    def shots(self, uri: str) -> tuple[Shot, ...]:
        ends = [Transition.CUT] * 599 + [Transition.END]
        return tuple(
            Shot(start_frame=n, end_frame=n + 1, time=TimeRange(n * 30 * MS, (n + 1) * 30 * MS), transition=end)
            for n, end in enumerate(ends)
        )

    def keyframe(self, uri: str, shot: int) -> bytes:
        return self._keyframe

    def item(self, uri: str) -> Item:
        item = self._newsreel.item(uri)
        assert item.film
        cues = tuple(Cue(TimeRange(n * 6 * MS, (n + 1) * 6 * MS), f"Line {n}.") for n in range(3000))
        return replace(item, film=replace(item.film, cues=cues))


@pytest.fixture(scope="module")
def long_address(newsreel: Newsreel) -> Iterator[str]:
    keyframe = newsreel.keyframe("file:videos/tarnby-halcyon-pilot.mp4", 0)
    with serving(cast(Newsreel, Long(newsreel, keyframe))) as address:
        yield address


class TestLongFilms:
    @pytest.mark.parametrize(("moment", "way"), [(1.0, Keys.ARROW_RIGHT), (1.0, Keys.ARROW_LEFT), (17.0, "Next")])
    def test_are_redrawn_around_a_moment_outside_the_shots_shown(
        self, page: WebDriver, long_address: str, moment: float, way: str
    ) -> None:
        page.get(f"{long_address}{PILOT}?q=tide&t=9")
        wait(page, "document.querySelector('video').readyState >= 2")
        shown = starts(page)
        assert (len(shown), shown[current(page)]) == (240, 9)
        assert not shown[0] <= moment <= shown[-1]
        page.execute_script(
            "const v = document.querySelector('video'); v.pause(); v.currentTime = arguments[0]", moment
        )
        wait(page, "!document.querySelector('video').seeking && !document.querySelector('.shots [aria-current]')")
        before = one(page, ".shots")
        if way == "Next":
            click(page, one(page, "[data-step='1']"))
        else:
            press(page, way)
        WebDriverWait(page, 20).until(when.staleness_of(before))
        assert page.current_url == f"{long_address}{PILOT}?q=tide&t={moment:.3f}"
        begin = moment * 1000 // 30 * 30 / 1000
        assert begin in starts(page)
        wait(page, f"document.querySelector('.shots [aria-current]').dataset.start >= {begin}")  # it may play on

    def test_a_tick_touches_only_what_changes(self, page: WebDriver, long_address: str) -> None:
        page.get(f"{long_address}{PILOT}?t=9")
        wait(page, "document.querySelector('video').readyState >= 2")
        assert len(every(page, ".cues li")) == 500
        changed = page.execute_async_script(
            """const done = arguments[0], video = document.querySelector("video");
            video.pause();
            video.currentTime = 9;
            video.addEventListener("seeked", () => {
              let count = 0;
              new MutationObserver((all) => { count += all.length; })
                .observe(document.querySelector(".film"), { subtree: true, attributes: true });
              for (let n = 0; n < 100; n++) video.dispatchEvent(new Event("timeupdate"));
              setTimeout(() => done(count));
            }, { once: true });"""
        )
        assert changed == 0


class TestUnplayable:
    def test_formats_are_said_and_their_shots_looked_through(self, page: WebDriver, address: str) -> None:
        page.get(address + STATION)
        assert not every(page, "video")
        assert "Browsers do not play MPEG-2 in QuickTime." in one(page, ".unplayable").text
        assert str(one(page, ".unplayable a").get_attribute("href")).endswith("?download=1")
        assert "Nothing is known of what it shows" in one(page, ".content").text
        click(page, every(page, ".shots a")[1])
        assert str(one(page, ".still").get_attribute("src")).endswith("shot=1")
        assert current(page) == 1
        press(page, Keys.ARROW_LEFT)
        assert str(one(page, ".still").get_attribute("src")).endswith("shot=0")

    def test_what_this_browser_cannot_play_is_said(self, pilot: WebDriver) -> None:
        assert not one(pilot, ".unplayable").is_displayed()
        pilot.execute_script("document.querySelector('video').src = document.querySelector('.shots img').src")
        WebDriverWait(pilot, 20).until(lambda p: not every(p, "video"))
        assert "This browser does not play H.264 in MP4." in one(pilot, ".unplayable").text
        press(pilot, Keys.ARROW_RIGHT)
        assert str(one(pilot, ".still").get_attribute("src")).endswith("shot=4")

    def test_a_damaged_film_plays_on_beyond_the_damage(
        self, page: WebDriver, address: str, sample_folder: Path
    ) -> None:
        file = sample_folder / "videos" / "brackwater-old-bridge.webm"
        whole = file.read_bytes()
        begin, end = len(whole) // 4, len(whole) // 4 + 60_000
        file.write_bytes(whole[:begin] + bytes(byte ^ 0x5A for byte in whole[begin:end]) + whole[end:])
        try:
            page.get(address + BRIDGE)
            click(page, one(page, ".play"))
            WebDriverWait(page, 20).until(lambda p: one(p, ".unplayable").is_displayed())
            assert "The film is damaged here." in one(page, ".unplayable").text
            last = every(page, ".shots a")[-1]
            click(page, last)
            wait(page, f"document.querySelector('video').currentTime > {last.get_attribute('data-start')} + 0.2")
            assert not one(page, ".unplayable").is_displayed()
        finally:
            file.write_bytes(whole)


class TestWithoutJavaScript:
    def test_links_lead_to_moments(self, page: WebDriver, address: str) -> None:
        page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        page.get(f"{address}{PILOT}?t={BEGINS_S}")
        assert str(one(page, "video").get_attribute("src")).endswith("#t=9.400")
        assert not one(page, ".transport").is_displayed()
        assert "If it does not play: download the file, " in one(page, "noscript").text
        assert str(one(page, "noscript a").get_attribute("href")).endswith("?download=1")
        assert current(page) == 3
        follow(page, every(page, ".shots a")[4])
        assert current(page) == 4
        page.get(f"{address}{STATION}?t=9.5")
        assert str(one(page, ".still").get_attribute("src")).endswith("shot=1")


class TestPictures:
    def test_a_webm_plays_too(self, page: WebDriver, address: str) -> None:
        page.get(address + BRIDGE)
        assert not every(page, ".transcript")
        click(page, one(page, ".play"))
        wait(page, "document.querySelector('video').currentTime > 0.1")
        assert player(page, "videoWidth") == 640

    def test_a_photo_is_shown_large(self, page: WebDriver, address: str) -> None:
        page.get(address + PHOTO)
        wait(page, "document.querySelector('.mat img').naturalWidth")
        picture = one(page, ".mat img")
        assert "/v1/media/" in str(picture.get_attribute("src"))
        assert picture.size["width"] > 600
        assert one(page, "a.mat").get_attribute("href") == picture.get_attribute("src")

    def test_what_is_related_is_one_click_away(self, page: WebDriver, address: str) -> None:
        page.get(f"{address}{STORY}?q=ship")
        links = every(page, ".related a")
        assert len(links) > 3
        assert one(page, "h1").text not in [link.text for link in links]
        beside, body = one(page, ".related").rect, one(page, ".body").rect
        assert beside["x"] > body["x"] + body["width"]
        title = links[0].text
        follow(page, links[0])
        assert one(page, "h1").text == title
        assert "ship" in one(page, ".back a").text
