"""Many callers and one engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from tests.unit.inference.slow_model import MAX_TOKENS, Bench

from newsreel.core.errors import DrainingError, OverloadedError, TextError

LONG = " ".join(f"word{number}" for number in range(MAX_TOKENS * 40))


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()
    assert made.load.tokens == 0  # whatever happened, nothing is counted that does not wait


def test_texts_that_wait_together_share_a_batch_if_they_are_as_wide(bench: Bench) -> None:
    with bench.model.held():
        first = bench.answers.begin(["now"], "split")
        bench.running()
        rest = bench.answers.begin(["a b", "c d", "e f g", "h i"], "split")
    assert [future.result(10) for future in first + rest] == ["NOW", "A B", "C D", "E F G", "H I"]
    assert bench.model.batches == [["now"], ["a", "c", "h"], ["e"]]


def test_a_lone_text_waits_for_no_other(bench: Bench) -> None:
    assert bench.ask("alone").result(10) == ["ALONE"]
    assert bench.model.batches == [["alone"]]


def test_a_long_text_holds_up_no_short_one(bench: Bench) -> None:
    with bench.model.held():
        long = bench.answers.begin([LONG], "split")
        bench.running()
        short = bench.answers.begin(["short one"], "split")
    assert short[0].result(10) == "SHORT ONE"
    assert long[0].result(10) == LONG.upper()
    assert "short" in {first for batch in bench.model.batches[:3] for first in batch}


def test_a_long_text_is_read_in_the_end_however_many_short_ones_come(bench: Bench) -> None:
    long = bench.answers.begin([LONG], "split")[0]
    came = 0
    while not long.done():
        assert bench.ask(f"text {came}").result(10)
        came += 1
        assert came < 5_000
    assert long.result() == LONG.upper()


def test_what_is_being_read_is_not_read_again(bench: Bench) -> None:
    with bench.model.held():
        bench.answers.begin(["hold"], "split")
        bench.running()
        asked = [bench.answers.begin(["the same"], "split")[0] for _ in range(5)]
    assert [future.result(10) for future in asked] == ["THE SAME"] * 5
    assert bench.model.batches == [["hold"], ["the"]]


def test_what_nobody_waits_for_any_more_is_not_read(bench: Bench) -> None:
    with bench.model.held():
        hold = bench.answers.begin(["hold"], "split")
        bench.running()
        given_up, kept = bench.answers.begin(["given up", "kept on"], "split")
        other = bench.answers.begin(["given up", "second caller"], "split")
        given_up.cancel()
        other[0].cancel()
        other[1].cancel()
    assert kept.result(10) == "KEPT ON"
    assert hold[0].result(10) == "HOLD"
    assert bench.model.batches == [["hold"], ["kept"]]


def test_one_of_two_who_wait_may_give_up(bench: Bench) -> None:
    with bench.model.held():
        bench.answers.begin(["hold"], "split")
        bench.running()
        first, second = (bench.answers.begin(["wanted"], "split")[0] for _ in range(2))
        first.cancel()
    assert second.result(10) == "WANTED"


def test_a_cancelled_task_takes_its_texts_back(bench: Bench) -> None:
    async def give_up() -> None:
        with bench.model.held():
            bench.answers.begin(["hold"], "split")
            await asyncio.to_thread(bench.running)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await bench.answers.ask(["never read", "nor this"], "split")

    asyncio.run(give_up())
    assert bench.ask("after").result(10) == ["AFTER"]
    assert bench.model.batches == [["hold"], ["after"]]


def test_a_row_that_breaks_a_batch_fails_alone(bench: Bench) -> None:
    with bench.model.held():
        bench.answers.begin(["hold"], "split")
        bench.running()
        sound, poison, well = bench.answers.begin(["sound", "poison", "well"], "split")
    assert (sound.result(10), well.result(10)) == ("SOUND", "WELL")
    with pytest.raises(RuntimeError, match="breaks the batch"):
        poison.result(10)
    assert bench.ask("poison later", "still there").exception(10) is not None
    assert bench.ask("still there").result(10) == ["STILL THERE"]


def test_a_text_that_is_refused_is_named_by_its_place(bench: Bench) -> None:
    long = " ".join("x" * (MAX_TOKENS + 1))
    failed = bench.ask("fine", long, "fine too", over_length="error").exception(10)
    assert isinstance(failed, TextError)
    assert str(failed).startswith("text 2 ")


def test_no_more_waits_than_may() -> None:
    bench = Bench(queue_tokens=100)
    with bench.model.held():
        let_in = [bench.answers.begin([f"{number} " + "x" * 80], "split")[0] for number in range(4)]
        with pytest.raises(OverloadedError) as refused:
            bench.answers.begin(["x" * 200], "split")
    assert refused.value.retry_after_s >= 1
    assert all(future.result(10) for future in let_in)
    assert bench.ask("x" * 1_000).result(10)  # more than may wait, and nothing does
    bench.close()


def test_what_was_asked_is_answered_before_it_closes() -> None:
    bench = Bench()
    with bench.model.held():
        asked = bench.answers.begin([f"text {number}" for number in range(50)] + [LONG], "split")
        bench.running()
    bench.engine.close()
    assert all(future.done() and future.result() for future in asked)
    with pytest.raises(DrainingError):
        bench.answers.begin(["too late"], "split")
    bench.close()


def test_answers_are_remembered_within_their_bytes() -> None:
    bench = Bench(memory_bytes=40_000)
    for _ in range(2):
        assert bench.ask("again").result(10) == ["AGAIN"]
    assert bench.model.batches == [["again"]]
    for number in range(200):
        bench.ask(f"other {number}").result(10)
    assert 20_000 < bench.memory.bytes <= 40_000
    assert bench.ask("again").result(10) == ["AGAIN"]
    assert bench.model.batches.count(["again"]) == 2  # it had been forgotten
    bench.ask("y" * 10_000).result(10)
    assert bench.memory.bytes <= 40_000
    bench.close()


def test_policies_for_long_texts_are_not_mixed_up() -> None:
    bench = Bench(memory_bytes=100_000)
    words = " ".join(["w"] * (MAX_TOKENS + 2))
    bench.ask(words, over_length="split").result(10)
    bench.ask(words, over_length="truncate").result(10)
    assert [len(batch) for batch in bench.model.batches] == [1, 1, 1]
    bench.close()
