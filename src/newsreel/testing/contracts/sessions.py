"""What every session does, whatever runs it; and what opening a file does that is no graph."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sessions import Arrays, Output, Session

__all__ = ["GraphFileContract", "SessionContract", "token_batch"]


def token_batch(rows: int, tokens: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Ids below 100 and a mask, as an encoder reads them; the second row of several is padded to its half."""
    ids = np.random.default_rng(seed).integers(4, 100, (rows, tokens))
    mask = np.ones_like(ids)
    mask[1:2, (tokens + 1) // 2 :] = 0
    return {"input_ids": ids, "attention_mask": mask}


class SessionContract:
    """What every session on an encoder of at most `max_tokens` tokens does.

    Give fixtures `session`, and `reference`: what the graph gives for a batch, by other means.
    """

    tolerance = 1e-5
    max_tokens = 64
    shapes: Sequence[tuple[int, int]] = ((1, 1), (3, 6), (2, max_tokens))
    """Rows and tokens of the batches: runtimes that compile each shape may name fewer."""

    @pytest.fixture
    def batches(self) -> list[dict[str, np.ndarray]]:
        """One for each shape."""
        return [token_batch(*shape) for shape in self.shapes]

    def test_it_reads_ids_and_a_mask(self, session: Session) -> None:
        """In any order, and no name twice."""
        assert {"input_ids", "attention_mask"} <= set(session.inputs)
        assert len(set(session.inputs)) == len(session.inputs)

    def test_its_output_is_the_references(
        self, session: Session, reference: Callable[[Arrays], Output], batches: list[Arrays]
    ) -> None:
        """A single token, padded rows, and rows of exactly the longest."""
        for batch in batches:
            found, expected = session.run(batch), reference(batch)
            assert found.dtype == np.float32
            assert found.shape == expected.shape
            np.testing.assert_allclose(found, expected, atol=self.tolerance)

    def test_an_output_is_the_callers_own(self, session: Session, batches: list[Arrays]) -> None:
        """Later runs do not change it, and writing to it changes none of theirs."""
        batch, other = batches[0], token_batch(*self.shapes[0], seed=1)
        first = session.run(batch)
        kept = first.copy()
        session.run(other)
        np.testing.assert_array_equal(first, kept)
        first[:] = 7
        np.testing.assert_array_equal(session.run(batch), kept)

    def test_many_batches_come_out_in_their_order(self, session: Session) -> None:
        """Each as it is when run alone; none of none."""
        batches = [token_batch(*self.shapes[n % len(self.shapes)], seed=n) for n in range(7)]
        for found, batch in zip(session.run_all(batches), batches, strict=True):
            np.testing.assert_allclose(found, session.run(batch), atol=1e-6)
        assert session.run_all([]) == []

    def test_several_threads_get_what_one_gets(self, session: Session) -> None:
        """More of them than there are streams, singly and together."""
        batches = [token_batch(*self.shapes[n % len(self.shapes)], seed=n) for n in range(4)]
        alone = [session.run(batch) for batch in batches]
        found: dict[int, list[Output]] = {}

        def work(number: int) -> None:
            found[number] = session.run_all(batches) if number % 2 else [session.run(batch) for batch in batches]

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert sorted(found) == [0, 1, 2, 3]
        for outputs in found.values():
            for output, expected in zip(outputs, alone, strict=True):
                np.testing.assert_allclose(output, expected, atol=1e-6)

    def test_what_it_does_not_read_is_left_aside(self, session: Session, batches: list[Arrays]) -> None:
        """Whatever that is."""
        more = {"unheard_of": np.array(["text"]), **batches[0]}
        np.testing.assert_array_equal(session.run(more), session.run(batches[0]))

    @pytest.mark.parametrize(
        ("harm", "told"),
        [
            (lambda batch: {"input_ids": batch["input_ids"]}, "attention_mask"),
            (lambda batch: {**batch, "input_ids": batch["input_ids"].astype(np.float32)}, "input_ids"),
            (lambda batch: {**batch, "input_ids": batch["input_ids"][0]}, "input_ids"),
        ],
        ids=["missing", "type", "shape"],
    )
    def test_an_input_that_it_cannot_read_is_named(
        self, session: Session, batches: list[Arrays], harm: Callable[[Arrays], Arrays], told: str
    ) -> None:
        """And the session runs on."""
        with pytest.raises(UsageError, match=told):
            session.run(harm(batches[-1]))
        with pytest.raises(UsageError, match=told):
            session.run_all([batches[-1], harm(batches[-1])])
        assert len(session.run(batches[-1])) == len(batches[-1]["input_ids"])


class GraphFileContract:
    """What opening a file does. Give fixtures `graph`, a whole one, and `opening`, which opens one at a path."""

    @pytest.mark.parametrize("damage", ["garbage", "empty", "half", "gone"])
    def test_what_is_no_graph_is_refused(
        self, graph: Path, opening: Callable[[Path], Session], damage: str, tmp_path: Path
    ) -> None:
        """With its path and the remedy."""
        copy = tmp_path / graph.name
        (shutil.copytree if graph.is_dir() else shutil.copyfile)(graph, copy)
        _damage(copy if copy.is_file() else copy / "saved_model.pb", damage)
        with pytest.raises(ArtifactError, match=f"{copy}.*build the model anew"):
            opening(copy)

    def test_a_whole_one_is_opened(self, graph: Path, opening: Callable[[Path], Session]) -> None:
        """So that the refusals are of the damage."""
        assert opening(graph).inputs


def _damage(file: Path, damage: str) -> None:
    whole = file.read_bytes()
    file.unlink()
    if damage != "gone":
        file.write_bytes({"garbage": b"no graph " * 500, "empty": b"", "half": whole[: len(whole) // 2]}[damage])
