"""Query files in, TREC run files out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from newsreel.core.errors import SourceError, UsageError

__all__ = ["read_queries", "write_run"]


def read_queries(path: Path) -> list[tuple[str, str]]:
    """The (qid, text) pairs of a file with `qid<TAB>text` lines. Raises SourceError, UsageError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 at byte {error.start}: save it as UTF-8") from error
    queries: list[tuple[str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        qid, tab, text = line.partition("\t")
        if not tab or not qid.strip() or not text.strip() or len(qid.split()) != 1:
            raise UsageError(f"{path} line {number}: write qid<TAB>text, the qid without spaces")
        queries.append((qid.strip(), text.strip()))
    qid, times = Counter(qid for qid, _ in queries).most_common(1)[0] if queries else ("", 0)
    if times > 1:
        raise UsageError(f"{path}: the qid {qid} stands there {times} times")
    return queries


def write_run(path: Path, qids: Sequence[str], ranked: Sequence[Sequence[tuple[str, float]]]) -> None:
    """Write `qid Q0 uri rank score newsreel` lines (TREC format; ranks from 1)."""
    lines = [
        f"{qid} Q0 {uri} {rank} {score:.6f} newsreel\n"
        for qid, results in zip(qids, ranked, strict=True)
        for rank, (uri, score) in enumerate(results, 1)
    ]
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path}: cannot be written: {error.strerror}") from error
