"""A video's shots as segments."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from newsreel.core.item import Cue, Film, Item, Kind
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.pipeline.passages import Cutter, embedded_text, searched_text
from newsreel.testing.fakes import FakeEmbedder

FAKE = FakeEmbedder(max_tokens=24)
CUTTER = Cutter(FAKE.count_tokens, FAKE.max_tokens)


def seconds(start: float, end: float) -> TimeRange:
    return TimeRange(int(start * NS_PER_S), int(end * NS_PER_S))


def video(*cues: Cue, **fields: object) -> Item:
    film = Film(media_hash="h", duration_ns=None, width=4, height=3, codec="h264", stream="stream 0", cues=tuple(cues))
    return Item(uri="file:clip.mp4", kind=Kind.VIDEO, film=film, media_path="/desk/clip.mp4", **fields)  # type: ignore[arg-type]


SHOTS = (seconds(0, 10), seconds(10, 20), seconds(20, 30))


def test_a_shot_is_searched_by_what_is_said_in_it_and_by_the_items_own_words() -> None:
    said = Cue(seconds(12, 14), "The bridge opens at noon.")
    item = video(said, headline="Mayor speaks", caption="At the weir.", byline="Jo Weir")
    first, second, third = CUTTER.cut(item, SHOTS)
    assert (first.text, first.context) == ("At the weir.", "Mayor speaks")
    assert (second.text, second.context) == ("The bridge opens at noon.", "Mayor speaks At the weir.")
    assert searched_text(item, first) == "Mayor speaks\nAt the weir.\nJo Weir"
    assert searched_text(item, second) == "The bridge opens at noon."
    assert embedded_text(second) == "Mayor speaks At the weir.\nThe bridge opens at noon."
    assert searched_text(item, third) == embedded_text(third) == ""  # the film is found by its first shot
    assert [s.shot for s in (first, second, third)] == [0, 1, 2]
    assert [s.time for s in (first, second, third)] == list(SHOTS)


def test_a_cue_belongs_to_every_shot_it_overlaps_and_to_no_other() -> None:
    item = video(Cue(seconds(5, 10), "before"), Cue(seconds(19, 21), "across"))
    assert [s.text for s in CUTTER.cut(item, SHOTS)] == ["before", "across", "across"]


def test_what_is_said_beyond_the_pictures_is_not_lost() -> None:
    shots = [seconds(5, 10), seconds(10, 20)]
    item = video(Cue(seconds(0, 4), "before"), Cue(seconds(12, 13), "in it"), Cue(seconds(40, 41), "after the end"))
    assert [s.text for s in CUTTER.cut(item, shots)] == ["before", "in it\nafter the end"]


def test_a_transcript_that_is_one_long_cue_over_another_does_not_fill_the_archive() -> None:
    shots = [seconds(n, n + 1) for n in range(100)]
    moments = CUTTER.cut(video(*(Cue(seconds(0, 100), "always") for _ in range(100))), shots)
    assert sum("always" in m.text for m in moments if m.shot == 7) > 0
    assert sum("always" in m.text for m in moments if (m.shot or 0) >= 8) == 0


def test_a_long_speech_in_one_shot_makes_several_moments() -> None:
    cues = [Cue(seconds(n, n + 1), " ".join(f"word{n}x{i}" for i in range(8))) for n in range(9)]
    moments = CUTTER.cut(video(*cues), [seconds(0, 10)])
    assert "\n".join(m.text for m in moments) == "\n".join(c.text for c in cues)
    assert [m.time for m in moments if m.time] == [
        seconds(0, 2),
        seconds(2, 4),
        seconds(4, 6),
        seconds(6, 8),
        seconds(8, 10),
    ]
    assert {m.shot for m in moments} == {0}


def test_a_video_without_a_word_is_found_by_its_name() -> None:
    item = video()
    first, *others = CUTTER.cut(item, SHOTS)
    assert searched_text(item, first) == "clip mp4"
    assert [searched_text(item, s) for s in others] == ["", ""]


@given(
    cuts=st.lists(st.integers(1, 50), max_size=12, unique=True),
    cues=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6), st.integers(1, 30)), max_size=20),
    caption=st.sampled_from(["", "A caption.", "word " * 60]),
)
def test_moments_tile_the_film_and_no_word_is_lost(
    cuts: list[int], cues: list[tuple[int, int, int]], caption: str
) -> None:
    ends = [0, *sorted(cuts), 51]
    shots = [seconds(a, b) for a, b in itertools.pairwise(ends)]
    spoken = [Cue(seconds(s, s + d), " ".join([f"c{n}"] * words)) for n, (s, d, words) in enumerate(sorted(cues))]
    moments = CUTTER.cut(video(*spoken, caption=caption), shots)
    times = [m.time for m in moments if m.time]
    assert times[0].start_ns == 0
    assert times[-1].end_ns == shots[-1].end_ns
    assert all(a.end_ns == b.start_ns for a, b in itertools.pairwise(times))
    assert [m.id for m in moments] == [f"file:clip.mp4#{n:04d}" for n in range(len(moments))]
    for cue in spoken:
        for number, shot in enumerate(shots):
            heard = any(cue.text.split()[0] in m.text.split() for m in moments if m.shot == number)
            moment = TimeRange(cue.time.start_ns, max(cue.time.end_ns, cue.time.start_ns + 1))  # some last no time
            assert heard == moment.overlaps(shot)
