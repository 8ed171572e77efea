"""The feed's clock, and whether decoding keeps up with it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from newsreel.core.times import NS_PER_S
from newsreel.live.clock import FeedClock
from newsreel.live.load import Load

STEP_NS = NS_PER_S // 25
MS = 1_000_000


def ticked(clock: FeedClock, stamps_s: list[float | None], arrived_s: list[float]) -> list[int]:
    """The feed's times in milliseconds."""
    ticks = zip(stamps_s, arrived_s, strict=True)
    return [
        round(clock.tick(None if s is None else int(s * NS_PER_S), STEP_NS, at, may_leap=True) / MS) for s, at in ticks
    ]


def test_it_begins_at_zero_and_follows_the_timestamps() -> None:
    assert ticked(FeedClock(), [500, 500.04, 500.12], [9, 9.5, 9.6]) == [0, 40, 120]


def test_a_reset_goes_on_by_the_time_that_passed() -> None:
    clock = FeedClock()
    assert ticked(clock, [500, 500.04, 0, 0.04, 0.08], [9, 9.04, 9.34, 9.38, 9.42]) == [0, 40, 340, 380, 420]


def test_one_stray_timestamp_changes_nothing_behind_it() -> None:
    assert ticked(FeedClock(), [5, 5.04, 9000, 5.12], [1, 1.04, 1.08, 1.12]) == [0, 40, 80, 120]


def test_a_gap_that_was_waited_for_is_a_gap() -> None:
    assert ticked(FeedClock(), [5, 5.04, 25.0], [1, 1.04, 21]) == [0, 40, 20_000]
    assert ticked(FeedClock(), [5, 5.04, 25.0], [1, 1.04, 1.08]) == [0, 40, 80]


def test_a_segment_that_begins_anew_does_not_add_the_time_until_it_came() -> None:
    first = [number / 25 for number in range(50)]  # two seconds at once, and two more when they are over
    clock = FeedClock()
    times = ticked(clock, [*first, *first], [1.0] * 50 + [3.0] * 50)
    assert times[49:52] == [1960, 2000, 2040]
    assert 4.9 < clock.due_s < 5.0


def test_after_a_break_the_timestamps_begin_anew() -> None:
    clock = FeedClock()
    ticked(clock, [5, 5.04], [1, 1.04])
    clock.break_off()
    assert ticked(clock, [None, 5.08, 5.12], [4.04, 4.08, 4.12]) == [3040, 3080, 3120]


def test_a_picture_is_due_no_sooner_than_it_came_and_what_was_waited_for_is_made_up_again() -> None:
    clock = FeedClock()
    ticked(clock, [0], [10])
    assert clock.due_s == 10
    ticked(clock, [0.04], [10.54])  # half a second late
    assert clock.due_s == 10.54
    ticked(clock, [0.08], [10.55])
    assert 10.57 < clock.due_s < 10.58
    ticked(clock, [number / 25 for number in range(3, 2500)], [10 + number / 25 for number in range(3, 2500)])
    assert clock.due_s == 10 + 2499 / 25


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(-(2**62), 2**62), st.integers(0, 10**10)),
            st.floats(0, 100),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_the_timestamps_it_rises(pictures: list[tuple[int | None, float, bool]]) -> None:
    clock, arrived_s, last_ns = FeedClock(), 0.0, -1
    for stamp_ns, waited_s, breaks in pictures:
        if breaks:
            clock.break_off()
        arrived_s += waited_s
        now_ns = clock.tick(stamp_ns, STEP_NS, arrived_s, may_leap=True)
        assert now_ns > last_ns
        assert clock.due_s >= arrived_s - 1e-6
        last_ns = now_ns


def test_pictures_are_left_out_while_decoding_takes_nearly_all_of_the_time() -> None:
    load = Load()
    skips = []
    for number in range(1500):
        load.worked(0.039 if number < 60 else 0.005, number * STEP_NS)
        skips.append(load.skips)
    assert not any(skips[:50])
    assert all(skips[50:800])  # for half a minute
    assert not any(skips[800:])
