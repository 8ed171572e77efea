"""What a soak found: a table, a line for each thing that was asked of it, and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bench.shots.tables import table
from bench.soak.books import Kept
from bench.soak.contest import Soaked
from bench.soak.load import LOST
from bench.soak.memory import MOST_MIB_A_MINUTE

__all__ = ["Bin", "Verdict", "bins", "kept", "lines", "verdicts", "write_json"]

_BIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that was asked of the service."""

    asked: str
    holds: bool | None
    """None where nothing can be said."""
    found: str

    def __str__(self) -> str:
        said = {True: "holds", False: "BROKEN", None: "not known"}[self.holds]
        return f"{self.asked}: {said} ({self.found})"


@dataclass(frozen=True, slots=True)
class Bin:
    """Some seconds of the load."""

    at_s: float
    answers: int
    p50_ms: float
    p99_ms: float


def verdicts(soaked: Soaked, *, limit_s: float, request_s: float) -> list[Verdict]:
    """All of them. `limit_s`: from SIGTERM to its end; `request_s`: that a request may take to come."""
    return [
        _nothing_lost(soaked),
        _books_agree(soaked),
        _no_500(soaked),
        _each("requests of the OpenAPI document are answered as it says", soaked.malformed.problems),
        _each("hostile requests are answered as they should be", soaked.hostile.problems),
        _each("who leaves was not made to wait", soaked.leaving.hanging),
        _slow_ones_end(soaked, request_s),
        _memory_is_flat(soaked),
        _drained(soaked, limit_s),
        _each("nothing in the log is an error", Counter(soaked.books.errors)),
    ]


def kept(soaked: Soaked) -> list[Kept]:
    """The books of those who keep some."""
    load = Counter(str(each.outcome) for each in soaked.asked)
    theirs: dict[Any, Counter[str]] = {
        "load": load,
        "malformed": Counter(soaked.malformed.statuses),
        "dropped": Counter({"any": soaked.leaving.to_be_counted}),
    }
    theirs["malformed"]["401"] = 0  # who asks without a key is in nobody's book
    return [Kept(client, counts, soaked.books.by_client[client]) for client, counts in theirs.items()]


def bins(soaked: Soaked) -> list[Bin]:
    """Of what was answered 200, by when it was due."""
    good = [each for each in soaked.asked if each.outcome == 200]
    at_s = np.array([each.due_s - soaked.began_s for each in good])
    ms = np.array([each.latency_s * 1000 for each in good])
    found = []
    for start in np.arange(0, at_s.max(initial=0), _BIN_S):
        inside = ms[(at_s >= start) & (at_s < start + _BIN_S)]
        if len(inside):
            p50, p99 = np.percentile(inside, (50, 99))
            found.append(Bin(float(start), len(inside), float(p50), float(p99)))
    return found


def lines(soaked: Soaked, said: Sequence[Verdict]) -> Iterator[str]:
    """What is printed, paragraph by paragraph."""
    ms = [each.latency_s * 1000 for each in soaked.asked if each.outcome == 200]
    p50, p95, p99 = np.percentile(ms, (50, 95, 99)) if ms else (0, 0, 0)
    yield (
        f"{soaked.rate:,.4g} requests a second of clients of good will: p50 {p50:.1f} ms, p95 {p95:.1f} ms, "
        f"p99 {p99:.1f} ms"
    )
    rows = [
        *((each.client, _counts(each.by_client), _counts(each.by_service)) for each in kept(soaked)),
        ("hostile", _counts(soaked.hostile.outcomes), _counts(soaked.books.by_client["hostile"])),
        ("slow", _counts(soaked.slow.ended), _counts(soaked.books.by_client["slow"])),
    ]
    yield table(("clients", "what they got", "what the service counted"), rows)
    yield f"left: {_counts(soaked.leaving.left)}"
    yield "\n".join(map(str, said))


def write_json(soaked: Soaked, said: Sequence[Verdict], path: Path) -> None:
    """Everything but the requests one by one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "rate": soaked.rate,
        "memory": asdict(soaked.memory) | {"slope_mib_a_minute": soaked.memory.slope},
        "latency": [asdict(each) for each in bins(soaked)],
        "books": [_book(each) for each in kept(soaked)],
        "metrics": {"logged": soaked.quiet.logged, "measured": soaked.quiet.measured},
        "malformed": {
            "sent": soaked.malformed.sent,
            "turned_away": soaked.malformed.turned_away,
            "problems": soaked.malformed.problems,
        },
        "hostile": {
            "sent": soaked.hostile.sent,
            "outcomes": soaked.hostile.outcomes,
            "problems": soaked.hostile.problems,
        },
        "left": soaked.leaving.left,
        "slow": {"ended": soaked.slow.ended, "longest_s": soaked.slow.longest_s},
        "drained": asdict(soaked.drained),
        "verdicts": [asdict(each) for each in said],
    }
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _book(kept: Kept) -> dict[str, object]:
    return {"client": kept.client, "by_client": dict(kept.by_client), "by_service": dict(kept.by_service)}


def _nothing_lost(soaked: Soaked) -> Verdict:
    lost = Counter(str(each.outcome) for each in soaked.asked if each.outcome in LOST)
    return Verdict(
        "no response is lost", not lost, f"{len(soaked.asked):,} asked, {lost.total():,} lost {_counts(lost)}"
    )


def _books_agree(soaked: Soaked) -> Verdict:
    quiet, apart = soaked.quiet, [each.client for each in kept(soaked) if not each.agree]
    found = f"the log has {quiet.logged:,}, the metrics {quiet.measured:,}"
    told = f"{found}; other than clients say: {', '.join(apart) or 'none'}"
    return Verdict("both sides count the same", not apart and quiet.logged == quiet.measured, told)


def _no_500(soaked: Soaked) -> Verdict:
    found = Counter({s: n for s, n in soaked.books.statuses().items() if s >= "500" and s != "504"})
    return Verdict("nothing fails", not found, _counts(found) or "no 500, 502 or 503")


def _slow_ones_end(soaked: Soaked, request_s: float) -> Verdict:
    longest_s = soaked.slow.longest_s
    return Verdict("who sends too slowly is sent away", longest_s <= request_s + 3, f"after {longest_s:.1f} s at most")


def _memory_is_flat(soaked: Soaked) -> Verdict:
    slope = soaked.memory.slope
    if slope is None:
        return Verdict("memory is flat after the warm-up", None, "the run was too short")
    told = f"{slope:+.2f} MiB a minute at {soaked.memory.mib[-1]:,.0f} MiB; at most {MOST_MIB_A_MINUTE:g}"
    return Verdict("memory is flat after the warm-up", slope <= MOST_MIB_A_MINUTE, told)


def _drained(soaked: Soaked, limit_s: float) -> Verdict:
    drained = soaked.drained
    if drained.ended_s is None:
        return Verdict("it drains", False, f"it had not ended {limit_s:g} s after SIGTERM")
    told = (
        f"not ready after {drained.noticed_s:.1f} s, ended after {drained.ended_s:.1f} of {limit_s:g} s with "
        f"{drained.exit_code}; {drained.answered:,} answered in that time, {drained.lost:,} lost"
    )
    return Verdict("it drains", not drained.lost and drained.exit_code == 0, told)


def _each(asked: str, problems: Counter[str] | dict[str, str]) -> Verdict:
    told = "; ".join(f"{name}: {' '.join(str(what).split())}" for name, what in problems.items())
    return Verdict(asked, not problems, told or "no exception")


def _counts(counts: Any) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()) if count)
