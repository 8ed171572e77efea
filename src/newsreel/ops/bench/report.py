"""What a benchmark found: the table, and the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table

from newsreel.models.runtime.cpu import Processor
from newsreel.ops.bench import advice
from newsreel.ops.bench.front import choose, front
from newsreel.ops.bench.rows import Quality, Row

__all__ = ["Report"]

FORMAT = 1
"""Of `results.json`."""

_OPERATORS_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Every configuration, measured or not, and what follows from them."""

    model: str
    task: str
    fingerprint: str
    processor: Processor
    date: str
    versions: Mapping[str, str]
    """Of the packages that run graphs, by name."""

    inputs: str
    """What was run, in words: `64 documents of 24 to 231 tokens; queries of 8`."""

    rows: tuple[Row, ...]
    missing: Mapping[str, str]
    """Why a runtime was not measured, by its name."""

    profiles: Mapping[str, Sequence[Mapping[str, Any]]]
    """By configuration: `operator`, `seconds` and `share`, the longest first."""

    unprofiled: Mapping[str, str] = field(default_factory=dict)
    """Why there is none of some: a cause, and the first configuration it kept from being profiled."""

    p95_ms: float | None = None
    """What one query may take."""

    interrupted: bool = False
    """Somebody ended it early; the same command again goes on."""

    precision: str = "fp32"
    """That the artifact serves in."""

    order: str = "newsreel models build"
    """The command that builds the artifact, but for the precision."""

    unbuilt: tuple[str, ...] = ()
    """Precisions that were wanted, and the artifact does not have."""

    @property
    def front(self) -> list[Row]:
        """See `front.front`."""
        return front(self.rows, self.task)

    @property
    def chosen(self) -> Row | None:
        """What to run. See `front.choose`."""
        return choose(self.rows, self.task, self.p95_ms)

    @property
    def documents(self) -> str:
        """What its documents are called."""
        return "windows" if self.task == "shots" else "pairs" if self.task == "rerank" else "documents"

    def as_json(self) -> dict[str, Any]:
        """For `results.json` and `--json`."""
        return {
            "format": FORMAT,
            "model": {"name": self.model, "task": self.task, "fingerprint": self.fingerprint},
            "machine": {**asdict(self.processor), "int8_native": self.processor.int8_native},
            "date": self.date,
            "versions": dict(self.versions),
            "inputs": self.inputs,
            "rows": [{"key": row.key, **row.as_json(self.task)} for row in self.rows],
            "missing": dict(self.missing),
            "front": [row.key for row in self.front],
            "p95_ms": self.p95_ms,
            "interrupted": self.interrupted,
            "chosen": self.chosen.key if self.chosen else None,
        }

    def table(self) -> Table:
        """Those measured, the most documents a second first."""
        table = Table(
            "", "runtime", "precision", "threads", "batch", "p50 ms", "p95 ms", f"{self.documents}/s", "rounds",
            "memory MB", "load s", self._measure(), "worst", "storable",
            box=None, caption=self._caption(), caption_justify="left",
        )  # fmt: skip
        for column in table.columns[3:-1]:
            column.justify = "right"
        best = {row.key for row in self.front}
        for row in sorted(self.rows, key=lambda r: -r.measured.documents_s if r.measured else 0.0):
            if row.measured is not None:
                style = "bold" if row is self.chosen else "dim" if row.refused(self.task) else None
                table.add_row(self._mark(row, best), *_cells(row), style=style)
        return table

    def verdict(self) -> list[str]:
        """What to run, and what could not be measured, in sentences."""
        return [
            *advice.incomplete(self.rows, interrupted=self.interrupted),
            *self._choice(),
            *(
                f"{one} was not measured: {self.model} is not built in it; `{self._order(one)}` does."
                for one in self.unbuilt
            ),
            *advice.notes(self.rows),
            *(f"{name} was not measured: {why}." for name, why in self.missing.items()),
            *self._failures(),
            *(f"No profile of {key}: {why}." for why, key in self.unprofiled.items()),
        ]

    def profile_table(self) -> Table | None:
        """Where the time goes: of the chosen configuration and of the fp32 graph in ONNX Runtime, side by side."""
        keys = [key for key in self._profiled() if self.profiles.get(key)]
        if not keys:
            return None
        table = Table(*(part for key in keys for part in (key, "share")), box=None, title="Time by operator")
        for rank in range(min(_OPERATORS_SHOWN, max(len(self.profiles[key]) for key in keys))):
            cells = [self.profiles[key][rank] if rank < len(self.profiles[key]) else None for key in keys]
            table.add_row(*(part for cell in cells for part in _operator(cell)))
        return table

    def _profiled(self) -> list[str]:
        """Keys of `profiles` for what was chosen and for the fp32 graph."""
        chosen = self.chosen
        wanted = [("onnxruntime", "fp32")]
        if chosen is not None:
            wanted.insert(0, (chosen.configuration.runtime, chosen.configuration.precision))
        return [key for pair in dict.fromkeys(wanted) for key in self.profiles if key.startswith(" ".join(pair) + " ")]

    def _measure(self) -> str:
        return next((row.quality.measure for row in self.rows if row.quality), "quality")

    def _caption(self) -> str:
        chosen = "→ chosen   " if self.chosen else ""
        return (
            f"{chosen}● on the Pareto front: p95, {self.documents}/s, memory, {self._measure()}   "
            "· for comparison only   dim: not to be chosen"
        )

    def _mark(self, row: Row, best: set[str]) -> str:
        if not row.configuration.serves:
            return "·"
        return "→" if row is self.chosen else "●" if row.key in best else ""

    def _choice(self) -> list[str]:
        if self.chosen is None:
            return [self._nothing()]
        found, within = self.chosen.measured, "" if self.p95_ms is None else f" within {self.p95_ms:g} ms"
        if found is None:  # what was not measured is never chosen
            return []
        return [
            f"Most {self.documents} a second{within}: {self.chosen.configuration}: {found.documents_s:.3g} a second, "
            f"p95 of one query {found.query_p95_ms:.2f} ms.",
            *advice.settings(
                self.chosen.configuration, self.precision, self._order(self.chosen.configuration.precision)
            ),
            *(advice.serving(self.chosen.configuration) if self.task != "shots" else ()),
        ]

    def _order(self, precision: str) -> str:
        return f"{self.order} --precision {precision} --again"

    def _nothing(self) -> str:
        nearest = min(
            (row for row in self.rows if not row.refused(self.task)),
            key=lambda row: row.measured.query_p95_ms if row.measured else 0.0,
            default=None,
        )
        if nearest is None or nearest.measured is None:
            return "Nothing that was measured may be chosen."
        return (
            f"Nothing answers within {self.p95_ms:g} ms: the nearest is {nearest.configuration}, "
            f"with a p95 of {nearest.measured.query_p95_ms:.2f} ms."
        )

    def _failures(self) -> list[str]:
        """A cause once, with all that it kept from being measured; where that is all of a precision, by its name."""
        by_cause: dict[str, list[str]] = {}
        for (runtime, precision), rows in _pairs(self.rows).items():
            causes = {row.failed for row in rows}
            for row in rows:
                name = f"{runtime} {precision}" if len(causes) == 1 else row.key
                if row.failed and name not in by_cause.setdefault(row.failed, []):
                    by_cause[row.failed].append(name)
        return [f"{', '.join(names)}: {cause}." for cause, names in by_cause.items()]


def _pairs(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.configuration.runtime, row.configuration.precision), []).append(row)
    return found


def _cells(row: Row) -> tuple[str, ...]:
    found, of = row.measured, row.configuration
    if found is None:
        return ()
    where = "" if of.device == "cpu" else f" on {of.device}"
    return (
        f"{of.runtime}{where}",
        of.precision,
        of.width,
        str(of.batch_tokens),
        f"{found.query_p50_ms:.2f}",
        f"{found.query_p95_ms:.2f}",
        f"{found.documents_s:.1f}",
        _range(row),
        f"{found.memory_mb:.0f}",
        f"{found.load_s:.1f}",
        *_quality(row.quality),
    )


def _range(row: Row) -> str:
    """`97-104`: the slowest round and the fastest; nothing where there was but one."""
    if row.documents_s_range is None or row.rounds < 2:
        return ""
    return "-".join(f"{value:.3g}" for value in row.documents_s_range)


def _quality(quality: Quality | None) -> tuple[str, str, str]:
    if quality is None:
        return ("", "", "")
    shown = [f"{value:.4f}" if quality.equal else f"{value:.0e}" for value in (quality.value, quality.worst)]
    return (shown[0], shown[1], "yes" if quality.storable else f"no ({quality.neighbours:.0e})")


def _operator(cell: Mapping[str, Any] | None) -> tuple[str, str]:
    return ("", "") if cell is None else (str(cell["operator"]), f"{cell['share']:.0%}")
