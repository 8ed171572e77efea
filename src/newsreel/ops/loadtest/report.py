"""What a load test found: the table, the sentences, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from newsreel.models.runtime.cpu import describe
from newsreel.ops.loadtest.figures import MOST_FAILED, PERCENTILES, Latencies, Step
from newsreel.ops.loadtest.knee import EXACT, Knee
from newsreel.ops.loadtest.plan import Plan, Traffic

__all__ = ["Report"]

FORMAT = 1
"""Of the JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every window, and what follows."""

    plan: Plan
    address: str
    date: str
    steps: tuple[Step, ...]
    """As they were held."""

    knee: Knee | None
    """None where one rate was held, or none was found."""

    unclear: str = ""
    """Why no knee can be told."""

    interrupted: bool = False
    """Somebody ended it early."""

    @property
    def best(self) -> Step | None:
        """The highest rate that was sustained, no higher than the knee; else the last one held."""
        able = [step for step in self.steps if step.sustained and not self._above(step)]
        return max(able, key=lambda step: step.rate) if able else self.steps[-1] if self.steps else None

    @property
    def traffic(self) -> str:
        """`embed, queries, as newsreel`: what was asked."""
        asked = self.plan.traffic
        parts = [asked.task, _MIXES[asked.mix], f"as {asked.shape}"]
        if asked.texts_each > 1:
            parts.append(f"{asked.texts_each} texts each")
        if asked.repeat_share:
            parts.append(f"{asked.repeat_share:.0%} asked before")
        if self.plan.long_every_s:
            parts.append(f"10,000 words every {self.plan.long_every_s:g} s")
        return ", ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """For `--json`. Times in milliseconds where a name ends so, else in seconds."""
        plan = self.plan
        return {
            "format": FORMAT,
            "address": self.address,
            "date": self.date,
            "client": str(describe()),
            "traffic": _traffic(plan.traffic),
            "long_every_s": plan.long_every_s,
            "seconds": plan.seconds,
            "warm_up_s": plan.warm_up_s,
            "p95_ms": plan.p95_ms,
            "seed": plan.seed,
            "knee": self._knee(),
            "unclear": self.unclear or None,
            "interrupted": self.interrupted,
            "steps": [step.as_json() for step in self.steps],
        }

    def table(self) -> Table:
        """A row a window, the lowest rate first."""
        table = Table(
            "", "asked/s", "answered/s", *(f"p{percent}" for percent in PERCENTILES), "max ms", "failed", "late ms",
            "client CPU", box=None, caption=self._caption(), caption_justify="left",
        )  # fmt: skip
        for column in table.columns[1:]:
            column.justify = "right"
        for step in sorted(self.steps, key=lambda step: step.rate):
            style = "bold" if step is self.best and step.sustained else None if step.sustained else "dim"
            table.add_row("●" if step.sustained else "", *_cells(step), style=style)
        return table

    def verdict(self) -> list[str]:
        """What it comes to, in sentences."""
        return [
            *(["Interrupted: this is what was known by then."] if self.interrupted else []),
            *self._sentences(),
            *self._late(),
            *(_long(self.best) if self.best else ()),
            *self._failures(),
        ]

    def _sentences(self) -> list[str]:
        within = f"with a p95 of at most {self.plan.p95_ms:g} ms"
        if self.knee is not None:
            least = "at least " if self.knee.open_ended else ""
            return [
                f"Sustained {within}: {least}{self.knee.rate:,.4g} requests a second ({self._how_sure(self.knee)})."
            ]
        if self.unclear:
            return [f"The server's knee is not known: {self.unclear}.", *self._at_least()]
        if self.plan.rate is None or not self.steps:
            return self._at_least()
        step = self.steps[-1]
        said = "sustained" if step.sustained else "not sustained"
        failed = f", and {step.failed_share:.1%} failed" if step.errors else ""
        found = f"it is {step.latencies.percentile(95):.1f} ms{failed}"
        return [f"{step.rate:,.4g} requests a second are {said} {within}: {found}."]

    def _at_least(self) -> list[str]:
        best = self.best
        return [f"It is at least {best.rate:,.4g} requests a second."] if best is not None and best.sustained else []

    def _how_sure(self, knee: Knee) -> str:
        if knee.open_ended:
            return "no more was tried"
        if len(knee.found) == 1:
            return f"one search, to within {EXACT - 1:.0%}"
        return f"{len(knee.found)} searches: {knee.low:,.4g} to {knee.high:,.4g}, each to within {EXACT - 1:.0%}"

    def _late(self) -> list[str]:
        late = [step for step in self.steps if step.client_late]
        return [
            f"At {step.rate:,.4g} a second the client itself was {step.late_p95_ms:.1f} ms late at p95, with "
            f"{step.cpu_share:.0%} of a core: its figures are not the server's alone."
            for step in late[:1]
        ]

    def _failures(self) -> list[str]:
        told: dict[str, str] = {}
        for step in sorted(self.steps, key=lambda step: step.rate):
            for outcome, count in [*step.errors.items(), *step.long_errors.items()]:
                said = step.said.get(outcome, "").strip()
                at = f"{outcome} at {step.rate:,.4g} a second, of {count:,} requests"
                told.setdefault(outcome, f"{at}{f': {said}' if said else ''}")
        return list(told.values())

    def _above(self, step: Step) -> bool:
        return self.knee is not None and step.rate > self.knee.high

    def _knee(self) -> dict[str, Any] | None:
        knee = self.knee
        if knee is None:
            return None
        return {
            "rate": knee.rate,
            "low": knee.low,
            "high": knee.high,
            "found": list(knee.found),
            "open_ended": knee.open_ended,
        }

    def _caption(self) -> str:
        return (
            f"● sustained: p95 within {self.plan.p95_ms:g} ms, at most {MOST_FAILED:.0%} failed   dim: not   "
            "late: the client, at p95"
        )


_MIXES: Mapping[str, str] = {
    "queries": "queries",
    "documents": "documents",
    "mixed": "queries and documents",
    "own": "texts of one's own",
}


def _cells(step: Step) -> list[str]:
    latencies = step.latencies
    return [
        f"{step.rate:,.1f}",
        f"{step.achieved:,.1f}",
        *(f"{latencies.percentile(percent):,.1f}" for percent in PERCENTILES),
        f"{latencies.max:,.1f}",
        f"{step.failed_share:.1%}" if step.errors else "",
        f"{step.late_p95_ms:.1f}",
        f"{step.cpu_share:.0%}",
    ]


def _long(step: Step) -> list[str]:
    long: Latencies = step.long
    if not len(long.ms):
        return []
    return [
        f"Long texts at {step.rate:,.4g} a second: {len(long.ms)} answered, p50 {long.percentile(50):,.0f} ms, "
        f"max {long.max:,.0f} ms."
    ]


def _traffic(traffic: Traffic) -> dict[str, Any]:
    return {
        "task": traffic.task,
        "shape": traffic.shape,
        "mix": traffic.mix,
        "texts": traffic.texts_each,
        "own": len(traffic.own),
        "repeat_share": traffic.repeat_share,
        "fields": dict(traffic.fields),
    }
