"""Newsreel's times of a film are the browser's: a link into it leads to the picture that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.chrome.webdriver import WebDriver
from selenium.webdriver.support.wait import WebDriverWait
from tests.film_builders import write_film

from newsreel.ingest.videos import Footage

SHOW = """
const video = document.body.appendChild(document.createElement("video"));
const shown = (_, picture) => {
  window.shownAt = picture.mediaTime;
  video.requestVideoFrameCallback(shown);
};
video.requestVideoFrameCallback(shown);
video.src = arguments[0];
"""
LATE = [500 + number * number for number in range(40)]
FILMS: dict[str, dict[str, object]] = {
    "late.mp4": {"stamps": LATE},
    "b-frames.mp4": {"stamps": LATE, "options": {"bf": "3", "preset": "medium"}},
    "no-edit-list.mp4": {"options": {"bf": "3", "preset": "medium"}, "muxer_options": {"use_editlist": "0"}},
    "sound.mp4": {"stamps": LATE, "sound_s": 4.0},
    "late.mkv": {"stamps": LATE},
    "late.webm": {"stamps": LATE, "codec": "libvpx"},
    "sound.webm": {"stamps": LATE, "codec": "libvpx", "sound_s": 4.0},
}


@pytest.mark.parametrize("name", FILMS)
def test_a_picture_is_shown_when_newsreel_says(name: str, driver: WebDriver, tmp_path: Path) -> None:
    path = write_film(tmp_path / name, frames=40, gop=10, **FILMS[name])  # type: ignore[arg-type]
    with Footage(path) as footage:
        frame = next(frame for frame in footage.frames() if frame.number == 25)
    blank = tmp_path / "page.html"
    blank.write_text("<!doctype html><title>A film</title>")
    driver.get(blank.as_uri())
    middle_s = (frame.time_ns + frame.duration_ns / 2) / 1e9
    driver.execute_script(SHOW, f"{path.as_uri()}#t={middle_s}")
    wanted_s = pytest.approx(frame.time_ns / 1e9, abs=0.001)
    WebDriverWait(driver, 20, 0.05).until(lambda d: d.execute_script("return window.shownAt") == wanted_s)
