"""What a benchmark's reader is told beside the figures: how to get the choice, and what to read them with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from newsreel.models.runtime.reading import MAX_BATCH_TOKENS
from newsreel.ops.bench.grid import WIDTH_STEPS, Configuration
from newsreel.ops.bench.rows import Row

__all__ = ["incomplete", "notes", "serving", "settings"]


def settings(chosen: Configuration, precision: str, order: str) -> Iterable[str]:
    """What sets Newsreel to it; `precision` is what the artifact serves in, `order` builds it in the chosen one."""
    yield f"To run it: NEWSREEL_RUNTIME={chosen.runtime} NEWSREEL_THREADS={chosen.threads}."
    if chosen.precision != precision:
        yield f"The model serves in {precision}: `{order}` has it serve in {chosen.precision}."


def serving(chosen: Configuration) -> Iterable[str]:
    """How far what reads texts, so set, runs as in the figures."""
    if chosen.threads > 1:
        yield (
            f"So set, a query runs on all threads, as in {chosen.threads}, and documents on one each, as in "
            f"{chosen.threads}/{chosen.threads}; texts in batches of {MAX_BATCH_TOKENS} tokens."
        )


def incomplete(rows: Sequence[Row], *, interrupted: bool) -> Iterable[str]:
    """That a benchmark was ended early, and how far it was."""
    if interrupted:
        rounds = max((row.rounds for row in rows), default=0)
        whole = sum(1 for row in rows if row.measured is not None and row.rounds == rounds)
        yield (
            f"Incomplete: it was ended early, in round {max(rounds, 1)}, which {whole} of {len(rows)} configurations "
            "have had. The same command goes on from there."
        )


def notes(rows: Sequence[Row]) -> Iterable[str]:
    """What was done otherwise for a runtime than for the rest."""
    for runtime, step in WIDTH_STEPS.items():
        if any(row.measured is not None and row.configuration.runtime == runtime for row in rows):
            yield (
                f"For {runtime}, documents are padded to multiples of {step} tokens, queries as for all: it compiles "
                "every width anew (XLA)."
            )
