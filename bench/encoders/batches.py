"""Which batch sizes a contestant is raced with."""

from __future__ import annotations

from collections.abc import Sequence

from bench.encoders.lineup import Lineup
from bench.encoders.race import Contestant, Job
from bench.encoders.rows import fastest

__all__ = ["document_jobs"]

BATCHES = (1, 4, 8, 16, 32)
"""Batch sizes that a peer is tried with; the fastest of a trial is raced beside its default."""


def document_jobs(
    lineup: Lineup, contestants: Sequence[Contestant], documents: tuple[str, ...], trials: int
) -> list[Job]:
    """Each contestant with its default batch size and, where another was faster in a trial, with that too."""
    tried = [
        Job("documents", contestant.name, "together", documents, batch)
        for contestant in lineup.alive(contestants)
        if contestant.default is not None
        for batch in BATCHES
    ]
    trial = lineup.race(tried, trials, "choosing batch sizes: round")
    wanted = {Job("documents", c.name, "together", documents, c.default): None for c in lineup.alive(contestants)}
    for contestant in {job.contestant: None for job in trial}:
        wanted[fastest({job: times for job, times in trial.items() if job.contestant == contestant})] = None
    return list(wanted)
