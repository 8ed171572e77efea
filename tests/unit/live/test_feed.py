"""A feed's shots: the same as the archive's of the same frames, told in time, through breaks and drops."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.arrival_builders import GivenSource, arrival, arrivals
from tests.film_builders import RATE, shots

from newsreel import telemetry
from newsreel.core.errors import UnreadableError
from newsreel.core.shots import MarkKind, Transition
from newsreel.live.arrivals import Broken
from newsreel.live.events import Event
from newsreel.live.feed import Feed, FeedOptions
from newsreel.live.lag import USUAL_RATE, frame_rate, late_frames, windows_for
from newsreel.live.opened import EndedShot
from newsreel.live.pace import Pace, longer
from newsreel.live.running import one_at_a_time, run_feeds
from newsreel.live.stretch import Stretch
from newsreel.live.turns import InTurns
from newsreel.live.warming import USUAL_RATES, warm
from newsreel.models.shots import BoundaryFinder, Scorer
from newsreel.models.shots.boundaries import MIN_FRAMES
from newsreel.models.shots.scoring import REFERENCE, Windows
from newsreel.testing.fakes import FakeShotModel

LENGTHS = (30, 5, 44, 3, 60, 21)
CUTS = [30, 35, 79, 142]
"""Of the shot of three frames only one end counts."""
WINDOWS = Windows(kept=6, before=25, after=25)
DRAW = shots(*LENGTHS)


def stretch() -> Stretch:
    return Stretch(FakeShotModel(), lambda rate: WINDOWS)


def ended(taken: list) -> list[EndedShot]:
    made = stretch()
    return [one for each in taken for one in made.take(each)] + made.finish()


def run(events: list, tmp_path: Path | None = None, *, late_s: Mapping[int, float] | None = None) -> list[Event]:
    told: list[Event] = []
    made = FeedOptions(lag_s=1.5, windows=WINDOWS, item_ns=10**9, keyframes=tmp_path)
    Feed("desk", GivenSource(events, late_s or {}), FakeShotModel(), made, told.append, None).run()
    return told


def test_the_boundaries_are_those_of_the_archive_path_in_the_same_windows() -> None:
    feed = arrivals(sum(LENGTHS), DRAW)
    scorer, finder = Scorer(FakeShotModel(), windows=WINDOWS), BoundaryFinder()
    found = finder.push(scorer.push(np.stack([one.small for one in feed])))
    found += finder.push(scorer.finish())
    found += finder.finish()
    live = ended(feed)
    assert [one.shot.start_frame for one in live] == [0, *(b.frame for b in found)] == [0, *CUTS]
    assert [one.shot.end_frame for one in live] == [*CUTS, sum(LENGTHS)]
    assert [one.shot.confidence for one in live[:-1]] == [round(b.confidence, 4) for b in found]
    assert [one.shot.transition for one in live] == [*["cut"] * 4, "end"]
    assert live[-1].shot.time.end_ns == sum(LENGTHS) * 40_000_000


def test_a_cut_is_known_no_later_than_the_windows_say() -> None:
    made, known = stretch(), dict[int, int]()
    for one in arrivals(sum(LENGTHS), DRAW):
        known |= {shot.shot.end_frame: one.number for shot in made.take(one)}
    assert set(known) == {30, 35, 79}  # the last is nearer to the end than the context is long
    assert all(number - end <= late_frames(WINDOWS) for end, number in known.items())


@pytest.mark.parametrize("at", range(26, sum(LENGTHS), 17))
def test_windows_that_change_on_the_way_lose_no_boundary(at: int) -> None:
    kept = [6]
    made = Stretch(FakeShotModel(), lambda rate: replace(WINDOWS, kept=kept[0]))
    found: list[EndedShot] = []
    for one in arrivals(sum(LENGTHS), DRAW):
        if one.number in (at, at + 31):
            kept[0] = 50 if one.number == at else 6
            found += made.lay_out_anew()
            assert made.lag_s == late_frames(replace(WINDOWS, kept=kept[0])) / RATE
        found += made.take(one)
    assert [one.shot.end_frame for one in [*found, *made.finish()]] == [*CUTS, sum(LENGTHS)]


def test_windows_grow_while_pictures_wait_and_shrink_when_they_no_longer_do() -> None:
    pace, changes = Pace(), []
    late_s = {1: 0.8, 2: 0.8, 3: 0.8, 4: 1.9, 30: 0.9, 60: 0.9}
    for moment in range(150):
        for _ in range(15):
            if pace.waited(late_s.get(moment, 0.0), 4 * moment):
                changes.append((moment, pace.windows(WINDOWS).kept))
    grown = [(1, 50), (2, 125), (3, 250)]
    shrunk = [(15, 125), (26, 50), (30, 125), (51, 50)]  # 40 s later, then 80
    tried_too_early = [(60, 125), (91, 50), (122, 6)]  # and then 120
    assert changes == [*grown, *shrunk, *tried_too_early]
    assert [windows.kept for windows in longer(replace(WINDOWS, kept=43))] == [125, 250]
    assert longer(replace(WINDOWS, kept=250)) == []


def test_a_moments_stall_changes_nothing() -> None:
    pace = Pace()
    assert not any(pace.waited(1.4, 0.0) for _ in range(14))
    assert not pace.waited(0.0, 0.0)
    assert not any(pace.waited(1.4, 0.0) for _ in range(14))
    assert pace.waited(1.4, 0.0)
    assert [pace.waited(0.0, now_s) for now_s in (9.0, 10.1)] == [False, True]
    assert pace.windows(WINDOWS) == WINDOWS


def test_no_shot_waits_for_the_first_window_of_a_length() -> None:
    lengths: list[int] = []

    class Watched(FakeShotModel):
        def probabilities(self, windows: np.ndarray) -> np.ndarray:
            lengths.append(windows.shape[1])
            return super().probabilities(windows)

    options = FeedOptions(lag_s=1.5, item_ns=10**9)
    warm(Watched(), options)
    warmed = {*lengths}
    for rate in USUAL_RATES:
        lengths.clear()
        Feed("desk", GivenSource(arrivals(60, DRAW, rate=rate)), Watched(), options, print, None).run()
        assert {*lengths[:-1]} <= warmed  # what is left at the end is as long as it is


def test_a_feed_that_is_not_scored_in_time_is_told_later_and_says_so() -> None:
    told = run(arrivals(sum(LENGTHS), DRAW), late_s=dict.fromkeys(range(30, 45), 0.8))
    assert [event["lag_s"] for event in told if event["event"] == "lag"] == [late_frames(REFERENCE) / RATE]
    assert [event["end_frame"] for event in told if event["event"] == "shot"] == [*CUTS, sum(LENGTHS)]


@pytest.mark.parametrize("rate", [10.0, 25.0, 30.0, 50.0, 60.0])
@pytest.mark.parametrize("lag_s", [1.5, 2.0, 3.0, 5.0])
def test_the_windows_keep_the_lag(lag_s: float, rate: float) -> None:
    windows = windows_for(lag_s, rate)
    assert late_frames(windows) / rate < lag_s
    assert windows.before == 25
    assert windows.after == 15 or windows.kept <= 0.25 * rate  # before that context is not given up


def test_a_lag_that_cannot_be_kept_is_as_short_as_it_can_be() -> None:
    assert (windows_for(0.3, 25).after, windows_for(0.3, 25).kept) == (5, 6)
    assert windows_for(1e6, 25).kept == 250


def test_the_frame_rate_is_told_by_the_times_and_by_none() -> None:
    assert frame_rate([0, 20_000_000, 40_000_000, 900_000_000, 920_000_000]) == 50
    assert frame_rate([n * 125 // 3 * 1_000_000 for n in range(26)]) == pytest.approx(24, rel=0.01)
    assert frame_rate([7]) == frame_rate([]) == USUAL_RATE


def test_what_was_open_ends_where_the_feed_breaks_off_and_frames_go_on_being_counted() -> None:
    events = [*arrivals(40, DRAW), Broken("gone", 1_560_000_000), None, *arrivals(20, DRAW, first=100)]
    told = run(events)
    kinds = [event["event"] for event in told if event["event"] != "dropped"]
    assert kinds == ["shot", "shot", "shot", "broken", "reconnected", "shot", "ended"]
    assert sum(event["frames"] for event in told if event["event"] == "dropped") == 60
    numbers = ("shot", "start_frame", "end_frame", "transition")
    assert [[event[n] for n in numbers] for event in told if event["event"] == "shot"] == [
        [0, 0, 30, "cut"],
        [1, 30, 35, "cut"],
        [2, 35, 40, "end"],
        [3, 100, 120, "end"],
    ]
    assert told[3] == {"event": "broken", "feed": "desk", "why": "gone", "at_s": 1.56}
    assert told[-1] == {
        **{"event": "ended", "feed": "desk", "why": ""},
        **{"shots": 4, "frames": 120, "dropped": 60, "reconnects": 1},
    }


def test_a_transition_among_dropped_frames_is_told_in_the_feeds_frames() -> None:
    dissolve = [
        np.full((48, 64, 3), 20 if n < 50 else 220 if n > 60 else 20 + (n - 50) * 20, np.uint8) for n in range(90)
    ]

    class Mixed(FakeShotModel):
        def probabilities(self, windows: np.ndarray) -> np.ndarray:
            mixed = (windows.mean(axis=(2, 3, 4)) > 30) & (windows.mean(axis=(2, 3, 4)) < 210)
            return np.repeat(np.where(mixed, 0.9, 0.01).astype(np.float32)[..., np.newaxis], 2, axis=-1)

    made = Stretch(Mixed(), lambda rate: WINDOWS)
    feed = arrivals(90, lambda n: dissolve[n], dropped=range(10, 20))
    first, second = [one.shot for each in feed for one in made.take(each)] + [one.shot for one in made.finish()]
    assert (first.transition, first.transition_frames) == (Transition.GRADUAL, (51, 60))
    assert (first.start_frame, first.end_frame, second.start_frame, second.end_frame) == (0, 55, 55, 90)


def test_a_line_for_each_shot_says_what_scripts_read(tmp_path: Path) -> None:
    told = run([arrival(n, DRAW(n), cue="The gates close." if n == 33 else "") for n in range(79)], tmp_path)
    first = told[0]
    assert json.loads(json.dumps(first)) == first
    lag_s, keyframe = first.pop("lag_s"), first.pop("keyframe")
    assert 0 <= lag_s < 5
    with Image.open(keyframe) as picture:
        assert picture.size == (64, 48)
    assert Path(keyframe).parent == tmp_path
    assert 0 <= first.pop("keyframe_s") < 1.2
    assert first == {
        **{"event": "shot", "feed": "desk", "shot": 0, "start_s": 0.0, "end_s": 1.2, "start_frame": 0, "end_frame": 30},
        **{"started_at": "2026-11-18T11:06:40Z", "transition": "cut", "confidence": 0.9, "uri": None, "marks": []},
    }
    assert [event["lag_s"] for event in told if event.get("transition") == "end"] == [None]
    metrics = telemetry.metrics().decode()
    assert 'newsreel_live_lag_seconds_count{feed="desk"}' in metrics
    assert 'newsreel_live_frames_total{feed="desk"}' in metrics


def test_black_is_marked_as_it_is_in_films() -> None:
    black, grey = np.zeros((48, 64, 3), np.uint8), np.full((48, 64, 3), 90, np.uint8)
    first, second = ended(arrivals(60, lambda n: grey if n < 25 else black))
    assert first.shot.marks == ()
    assert [(m.kind, m.time.start_ns, m.time.end_ns) for m in second.shot.marks] == [
        (MarkKind.BLACK, 10**9, 60 * 40_000_000)
    ]


def test_a_feed_that_cannot_be_read_ends_and_the_others_go_on() -> None:
    told: list[Event] = []
    options = FeedOptions(lag_s=1.5, windows=WINDOWS, item_ns=10**9)
    model = InTurns(FakeShotModel())
    bad, good = [*arrivals(5, DRAW), UnreadableError("not a video")], arrivals(38, DRAW)
    feeds = [
        Feed(name, GivenSource(events), model, options, one_at_a_time(told.append), None)
        for name, events in (("bad", bad), ("good", good))
    ]
    watched: list[int] = []
    run_feeds(feeds, lambda states: watched.append(sum(state.shots for state in states)))
    assert [(f.state.failure, f.state.shots, f.state.over) for f in feeds] == [("not a video", 1, True), ("", 2, True)]
    assert [event["why"] for event in told if event["event"] == "ended" and event["feed"] == "bad"] == ["not a video"]
    assert watched[-1] == 3


def test_who_cannot_tell_stops_all_and_says_why() -> None:
    def emit(event: Event) -> None:
        raise BrokenPipeError

    options = FeedOptions(lag_s=1.5, windows=WINDOWS, item_ns=10**9)
    feeds = [Feed(n, GivenSource(arrivals(40, DRAW)), FakeShotModel(), options, emit, None) for n in ("one", "two")]
    with pytest.raises(BrokenPipeError):
        run_feeds(feeds, lambda states: None)
    assert all(feed.state.over for feed in feeds)


def test_a_shot_of_a_frame_is_a_shot_too() -> None:
    (only,) = ended(arrivals(1, DRAW))
    assert (only.shot.start_frame, only.shot.end_frame, only.shot.transition) == (0, 1, "end")
    assert only.shot.time.end_ns == 10**9 / RATE
    assert ended([]) == []
    assert MIN_FRAMES == 5
