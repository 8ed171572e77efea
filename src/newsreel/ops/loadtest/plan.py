"""What is to be asked of which server, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from newsreel.core.errors import UsageError
from newsreel.ops.loadtest.shapes import SHAPES, Shape, Task

__all__ = ["Ladder", "Mix", "Plan", "Target", "Traffic"]

Mix = Literal["queries", "documents", "mixed", "own"]
"""About 8 tokens; 20 to 250 words; four queries to a document; texts of one's own."""

PASSAGES = 8
"""In a request to rerank, unless said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server, and how it is spoken to."""

    url: str
    """With a path it is that which is asked; without, the path is the shape's."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with each request. Not reported: they may be keys."""

    connections: int = 512
    """Open at a time, at most. A request that finds none free waits for one, and that is counted."""

    timeout_s: float = 10.0
    """From when a request is due. What has not been answered by then has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a request says. Raises UsageError where the shape has no such task."""

    task: Task = "embed"
    shape: Shape = "newsreel"
    mix: Mix = "queries"
    own: tuple[str, ...] = field(default=(), repr=False)
    """Texts for the mix `own`, which come again when all were sent."""

    texts: int | None = None
    """In a request; None is one, or for `rerank` a query and 8."""

    repeat_share: float = 0.0
    """Of texts that were asked before: some of them often, most seldom (Zipf), so that a memory can answer."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    """Put into each body beside the texts: `model`, `truncate`."""

    def __post_init__(self) -> None:
        if self.task not in SHAPES[self.shape]:
            able = [name for name in get_args(Shape) if self.task in SHAPES[name]]
            raise UsageError(f"{self.shape} has no request for {self.task}: --shape is one of {', '.join(able)}")
        if self.task == "search" and (self.mix not in ("queries", "own") or self.texts not in (None, 1)):
            raise UsageError("a search is one query: leave --texts out, and --mix is queries or a file of them")
        if (self.mix == "own") != bool(self.own):
            raise UsageError("texts of one's own go with the mix `own`, which needs some")

    @property
    def texts_each(self) -> int:
        """In a request."""
        return self.texts or (PASSAGES if self.task == "rerank" else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How the highest rate within the bounds is looked for."""

    first: float = 10.0
    most: float = 20_000.0
    """Requests a second. Where the most is sustained, no more is tried."""

    factor: float = 2.0
    """From one rate to the next, until one breaks. What lies between is halved."""

    searches: int = 3
    """Independent of each other: how far they differ is how sure the knee is."""

    def __post_init__(self) -> None:
        if not (0 < self.first <= self.most and self.factor > 1 and self.searches > 0):
            raise UsageError("rates rise from above 0 to the most by a factor above 1, and are searched at least once")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A load test."""

    target: Target
    traffic: Traffic
    rate: float | None = None
    """Requests a second that are held once; None looks for the highest."""

    ladder: Ladder = Ladder()
    seconds: float = 10.0
    """That each rate is held, and measured."""

    warm_up_s: float = 2.0
    """Before, at the same rate; in no figure."""

    p95_ms: float = 50.0
    """A rate is sustained while 95 of 100 answers take no longer, and no more than 1 of 100 fails."""

    long_every_s: float | None = None
    """Seconds from one text of 10,000 words to the next. They are reported apart, and are not in the p95."""

    seed: int = 0
    """Of the schedule and of the texts. What a server remembers of a test, it answers from memory when that comes
    again."""
