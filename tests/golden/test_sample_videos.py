"""The sample's videos in the sample archive: cut where they were made to be cut, and found by what is said in them."""

from __future__ import annotations

import pytest

from newsreel import app
from newsreel.core.item import Kind
from newsreel.core.shots import Transition
from newsreel.core.times import NS_PER_S
from newsreel.sample.videos import FILMS
from newsreel.search.results import Query

URIS = {
    "tarnby-halcyon-pilot.mp4": "file:videos/tarnby-halcyon-pilot.mp4",
    "brackwater-old-bridge.webm": "urn:newsml:newsreel.example:20260316:brackwater-old-bridge",
    "millford-station-clock.mov": "file:videos/millford-station-clock.mov",
}


@pytest.mark.parametrize("name", FILMS)
def test_shots_are_those_that_were_made(newsreel: app.Newsreel, name: str) -> None:
    film, shots = FILMS[name], newsreel.shots(URIS[name])
    assert shots[-1].end_frame == film.frames
    assert [shot.end_frame for shot in shots if shot.transition is Transition.CUT] == list(film.cuts)
    changes = [shot.end_frame for shot in shots if shot.transition is Transition.GRADUAL]
    assert len(changes) == len(film.gradual)
    assert all(first <= at < last for at, (first, last) in zip(changes, film.gradual, strict=True))


def test_a_moment_is_found_by_what_is_said(newsreel: app.Newsreel) -> None:
    first = newsreel.search(Query(text="how long does slack water last")).results[0]
    assert first.item.uri == URIS["tarnby-halcyon-pilot.mp4"]
    assert first.segment.time is not None
    assert first.segment.time.start_ns == FILMS["tarnby-halcyon-pilot.mp4"].cuts[2] * NS_PER_S // 25
    assert "It lasts eleven minutes" in first.segment.text


def test_a_video_without_words_is_found_by_its_name(newsreel: app.Newsreel) -> None:
    results = newsreel.search(Query(text="station clock", kinds=(Kind.VIDEO,))).results
    (found,) = (result for result in results if result.item.uri == URIS["millford-station-clock.mov"])
    assert (found.item.headline, found.item.caption, found.segment.text) == ("", "", "")
