"""Pictures drawn from a film once more: the very ones that were chosen, by seeking or not; stills and the sheet."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from lists_made import cut_list
from PIL import Image
from tests.film_builders import jumping, number_of, write_film

from newsreel.core.shots import Mark, MarkKind
from newsreel.core.times import TimeRange
from newsreel.cutlist import CutList, Stills, draw, start_timecode
from newsreel.cutlist.pictures import frames_at
from newsreel.cutlist.sheet import MOST_PICTURES, sheet, shown
from newsreel.ingest.videos import Footage

LIMIT_S = 60.0


def times_of(path: Path) -> list[int]:
    with Footage(path) as footage:
        return [frame.time_ns for frame in footage.frames()]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> CutList:
    """Sixty pictures in a minute, a keyframe every five, five shots."""
    path = write_film(tmp_path_factory.mktemp("film") / "minute.mp4", frames=60, rate=1, gop=5)
    return dataclasses.replace(cut_list((0, 10, 25, 26, 45, 60), Fraction(1)), path=path, name=path.name)


def test_pictures_are_found_by_seeking_without_decoding_what_lies_between(film: CutList) -> None:
    times = times_of(film.path)
    wanted = [times[n] for n in (0, 1, 30, 59)]
    read = {
        frame.time_ns: (number_of(frame.picture(64)), frame.number) for frame in frames_at(film.path, wanted, LIMIT_S)
    }
    assert [read[time][0] for time in wanted] == [0, 1, 30, 59]
    assert read[times[59]][1] < 10, "counted from where it was sought"
    assert [frame.number for frame in frames_at(film.path, [times[59]], LIMIT_S, whole=False)] == [59]


@pytest.mark.parametrize(("name", "more"), [("one.mkv", {"gop": 300}), ("two.ts", {"muxer": "mpegts"})])
def test_they_are_found_where_seeking_leads_back_or_is_not_to_be_trusted(
    tmp_path: Path, name: str, more: dict[str, object]
) -> None:
    path = write_film(tmp_path / name, frames=40, rate=1, **more)
    times = times_of(path)
    found = {frame.time_ns: number_of(frame.picture(64)) for frame in frames_at(path, times[2::9], LIMIT_S)}
    assert [found[time] for time in times[2::9]] == [2, 11, 20, 29, 38]


def test_a_clock_that_jumps_leads_to_the_same_pictures(tmp_path: Path) -> None:
    path = jumping(tmp_path / "jumps.ts", to_s=2)
    times = times_of(path)
    assert [number_of(frame.picture(64)) for frame in frames_at(path, [times[5], times[30]], LIMIT_S)] == [5, 30]


def test_moments_at_which_no_picture_begins_give_none(film: CutList) -> None:
    times = times_of(film.path)
    moments = [times[3] + 1, times[20], times[-1] + 10**12]
    assert [number_of(frame.picture(64)) for frame in frames_at(film.path, moments, LIMIT_S)] == [20]


def test_stills_are_full_size_and_named_by_shot_and_timecode(film: CutList, tmp_path: Path) -> None:
    times = times_of(film.path)
    shots = [dataclasses.replace(s, keyframe_ns=times[s.start_frame + 1]) for s in film.shots[:2]]
    lost = dataclasses.replace(film.shots[2], keyframe_ns=None)
    some = dataclasses.replace(film, frame_rate=Fraction(25), shots=(*shots, lost))
    folder, page = tmp_path / "stills", tmp_path / "sheet.png"
    assert draw(some, page, Stills(folder, "png"), LIMIT_S) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "shot-0001_00-00-00-01.png",
        "shot-0002_00-00-00-11.png",
    ]
    for path, number in zip(sorted(folder.iterdir()), (1, 11), strict=True):
        with Image.open(path) as still:
            assert still.size == (64, 48)
            assert number_of(np.asarray(still)) == number
    with Image.open(page) as drawn:
        assert drawn.format == "PNG"
    varying = dataclasses.replace(some, constant_rate=False, shots=some.shots[1:2])
    assert draw(varying, None, Stills(folder), LIMIT_S) == 0
    assert (folder / "shot-0001_00-00-11.000.jpg").is_file()


def test_a_sheet_shows_each_picture_once_in_its_place(film: CutList) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30), (30, 200, 200)]
    pictures = {place: Image.new("RGB", (256, 192), colour) for place, colour in enumerate(colours)}
    plain = np.asarray(Image.open(io.BytesIO(sheet(film, pictures))))
    for place, colour in enumerate(colours):
        row, column = divmod(place, 3)
        cell = plain[84 + row * 248 :, 24 + column * 270 :][:192, :256]
        assert (cell[:150] == colour).all(axis=2).mean() == 1, place
    marked = dataclasses.replace(
        film,
        shots=tuple(dataclasses.replace(s, marks=(Mark(MarkKind.BARS, TimeRange(0, 1)),)) for s in film.shots),
    )
    pills = np.asarray(Image.open(io.BytesIO(sheet(marked, pictures))))
    assert (pills != plain).any(axis=2).sum() > 5 * 300
    del pictures[1]
    assert (np.asarray(Image.open(io.BytesIO(sheet(film, pictures)))) != plain).any()


def test_a_sheet_is_bounded_and_shows_the_longest_shots() -> None:
    bounds = [0]
    for number in range(MOST_PICTURES + 100):
        bounds.append(bounds[-1] + (5 if number % 4 == 0 and number < 400 else 50))
    film = cut_list(bounds)
    places = shown(film)
    assert len(places) == MOST_PICTURES
    assert places == sorted(places)
    assert sum(film.shots[place].end_frame - film.shots[place].start_frame < 50 for place in places) == 0
    page = Image.open(io.BytesIO(sheet(dataclasses.replace(film, size=(1080, 1920)), {})))
    assert page.width * page.height < 16_000_000


def test_of_a_film_of_many_shots_only_the_sheets_pictures_are_held(
    film: CutList, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    def counted(film: CutList, pictures: Mapping[int, Image.Image]) -> bytes:
        held.extend(pictures)
        return sheet(film, pictures)

    monkeypatch.setattr("newsreel.cutlist.stills.sheet", counted)
    monkeypatch.setattr("newsreel.cutlist.sheet.MOST_PICTURES", 2)
    assert draw(film, tmp_path / "sheet.png", Stills(tmp_path / "stills"), LIMIT_S) == 0
    assert held == [1, 3], "the longest"
    assert len(list((tmp_path / "stills").iterdir())) == len(film.shots)


def test_the_films_own_timecode_is_read(tmp_path: Path) -> None:
    path = write_film(tmp_path / "reel.mov", frames=5, metadata={"timecode": "10:00:00:00"})
    assert start_timecode(path, LIMIT_S) == "10:00:00:00"
    assert start_timecode(write_film(tmp_path / "plain.mp4", frames=5), LIMIT_S) == ""
