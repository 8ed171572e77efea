"""Batches by token budget: rows of like length together, so that little is padded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["token_batches"]


def token_batches(lengths: Sequence[int], max_batch_tokens: int) -> Iterator[list[int]]:
    """Row numbers in batches, longest rows first; rows x longest row of a batch stays within the budget.

    A row longer than the budget is a batch of its own. Longest first: the largest allocation happens once.
    """
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda r: -lengths[r]):
        if batch and lengths[batch[0]] * (len(batch) + 1) > max_batch_tokens:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
