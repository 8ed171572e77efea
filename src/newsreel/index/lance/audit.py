"""Counting an archive again, from the stored tables themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from newsreel.core.ledger import State
from newsreel.core.shots import Transition
from newsreel.index.lance.archive import LanceArchive
from newsreel.index.lance.table import Table

__all__ = ["Audit", "audit"]

_UNIT_TOLERANCE = 1e-3
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a recount found. `faults` maps a fault to the first few uris or ids that have it."""

    states: dict[State, int]
    inputs: int
    items: int
    segments: int
    faults: dict[str, tuple[str, ...]]

    @property
    def balanced(self) -> bool:
        """Whether the equation holds and nothing is off."""
        return self.inputs == sum(self.states.values()) and not self.faults


def audit(archive: LanceArchive) -> Audit:
    """Read every ledger row, item, segment and entity and hold them against one another.

    What belongs to a pending item is not a fault: a run was interrupted, and the next one does it again.
    """
    for _ in range(_TRIES):
        versions = [table.version for table in archive.tables]
        found = _recount(archive)
        if found.balanced or versions == [table.version for table in archive.tables]:
            break  # else a writer was at work meanwhile, and the tables were read at different moments
    return found


def _recount(archive: LanceArchive) -> Audit:
    items_table, segments_table, entities_table, shots_table, ledger_table = archive.tables
    ledger = ledger_table.rows(["uri", "state", "tombstone"])
    states = dict(zip(ledger["uri"].to_pylist(), ledger["state"].to_pylist(), strict=True))
    items = items_table.rows(["uri", "segments", "embargo_ns", "published_ns", "kind", "shots_key"])
    cut = _films(shots_table)
    segments = segments_table.rows(["id", "uri", "text", "embargo_ns", "published_ns", "kind"])
    entities = entities_table.rows(["uri", "key", "embargo_ns", "published_ns", "kind"])
    settled = {uri: state for uri, state in states.items() if state != State.PENDING}
    pending = states.keys() - settled.keys()
    expected = dict(zip(items["uri"].to_pylist(), items["segments"].to_pylist(), strict=True))
    counted = Counter(segments["uri"].to_pylist())
    findings = {
        "ledger rows of one uri": _repeated(ledger["uri"]),
        "ledger rows in an unknown state": (u for u, s in states.items() if s not in set(State)),
        "items of one uri": _repeated(items["uri"]),
        "segments of one id": _repeated(segments["id"]),
        "items not on the ledger": expected.keys() - states.keys(),
        "done or duplicate, but no item": (
            u for u, s in settled.items() if s in (State.DONE, State.DUPLICATE) and u not in expected
        ),
        "removed, but still an item": (u for u, s in settled.items() if s == State.REMOVED and u in expected),
        "segments without an item": counted.keys() - expected.keys() - pending,
        "items without segments": expected.keys() - counted.keys() - pending,
        "items with another number of segments than they say": (
            u for u, n in expected.items() if u in counted and counted[u] != n and u not in pending
        ),
        "segments that disagree with their item's dates or kind": _disagreeing(items, segments, pending),
        "entities without an item": set(entities["uri"].to_pylist()) - expected.keys() - pending,
        "entities of one item and key": _repeated(_uris_and_keys(entities)),
        "entities that disagree with their item's dates or kind": _disagreeing(items, entities, pending),
        "segments that name other than their item's entities": _naming_others(segments_table, entities, pending),
        "videos whose shots are not there or do not tile them": (
            row["uri"]
            for row in items.select(["uri", "shots_key"]).to_pylist()
            if row["shots_key"] and not cut.get(row["shots_key"], False)
        ),
        "killed, but shots of it are kept": _left_of_killed(shots_table, items, ledger),
        "segments whose vector is missing or not of length 1": _bad_vectors(segments_table, pending),
    }
    return Audit(
        states={s: sum(1 for v in states.values() if v == s) for s in State},
        inputs=len(ledger),
        items=len(items),
        segments=len(segments),
        faults={fault: found for fault, uris in findings.items() if (found := _first(uris))},
    )


def _first(found: Iterable[str], most: int = 10) -> tuple[str, ...]:
    return tuple(sorted(found)[:most])


def _repeated(values: pa.ChunkedArray | Iterable[str]) -> list[str]:
    listed = values.to_pylist() if isinstance(values, pa.ChunkedArray) else values
    return [value for value, count in Counter(listed).items() if count > 1]


def _uris_and_keys(entities: pa.Table) -> list[str]:
    columns = (entities["uri"].to_pylist(), entities["key"].to_pylist())
    return [f"{uri} {key}" for uri, key in zip(*columns, strict=True)]


def _naming_others(segments: Table, entities: pa.Table, pending: set[str]) -> set[str]:
    """A segment repeats its item's keys, by which it is filtered, and the names in its text stand for some of them."""
    own: dict[str, set[str]] = {}
    for row in entities.select(["uri", "key"]).to_pylist():
        own.setdefault(row["uri"], set()).add(row["key"])
    bad: set[str] = set()
    for batch in segments.batches(["uri", "entity_keys", "named"]):
        for row in batch.to_pylist():
            keys = own.get(row["uri"], set())
            if set(row["entity_keys"]) != keys or not keys.issuperset(named["key"] for named in row["named"]):
                bad.add(row["uri"])
    return bad - pending


def _disagreeing(items: pa.Table, rows: pa.Table, pending: set[str]) -> set[str]:
    """Segments and entities repeat what filters need; were it stale, an embargo could leak."""
    columns = ("embargo_ns", "published_ns", "kind")
    own = {row["uri"]: tuple(row[c] for c in columns) for row in items.select(["uri", *columns]).to_pylist()}
    repeated = rows.select(["uri", *columns]).to_pylist()
    return {r["uri"] for r in repeated if r["uri"] in own and tuple(r[c] for c in columns) != own[r["uri"]]} - pending


def _films(shots: Table) -> dict[str, bool]:
    """Whether each film is cut to its end, into shots that follow one another."""
    columns = ["key", "position", "start_frame", "end_frame", "transition"]
    films: dict[str, list[dict[str, Any]]] = {}
    for row in shots.rows(columns).to_pylist():
        films.setdefault(row["key"], []).append(row)
    return {key: _tiles(sorted(rows, key=lambda r: r["position"])) for key, rows in films.items()}


def _tiles(rows: list[dict[str, Any]]) -> bool:
    starts = [0, *(row["end_frame"] for row in rows)]
    return (
        [row["position"] for row in rows] == list(range(len(rows)))
        and [row["start_frame"] for row in rows] == starts[:-1]
        and rows[-1]["transition"] == Transition.END
    )


def _left_of_killed(shots: Table, items: pa.Table, ledger: pa.Table) -> set[str]:
    """Films cut for an item that was killed, and that no other item has."""
    killed = {row["uri"] for row in ledger.to_pylist() if row["tombstone"] and row["state"] == State.REMOVED}
    claimed = set(items["shots_key"].to_pylist())
    rows = shots.rows(["key", "uri"]).to_pylist()
    return {row["uri"] for row in rows if row["uri"] in killed and row["key"] not in claimed}


def _bad_vectors(segments: Table, pending: set[str]) -> set[str]:
    bad: set[str] = set()
    for batch in segments.batches(["uri", "search_text", "text", "vector"]):
        vectors = batch.column("vector")
        missing = pc.is_null(vectors).to_numpy(zero_copy_only=False)
        needed = pc.greater(pc.utf8_length(batch.column("text")), 0).to_numpy(zero_copy_only=False)
        filled = pc.fill_null(vectors.flatten(), 0.0).to_numpy(zero_copy_only=False)
        norms = np.ones(len(batch))
        norms[~missing] = np.linalg.norm(filled.reshape(-1, vectors.type.list_size), axis=1)
        wrong = (missing & needed) | ~(np.abs(norms - 1) < _UNIT_TOLERANCE)
        bad.update(u for u, w in zip(batch.column("uri").to_pylist(), wrong, strict=True) if w)
    return bad - pending
