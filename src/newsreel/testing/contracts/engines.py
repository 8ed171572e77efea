"""What every engine does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import pyarrow as pa
import pytest

from newsreel.pipeline.stage import Engine, OpenStage

__all__ = ["EngineContract"]


@dataclass(frozen=True)
class _Halves:
    """A stage that gives two tables for one, and notes how often it was opened."""

    opened: list[int]
    name: str = "halves"

    def open(self) -> OpenStage:
        self.opened.append(1)

        def work(table: pa.Table) -> Iterator[pa.Table]:
            middle = len(table) // 2
            yield table.slice(0, middle)
            yield table.slice(middle)

        return work


class EngineContract:
    """What every engine does. Give a fixture `engine`, of at most three workers."""

    def test_tables_come_out_in_the_order_they_went_in(self, engine: Engine) -> None:
        """Order, and every table of a stage that gives several."""
        tables = [pa.table({"n": range(10 * i, 10 * i + 10)}) for i in range(20)]
        stage = _Halves([])
        out = [n for table in engine.run(stage, tables) for n in table["n"].to_pylist()]
        assert out == list(range(200))

    def test_a_stage_is_opened_once_in_each_worker(self, engine: Engine) -> None:
        """However many tables, and however often it is run."""
        stage = _Halves([])
        for _ in range(3):
            list(engine.run(stage, [pa.table({"n": [1, 2]})] * 20))
        assert 1 <= len(stage.opened) <= 3

    def test_mixed_tables_of_one_input_keep_their_order_and_wait_for_no_other_input(self, engine: Engine) -> None:
        """An input whose work never ends holds up none, where there are workers for both."""
        stage, out = _Endless(), list[tuple[int, int]]()
        stream = engine.run_mixed(stage, [pa.table({"n": [0]}), pa.table({"n": [1_000_000]})])
        for table in islice(stream, 200):
            out.append(divmod(table["n"][0].as_py(), 1_000_000))
        stream.close()  # type: ignore[attr-defined]
        for one in {first for first, _ in out}:
            assert [n for first, n in out if first == one] == list(range(sum(first == one for first, _ in out)))
        tables = [pa.table({"n": range(10 * i, 10 * i + 10)}) for i in range(20)]
        halves = [table["n"].to_pylist() for table in engine.run_mixed(_Halves([]), tables)]
        assert sorted(n for half in halves for n in half) == list(range(200))
        with pytest.raises(KeyError, match="missing"):
            list(engine.run_mixed(_Broken(), [pa.table({"n": [1]})]))

    def test_what_a_stage_raises_is_raised(self, engine: Engine) -> None:
        """An error is not swallowed."""
        with pytest.raises(KeyError, match="missing"):
            list(engine.run(_Broken(), [pa.table({"n": [1]})]))

    def test_it_does_not_run_far_ahead_of_its_reader(self, engine: Engine) -> None:
        """Bounded memory: tables are drawn as they are needed."""
        drawn = 0

        def tables() -> Iterator[pa.Table]:
            nonlocal drawn
            for _ in range(1_000):
                drawn += 1
                yield pa.table({"n": [1]})

        stream = engine.run(_Halves([]), tables())
        next(stream)
        assert drawn < 100

    def test_what_a_stage_yields_is_given_on_before_it_is_done(self, engine: Engine) -> None:
        """So that long work can be kept as it goes, and left in the middle without waiting for its end."""
        stage = _Endless()
        stream = engine.run(stage, [pa.table({"n": [0]})])
        assert [next(stream)["n"][0].as_py() for _ in range(100)] == list(range(100))
        stream.close()  # type: ignore[attr-defined]
        assert list(engine.run(_Halves([]), [pa.table({"n": [1, 2]})] * 8))  # its worker is free again


@dataclass(frozen=True)
class _Endless:
    name: str = "endless"

    def open(self) -> OpenStage:
        def work(table: pa.Table) -> Iterator[pa.Table]:
            first = table["n"][0].as_py()
            yield from (pa.table({"n": [n]}) for n in count(first))

        return work


@dataclass(frozen=True)
class _Broken:
    name: str = "broken"

    def open(self) -> OpenStage:
        def work(table: pa.Table) -> Iterator[pa.Table]:
            raise KeyError("missing")
            yield table

        return work
