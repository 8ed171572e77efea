"""What a run found: as Markdown tables and a line a claim, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.encoders.ratios import Interval
from bench.encoders.rows import Claim
from bench.shots.contestants import OURS, PACKAGE
from bench.shots.files import Size
from bench.shots.inference import Inference
from bench.shots.several import Several
from bench.shots.tables import table

__all__ = ["Report", "lines", "write_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything of one run."""

    machine: str
    date: str
    rounds: int
    about: dict[str, str]
    """What each contestant runs."""
    inference: Inference
    sizes: Sequence[Size]
    several: Sequence[Several]
    claims: Sequence[Claim]


def write_json(report: Report, path: Path) -> None:
    """The whole report; a claim also as the line that is printed."""
    told = asdict(report) | {"verdicts": [str(claim) for claim in report.claims]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def lines(report: Report) -> Iterator[str]:
    """What is printed, paragraph by paragraph."""
    yield f"{report.machine}; {report.date}; {report.rounds} rounds of each file"
    yield "\n".join(f"{name}: {about}" for name, about in report.about.items())
    yield from _inference(report.inference)
    yield from _files(report.sizes)
    yield table(
        ("films at once", "films", "times one after the other"),
        [(one.at_once, one.films, one.faster) for one in report.several],
    )
    yield "\n".join(str(claim) for claim in report.claims)


def _inference(found: Inference) -> Iterator[str]:
    yield table(
        (f"inference alone, {found.frames} frames", "frames/s", f"times {PACKAGE}"),
        [(row.name, _rate(row.frames_per_s), row.faster) for row in found.rows],
    )
    yield table(
        ("step", "beside", "predicted", "found"),
        [(g.step.name, g.step.before, _range(g.step.low, g.step.high), g.found) for g in found.gains],
    )
    yield "\n".join(str(one) for one in found.agreements)
    yield f"largest difference of a probability to {PACKAGE}: {found.difference_max:.4f}"


def _files(sizes: Sequence[Size]) -> Iterator[str]:
    names = [row.name for row in sizes[0].rows]
    yield table(
        ("whole files, frames/s", *(size.name for size in sizes)),
        [(name, *(_rate(size.rows[n].frames_per_s) for size in sizes)) for n, name in enumerate(names)],
    )
    yield table(
        (f"{OURS}, times", *(size.name for size in sizes)),
        [(name, *(size.rows[n].ours_faster for size in sizes)) for n, name in enumerate(names) if n],
    )
    yield table(
        ("decoding", *(size.name for size in sizes)),
        [
            ("FFmpeg's own, all threads, frames/s", *(_rate(size.bare) for size in sizes)),
            ("ours, small pictures made, of that", *(_percent(size.footage_to_bare) for size in sizes)),
            ("the whole, of that", *(_percent(size.whole_to_bare) for size in sizes)),
            ("the whole, of its slower part alone", *(_percent(size.whole_to_slower) for size in sizes)),
            ("cores that the whole keeps busy", *(size.busy_cores for size in sizes)),
            ("the limit", *(size.limit for size in sizes)),
        ],
    )
    parts = [share.part for share in sizes[0].shares]
    yield table(
        ("where processor time goes: share, ms a frame", *(size.name for size in sizes)),
        [(part, *(_share(size, n) for size in sizes)) for n, part in enumerate(parts)],
    )


def _share(size: Size, n: int) -> str:
    share = size.shares[n]
    return f"{100 * share.of_whole.median:.0f} %, {share.ms_a_frame.median:.2f}"


def _rate(found: Interval) -> str:
    return f"{found.median:.0f} [{found.low:.0f}, {found.high:.0f}]"


def _percent(share: Interval) -> str:
    return f"{100 * share.median:.0f} % [{100 * share.low:.0f}, {100 * share.high:.0f}]"


def _range(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
