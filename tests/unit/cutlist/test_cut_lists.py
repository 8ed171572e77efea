"""Cut lists as EDL, OTIO, WebVTT: read back, they have the same cuts."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lists_made import cut_list
from opentimelineio import opentime

from newsreel.core.errors import UnreadableError, UsageError
from newsreel.core.shots import Transition
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.cutlist import CutList, chapters, edl, name_of, otio, read_edl, read_otio
from newsreel.cutlist.rulers import moment_text
from newsreel.cutlist.timecodes import TIMECODE_RATES, Timecode

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
STARTS = ("", "00:59:59:00", "10:00:00:00", "10:00:00;00", "not a timecode", "10:00:61:00")

lengths = st.lists(st.integers(5, 40_000), min_size=1, max_size=6)
names = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TIMECODE_RATES), lengths, st.sampled_from(STARTS), names)
def test_an_edl_or_otio_read_back_gives_the_same_cuts(rate: Fraction, each: list[int], start: str, name: str) -> None:
    bounds = (0, *accumulate(each))
    film = cut_list(bounds, rate, timecode=start, name=name)
    assert read_edl(edl(film), rate) == bounds
    assert read_otio(otio(film)) == bounds


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 10**13), min_size=1, max_size=6), st.integers(0, 10**9))
def test_with_a_varying_rate_otio_is_exact_to_the_nanosecond(each: list[int], first_ns: int) -> None:
    bounds = [first_ns, *(first_ns + end for end in accumulate(each))]
    film = cut_list(range(0, 10 * len(bounds), 10), constant_rate=False)
    times = [TimeRange(*pair) for pair in pairwise(bounds)]
    timed = [dataclasses.replace(shot, time=time) for shot, time in zip(film.shots, times, strict=True)]
    written = otio(dataclasses.replace(film, shots=tuple(timed)))
    assert read_otio(written) == tuple(bound - first_ns for bound in bounds)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TIMECODE_RATES), st.data())
def test_timecode_is_that_of_opentimelineio_and_names_one_frame(rate: Fraction, data: st.DataObject) -> None:
    code = Timecode.of(rate)
    assert code is not None
    frame = data.draw(st.integers(0, code.day - 1))
    reckoned = float(rate) if code.drop else round(rate)
    assert code.text(frame) == opentime.to_timecode(opentime.RationalTime(frame, reckoned), reckoned)
    assert code.number(code.text(frame)) == frame


def test_an_edl_to_the_letter() -> None:
    film = cut_list((0, 12, 1500), timecode="10:00:00:00", name="Übertragung 12.mp4")
    assert edl(film) == (
        "TITLE: Übertragung 12.mp4\n"
        "FCM: NON-DROP FRAME\n"
        "\n"
        "001  UBERTRAG V     C        10:00:00:00 10:00:00:12 10:00:00:00 10:00:00:12\n"
        "* FROM CLIP NAME:  Übertragung 12.mp4\n"
        "* LOC: 10:00:00:00 BLACK   BLACK\n"
        "* LOC: 10:00:00:11 GREEN   GRADUAL\n"
        "* ENDS IN A GRADUAL TRANSITION OF 2 FRAMES: 10:00:00:11 TO 10:00:00:13\n"
        "002  UBERTRAG V     C        10:00:00:12 10:01:00:00 10:00:00:12 10:01:00:00\n"
        "* FROM CLIP NAME:  Übertragung 12.mp4\n"
    )


@pytest.mark.parametrize(
    ("rate", "start", "count", "end"),
    [
        (NTSC, "", "DROP", "00:01:00;02"),
        (NTSC, "00:00:00;00", "DROP", "00:01:00;02"),
        (NTSC, "00:00:00:00", "NON-DROP", "00:01:00:00"),
        (FILM, "", "NON-DROP", "00:01:15:00"),
        (Fraction(2997, 100), "", "DROP", "00:01:00;02"),
        (Fraction(60), "", "NON-DROP", "00:00:30:00"),
    ],
)
def test_frames_are_dropped_at_29_97_unless_the_film_says_otherwise(
    rate: Fraction, start: str, count: str, end: str
) -> None:
    lines = edl(cut_list((0, 1800), rate, timecode=start)).splitlines()
    assert lines[1] == f"FCM: {count} FRAME"
    assert lines[3].endswith(f" {end}")


def test_where_the_beginning_is_lost_frames_keep_their_timecode() -> None:
    film = cut_list((0, 20, 50), timecode="10:00:00:00", loss="could not be decoded: 10 packet(s) of pictures")
    times = [TimeRange(shot.time.start_ns + 400_000_000, shot.time.end_ns + 400_000_000) for shot in film.shots]
    late = [dataclasses.replace(shot, time=time) for shot, time in zip(film.shots, times, strict=True)]
    text = edl(dataclasses.replace(film, shots=tuple(late)))
    assert "10:00:00:10 10:00:01:05 10:00:00:10 10:00:01:05" in text
    assert read_edl(text, Fraction(25)) == (0, 20, 50)
    whole = dataclasses.replace(film, shots=tuple(late), loss="")  # its pictures begin later than its sound
    assert "10:00:00:00 10:00:00:20" in edl(whole)


@pytest.mark.parametrize(
    ("film", "remedy"),
    [
        (cut_list((0, 50), constant_rate=False), "convert it to a constant rate"),
        (cut_list((0, 50), frame_rate=Fraction(0)), "convert it to a constant rate"),
        (cut_list((0, 50), Fraction(25, 2)), "no timecode counts 12.5 frames a second: take --format otio"),
        (cut_list(range(0, 5001, 5)), "1,000 shots, and an EDL 999 events at most: take --format otio"),
        (cut_list((0, 1500), timecode="23:59:00:00"), "past midnight"),
    ],
    ids=["varying", "unknown", "odd", "long", "midnight"],
)
def test_what_an_edl_cannot_say_is_refused_with_the_remedy(film: CutList, remedy: str) -> None:
    with pytest.raises(UsageError, match=remedy):
        edl(film)
    assert len(read_otio(otio(film))) == len(film.shots) + 1


@pytest.mark.parametrize(
    ("name", "reel"),
    [("Black.mov", "BLACK1"), ("bl.mov", "BL1"), ("ax.mov", "AX1"), ("新聞.mp4", "FILM"), ("a b-c_d.e.mp4", "ABCDE")],
)
def test_a_reel_is_eight_capitals_and_digits_that_mean_nothing_else(name: str, reel: str) -> None:
    assert f"001  {reel:8} V     C" in edl(cut_list((0, 25), name=name))


def test_otio_says_all_that_is_known() -> None:
    made = json.loads(otio(cut_list((0, 12, 30, 50), NTSC, timecode="01:00:00;00", name="a b.mov")))
    assert made["global_start_time"]["value"] == 107_892
    clips = made["tracks"]["children"][0]["children"]
    reference = clips[0]["media_references"]["DEFAULT_MEDIA"]
    assert reference["target_url"] == "file:///films/a%20b.mov"
    assert reference["available_range"]["duration"]["value"] == 50
    assert [clip["source_range"]["start_time"]["value"] for clip in clips] == [107_892, 107_904, 107_922]
    assert [(marker["name"], marker["marked_range"]["start_time"]["value"]) for marker in clips[0]["markers"]] == [
        ("black", 107_892),
        ("gradual", 107_903),
    ]
    said = clips[0]["metadata"]["newsreel"]
    assert (said["transition"], said["transition_frames"], said["confidence"]) == ("gradual", [11, 13], 0.75)
    assert clips[2]["metadata"]["newsreel"]["like"] == 0


@pytest.mark.parametrize(
    "text", ["", "TITLE: x", "001 A V C 1 2 3", "001 A V X a b c d", "{}", '{"OTIO_SCHEMA": "Clip.2"}']
)
def test_what_is_no_cut_list_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UnreadableError, match="not an EDL"):
        read_edl(text, Fraction(25))
    with pytest.raises(UnreadableError, match="not an OTIO"):
        read_otio(text)


def test_chapters_tile_the_film_and_are_never_empty() -> None:
    film = cut_list((0, 24, 90_000, 360_024), FILM)
    starts = (0, 1_001_000_000, 3_753_750_000_000, 3_753_750_000_400, 15_016_001_000_000)
    shots = [dataclasses.replace(film.shots[n % 3], time=TimeRange(*starts[n : n + 2])) for n in range(4)]
    assert chapters(dataclasses.replace(film, shots=tuple(shots))) == (
        "WEBVTT\n\n"
        "shot-1\n00:00:00.000 --> 00:00:01.001\nShot 1 (black)\n\n"
        "shot-2\n00:00:01.001 --> 01:02:33.750\nShot 2\n\n"
        "shot-3\n01:02:33.750 --> 01:02:33.751\nShot 3\n\n"
        "shot-4\n01:02:33.751 --> 04:10:16.001\nShot 4 (black)\n"
    )
    shots[2] = dataclasses.replace(shots[2], time=TimeRange(starts[2] + 100, starts[3]))
    assert "shot-3\n" not in chapters(dataclasses.replace(film, shots=tuple(shots)))


def test_a_moment_is_told_in_timecode_or_to_the_millisecond() -> None:
    film = cut_list((0, 100, 200))
    assert moment_text(film, film.shots[1], 4 * NS_PER_S + 40_000_000) == "00:00:04:01"
    varying = dataclasses.replace(film, constant_rate=False)
    assert moment_text(varying, film.shots[1], 4_040_000_000) == "00:00:04.040"


def test_a_list_without_a_shot_is_none_and_a_name_is_one_line() -> None:
    with pytest.raises(ValueError, match="without a shot"):
        dataclasses.replace(cut_list((0, 9)), shots=())
    assert name_of(Path("a\nb\udc80.mp4")) == "a?b?.mp4"
    assert cut_list((0, 9)).shots[0].transition is Transition.END
