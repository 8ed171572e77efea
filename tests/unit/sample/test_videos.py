from __future__ import annotations

import json
import re
import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from newsreel.ingest.dates import parse_ns
from newsreel.sample.stories import SHOWCASE, load_stories
from newsreel.sample.videos import FILMS, write_videos

_TIMING = re.compile(r"^(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})\n<v ([^>]+)>(.+)$", re.MULTILINE)
_ONLY_SPOKEN = ("slack", "ebb", "eddy", "knots", "estuary holds", "hawser", "elbow", "moon")
PILOT, BRIDGE, STATION = FILMS


@pytest.fixture(scope="module")
def folder(sample_folder: Path) -> Path:
    return sample_folder / "videos"


@pytest.fixture(scope="module")
def pictures(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Each film's frames, small: [frames, 27, 48, 3]."""
    return {name: _small(folder / name) for name in FILMS}


def _small(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as file:
        frames = (frame.reformat(48, 27, "rgb24", interpolation="AREA") for frame in file.decode(video=0))
        return np.stack([frame.to_ndarray() for frame in frames]).astype(np.float32)


def _changes(film: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much each frame differs from the one before it; the first from none."""
    return np.concatenate(([0], np.abs(np.diff(film, axis=0)).mean(axis=(1, 2, 3))))


def test_three_films_and_what_lies_beside_them(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} == {
        "tarnby-halcyon-pilot.mp4",
        "tarnby-halcyon-pilot.vtt",
        "brackwater-old-bridge.webm",
        "brackwater-old-bridge.json",
        "millford-station-clock.mov",
    }
    assert all(path.stat().st_size < 2_000_000 for path in folder.iterdir())


def test_only_what_is_missing_is_made_and_it_has_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    again = shutil.copytree(folder, tmp_path / "again")
    (again / STATION).unlink()
    (again / PILOT).write_bytes(b"kept")
    written = write_videos(again)
    assert {path.name for path in written} == {path.name for path in folder.iterdir()}
    assert (again / STATION).read_bytes() == (folder / STATION).read_bytes()
    assert (again / PILOT).read_bytes() == b"kept"
    assert not [path for path in again.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(("name", "codec"), [(PILOT, "h264"), (BRIDGE, "vp9"), (STATION, "mpeg2video")])
def test_what_a_player_is_told(folder: Path, name: str, codec: str) -> None:
    with av.open(str(folder / name)) as file:
        (stream,) = file.streams
        assert stream.codec_context.name == codec
        frames = [(frame.width, frame.height, frame.time) for frame in file.decode(video=0)]
        assert stream.average_rate == 25
        assert stream.codec_context.sample_aspect_ratio in (Fraction(1), None)
    assert {frame[:2] for frame in frames} == {(640, 360)}
    assert [frame[2] for frame in frames] == pytest.approx([n / 25 for n in range(FILMS[name].frames)])
    assert 8 <= len(frames) / 25 <= 20


def test_every_kind_of_transition_is_there() -> None:
    assert sum(len(film.cuts) for film in FILMS.values()) >= 6
    assert [len(film.gradual) for film in FILMS.values()] == [1, 2, 0]
    assert FILMS[STATION].cuts[0] > 150


@pytest.mark.parametrize("name", FILMS)
def test_cuts_are_where_the_film_says_and_nowhere_else(pictures: dict[str, NDArray[np.float32]], name: str) -> None:
    changes, film = _changes(pictures[name]), FILMS[name]
    assert len(changes) == film.frames
    assert set(np.flatnonzero(changes > 15)) == set(film.cuts)
    still = np.ones(film.frames, dtype=bool)
    for first, last in film.gradual:
        still[first : last + 1] = False
    still[list(film.cuts)] = False
    assert changes[still].max() < 4
    assert np.median(changes[still]) > 0.05  # a film, not a slide


def test_a_dissolve_shows_both_of_its_sides(pictures: dict[str, NDArray[np.float32]]) -> None:
    for name in (PILOT, BRIDGE):
        first, last = FILMS[name].gradual[0]
        film = pictures[name]
        middle = (film[first - 1] + film[last]) / 2
        apart = np.abs(film[first - 1] - film[last]).mean()
        assert np.abs(film[(first + last) // 2] - middle).mean() < 0.25 * apart


def test_a_fade_goes_through_black_and_nothing_else_does(pictures: dict[str, NDArray[np.float32]]) -> None:
    first, last = FILMS[BRIDGE].gradual[1]
    light = pictures[BRIDGE].mean(axis=(1, 2, 3))
    assert light[first:last].min() < 8
    assert np.delete(light, slice(first, last)).min() > 40
    assert (np.diff(light[first : (first + last) // 2]) < 0).all()


def test_the_transcript_runs_through_the_film(folder: Path) -> None:
    text = (folder / PILOT).with_suffix(".vtt").read_text(encoding="utf-8")
    cues = [(int(m[2]) * 60 + float(m[3]), int(m[5]) * 60 + float(m[6]), m[7], m[8]) for m in _TIMING.finditer(text)]
    assert text.startswith("WEBVTT\n")
    assert len(cues) == text.count(" --> ") >= 8
    assert {voice for _, _, voice, _ in cues} == {"Freya Lund", "Torben Aske"}
    assert all(start < end for start, end, _, _ in cues)
    assert all(one[1] <= following[0] for one, following in pairwise(cues))
    assert cues[-1][1] <= FILMS[PILOT].frames / 25
    edges = [0, *FILMS[PILOT].cuts, *(first for first, _ in FILMS[PILOT].gradual)]
    assert len({max(edge for edge in edges if edge <= start * 25) for start, _, _, _ in cues}) == 6


def test_what_is_said_is_said_nowhere_else(folder: Path) -> None:
    spoken = (folder / PILOT).with_suffix(".vtt").read_text(encoding="utf-8").lower()
    with av.open(str(folder / PILOT)) as file:
        written = [" ".join(file.metadata.values()), (folder / BRIDGE).with_suffix(".json").read_text(encoding="utf-8")]
    written += [" ".join((story.headline, *story.body, *story.keywords)) for story in load_stories()]
    words = re.compile(rf"\b({'|'.join(_ONLY_SPOKEN)})\b")
    assert set(words.findall(spoken)) == set(_ONLY_SPOKEN)
    assert not words.findall(" ".join(written).lower())
    assert any("slack water" in query for query, _ in SHOWCASE)


def test_one_container_carries_its_own_metadata(folder: Path) -> None:
    with av.open(str(folder / PILOT)) as file:
        told = file.metadata
    assert told["title"] == "Tarnby pilot on the minutes that freed the Halcyon"
    assert told["artist"] == "Freya Lund"
    assert "SHOTLIST" in told["description"]
    assert told["copyright"].startswith("© 2026 Newsreel Wire")
    assert "harbour pilot" in told["keywords"]
    assert told["date"] == "2026-03-18T09:30:00Z"
    assert parse_ns(told["creation_time"]) == parse_ns(told["date"])


def test_one_has_a_sidecar_and_one_next_to_nothing(folder: Path) -> None:
    with av.open(str(folder / BRIDGE)) as file:
        assert not {"title", "description", "copyright", "date"} & set(file.metadata)
    sidecar = json.loads((folder / BRIDGE).with_suffix(".json").read_text(encoding="utf-8"))
    assert (sidecar["type"], sidecar["pubStatus"]) == ("video", "usable")
    assert "Greta Osei" in sidecar["descriptions"][0]["value"]
    with av.open(str(folder / STATION)) as file:
        assert not {"title", "description", "copyright", "comment"} & set(file.metadata)
        assert file.metadata["creation_time"].startswith("2026-03-17T07:12:00")
