"""What one caller asks of a model, while other threads do it."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Tracer

__all__ = ["Asked"]


class Asked:
    """What one caller asked of a model, and when other threads did it. They note times; the caller makes spans of them.

    So the one thread that runs all models does next to nothing for it.
    """

    def __init__(self, task: str) -> None:
        """From now on."""
        self._task = task
        self._asked_at = time.perf_counter()
        self._notes: list[tuple[str, float, float]] = []

    def note(self, phase: str, began: float, ended: float) -> None:
        """A text, or a part of one, went through this phase: seconds of `perf_counter`. For any thread.

        It may have begun already, for somebody else who asked the same.
        """
        self._notes.append((phase, max(began, self._asked_at), ended))

    def tell(self, tracer: Tracer, context: Context) -> None:
        """Make spans: one of waiting, one of all tokenising, one of each batch that had a part of it."""
        epoch_ns = time.time_ns() - _ns(time.perf_counter())

        def make(name: str, began: float, ended: float, rows: int) -> None:
            attributes: dict[str, str | int] = {"newsreel.task": self._task, "newsreel.rows": rows}
            start_ns, end_ns = epoch_ns + _ns(began), epoch_ns + _ns(ended)
            tracer.start_span(name, context, attributes=attributes, start_time=start_ns).end(end_ns)

        notes = list(self._notes)
        batches = Counter((began, ended) for phase, began, ended in notes if phase == "infer")
        if batches:
            make("queue", self._asked_at, min(began for began, _ in batches), sum(batches.values()))
        cut = [(began, ended) for phase, began, ended in notes if phase == "tokenise"]
        if cut:
            make("tokenise", min(began for began, _ in cut), max(ended for _, ended in cut), len(cut))
        for (began, ended), rows in sorted(batches.items()):
            make("infer", began, ended, rows)


def _ns(seconds: float) -> int:
    return round(seconds * 1e9)
