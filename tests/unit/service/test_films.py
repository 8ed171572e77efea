"""Where in a film a result lies, and what its page shows of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from newsreel.core.item import Cue, Film, Item, Kind, Segment
from newsreel.core.shots import Mark, MarkKind, Shot, Transition
from newsreel.core.times import NS_PER_S, TimeRange
from newsreel.search.results import Result
from newsreel.service.film_view import FilmView, film_view
from newsreel.service.found import Found
from newsreel.service.marking import Span
from newsreel.service.moments import Moment, moment_of
from newsreel.service.naming import format_name, size_name
from newsreel.service.originals import Original
from newsreel.service.wording import Asked

ASKED = Asked(text="bridge")
ORIGINAL = Original("clip.mp4", "video/mp4", 10, '"a-b"')


def span(start_s: float, end_s: float) -> TimeRange:
    return TimeRange(round(start_s * NS_PER_S), round(end_s * NS_PER_S))


def video(*cues: Cue, codec: str = "h264") -> Item:
    film = Film(media_hash="m", duration_ns=None, width=4, height=3, codec=codec, stream="stream 0", cues=cues)
    return Item(uri="file:clip.mp4", kind=Kind.VIDEO, caption="At the weir.", film=film, media_type="video/mp4")


def shots(count: int, length_s: float = 2) -> tuple[Shot, ...]:
    return tuple(
        Shot(
            start_frame=n,
            end_frame=n + 1,
            time=span(n * length_s, (n + 1) * length_s),
            transition=Transition.CUT if n + 1 < count else Transition.END,
        )
        for n in range(count)
    )


def found(item: Item, text: str, time: TimeRange, word: str, *, shot: int = 1) -> Result:
    segment = Segment(
        id="s", uri=item.uri, position=shot, start=0, end=len(text), text=text, context="", time=time, shot=shot
    )
    at = [place for place in range(len(text)) if word and text.startswith(word, place)]
    marks = tuple((place, place + len(word)) for place in at)
    return Result(item=item, segment=segment, score=1.0, parts=(), highlights=marks, more_segments=0)


def marking(word: str) -> Callable[[str], list[Span]]:
    """What an archive would mark that was asked for this one word."""
    return lambda text: [(each.start(), each.end()) for each in re.finditer(word, text)] if word else []


def moment(result: Result, word: str) -> Moment | None:
    return moment_of(result, marking(word))


def led(passage: Result | None = None, word: str = "") -> Found:
    return Found(asked=ASKED, passage=passage, marks=marking(word))


def view(item: Item, cut: tuple[Shot, ...] = (), found: Found | None = None, t: float | None = None) -> FilmView:
    made = film_view(item, cut, ORIGINAL, found or led(), None if t is None else round(t * NS_PER_S))
    assert made is not None
    return made


class TestMoment:
    CUES = (
        Cue(span(1, 3), "Yes."),
        Cue(span(3, 5), "Yes. The bridge."),
        Cue(span(5, 7), "The bridge."),
        Cue(span(8, 9), "The bridge."),
    )

    def test_begins_with_the_cue_whose_words_were_found(self) -> None:
        item = video(*self.CUES)
        text = "Yes.\nYes. The bridge.\nThe bridge."
        assert moment(found(item, text, span(2, 8), "bridge"), "bridge") == Moment(3 * NS_PER_S, 1)

    def test_begins_before_the_cut_that_a_cue_runs_across(self) -> None:
        text = "Yes.\nYes. The bridge.\nThe bridge."
        assert moment(found(video(*self.CUES), text, span(2, 8), "Yes"), "Yes") == Moment(1 * NS_PER_S, 1)

    def test_is_the_shots_where_no_word_was_found(self) -> None:
        assert moment(found(video(*self.CUES), "Yes.", span(2, 3), ""), "tide") == Moment(2 * NS_PER_S, 1)

    def test_there_is_none_where_the_film_was_found_as_a_whole(self) -> None:
        item = video(*self.CUES)
        assert moment(found(item, "At the weir.\nYes.", span(0, 3), "weir", shot=0), "weir") is None
        assert moment(found(item, "At the weir.\nYes.", span(0, 3), "Yes", shot=0), "Yes") is not None
        named = replace(item, headline="Floods")
        for word in ("weir", "Floods"):
            assert moment(found(named, "The bridge.", span(5, 8), word), word) is None
        assert moment(found(named, "The bridge.", span(5, 8), "bridge"), "bridge|weir") == Moment(5 * NS_PER_S, 1)

    def test_what_was_found_is_marked_wherever_it_is_said(self) -> None:
        item = video(*self.CUES)
        best = found(item, "Yes. The bridge.\nThe bridge.", span(4, 7), "bridge")
        lines = view(item, shots(5), led(best, "bridge")).transcript.lines
        assert [line.matched for line in lines] == [False, True, True, True]
        assert lines[1].runs == [("Yes. The ", False), ("bridge", True), (".", False)]


class TestView:
    @pytest.mark.parametrize(("t", "number"), [(None, 1), (0, 1), (1.999, 1), (2, 2), (5, 3), (999, 4)])
    def test_opens_at_the_shot_of_its_moment(self, t: float | None, number: int) -> None:
        made = view(video(), shots(4), t=t)
        assert made.current is not None
        assert made.current.number == number
        assert made.source == "/v1/media/file%3Aclip.mp4" + ("" if t is None else f"#t={t:.3f}")
        assert made.asked_moment == (t is not None)

    def test_opens_at_what_was_found_where_the_address_names_no_moment(self) -> None:
        item = video(Cue(span(4.5, 5), "The bridge."))
        made = view(item, shots(4), led(found(item, "The bridge.", span(4, 6), "bridge", shot=2)))
        assert str(made.source).endswith("#t=4.500")
        assert not made.asked_moment  # and so it does not begin by itself
        assert [shot.current for shot in made.shots] == [False, False, True, False]

    def test_a_strip_of_thousands_is_shown_around_the_moment(self) -> None:
        cut = shots(5000)
        first, middle, last = (view(video(), cut, t=t) for t in (0, 5000, 9999))
        assert [len(v.shots) for v in (first, middle, last)] == [240, 240, 240]
        assert (first.shots[0].number, last.shots[-1].number) == (1, 5000)
        assert (first.earlier, last.later) == (None, None)
        assert middle.current is not None
        assert middle.current.number == 2501
        before, after = middle.shots[0].number - 1, middle.shots[-1].number + 1
        assert str(middle.earlier).endswith(f"t={(before - 1) * 2}.000")
        assert str(middle.later).endswith(f"t={(after - 1) * 2}.000")

    def test_a_transcript_of_thousands_is_shown_around_the_moment(self) -> None:
        item = video(*(Cue(span(n, n + 1), f"Line {n}.") for n in range(20_000)))
        first, middle, last = (view(item, shots(3), t=t).transcript for t in (0, 10_000.5, 99_999))
        assert [len(made.lines) for made in (first, middle, last)] == [500, 500, 500]
        assert (first.lines[0].number, last.lines[-1].number, middle.total) == (1, 20_000, 20_000)
        assert (first.earlier, last.later) == (None, None)
        assert 10_001 in [line.number for line in middle.lines[200:300]]
        assert middle.lines[0].runs == [(f"Line {middle.lines[0].number - 1}.", False)]
        assert str(middle.earlier).endswith(f"t={middle.lines[0].number - 2}.000")
        assert str(middle.later).endswith(f"t={middle.lines[-1].number}.000")

    def test_a_shot_that_looks_like_an_earlier_one_says_so_and_what_an_editor_skips(self) -> None:
        desk, street, again, black = shots(4)
        silences = Mark(MarkKind.SILENCE, span(4, 5)), Mark(MarkKind.SILENCE, span(6, 8))
        again = replace(again, look=5, marks=silences[:1])
        black = replace(black, marks=(Mark(MarkKind.BLACK, span(6, 8)), silences[1]))
        seen = view(video(), (replace(desk, look=7), replace(street, look=-1), again, black)).shots
        notes: list[tuple[str, ...]] = [(), (), ("like shot 1", "partly silent"), ("black", "silent")]
        assert [shot.notes for shot in seen] == notes

    def test_a_film_without_shots_still_has_a_page(self) -> None:
        made = view(video())
        assert (made.shots, made.current, made.transcript.lines) == ([], None, [])

    def test_what_no_browser_plays_or_is_gone_has_no_source(self) -> None:
        assert view(video(codec="prores"), shots(2)).source is None
        gone = film_view(video(), shots(2), None, led(), None)
        assert gone is not None
        assert gone.source is None
        assert gone.format == "H.264 in MP4"

    def test_nothing_else_is_a_film(self) -> None:
        assert film_view(Item(uri="x", kind=Kind.VIDEO), (), None, led(), None) is None


@pytest.mark.parametrize(
    ("size", "name"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (341_800, "342 kB"),
        (999_600, "1.0 MB"),
        (4_120_000, "4.1 MB"),
        (73_000_000_000, "73 GB"),
        (7_300_000_000_000, "7,300 GB"),
    ],
)
def test_sizes_are_said_short(size: int, name: str) -> None:
    assert size_name(size) == name


def test_formats_have_the_names_that_people_use() -> None:
    assert format_name("video/quicktime", "prores") == "ProRes in QuickTime"
    assert format_name("video/x-flv", "flv1") == "flv1 in video/x-flv"
