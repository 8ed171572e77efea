"""Whom and what an archive's items name, as the editor has it: rows of the entity table, counted and chosen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from newsreel.core.protocols import EntityFilter
from newsreel.names import Corrections

__all__ = ["Known", "counted", "filter_of", "label_of", "rows_of", "stored_keys"]


_Ranked = tuple[bool, int, bool, str]
"""A name: whether it is the key's own rather than merged into it, how often, whether in small letters; the greatest is
shown."""

_LEAST: _Ranked = (False, 0, False, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Somebody or something that items name."""

    key: str
    """As `core.entities.ItemEntity.key`, corrected."""
    name: str
    """The editor's, or else as most items write it in full."""
    items: int

    @property
    def label(self) -> str:
        """PER, ORG, LOC or MISC, or whatever another model says."""
        return label_of(self.key)


def counted(rows: pa.Table, corrections: Corrections) -> list[Known]:
    """What these `ENTITY_ROWS` name, and in how many items; the most frequent first."""
    groups = rows.group_by(["key", "name"]).aggregate([([], "count_all")])
    plain = {key for key in groups["key"].unique().to_pylist() if _is_plain(key, corrections)}
    items: dict[str, int] = defaultdict(int)
    names: dict[str, _Ranked] = {}
    for key, name, count in zip(*(groups[c].to_pylist() for c in ("key", "name", "count_all")), strict=True):
        if key in plain:
            items[key] += count
            names[key] = max(names.get(key, _LEAST), (True, count, not name.isupper(), name))
    for key, uris, name in _corrected(rows, plain, corrections):
        items[key], names[key] = len(uris), name
    known = [Known(key=key, name=corrections.name(key) or names[key][-1], items=n) for key, n in items.items()]
    return sorted(known, key=lambda each: (-each.items, each.name, each.key))


def _corrected(
    rows: pa.Table, plain: Collection[str], corrections: Corrections
) -> Iterator[tuple[str, set[str], _Ranked]]:
    """What the editor made of the other keys: in which items each is, counted once, and its usual name."""
    rows = rows.filter(pc.invert(pc.is_in(rows["key"], pa.array(plain, pa.string()))))
    uris: dict[str, set[str]] = defaultdict(set)
    names: dict[str, Counter[tuple[bool, str]]] = defaultdict(Counter)
    for stored, uri, name in zip(*(rows[c].to_pylist() for c in ("key", "uri", "name")), strict=True):
        key = corrections.resolve(stored, uri)
        if key is not None:
            uris[key].add(uri)
            names[key][stored == key, name] += 1
    for key, found in uris.items():
        ranked = ((own, count, not name.isupper(), name) for (own, name), count in names[key].items())
        yield key, found, max(ranked)


def rows_of(rows: pa.Table, key: str, corrections: Corrections) -> pa.Table:
    """Those of these `ENTITY_ROWS` that make up a corrected key."""
    rows = rows.filter(pc.is_in(rows["key"], pa.array(corrections.stored(key).keys, pa.string())))
    if _is_plain(key, corrections):
        return rows
    pairs = zip(rows["key"].to_pylist(), rows["uri"].to_pylist(), strict=True)
    return rows.filter(pa.array([corrections.resolve(stored, uri) == key for stored, uri in pairs], pa.bool_()))


def stored_keys(keys: Iterable[str], corrections: Corrections) -> list[str]:
    """The keys in the table that make up these corrected ones."""
    return sorted({stored for key in keys for stored in corrections.stored(key).keys})


def filter_of(keys: Sequence[str], rows: Callable[[Sequence[str]], pa.Table], corrections: Corrections) -> EntityFilter:
    """The items that name any of these corrected keys; `rows` gives the `ENTITY_ROWS` of stored ones.

    Where the editor told items apart and several keys are asked for, the items are listed one by one.
    """
    stored = [corrections.stored(key) for key in keys]
    if len(stored) == 1 and stored[0].exact:
        return EntityFilter(stored[0].keys, never=stored[0].never)
    together = stored_keys(keys, corrections)
    if all(one.exact and not one.never for one in stored):
        return EntityFilter(tuple(together))
    table = rows(together)
    uris = {uri for key in keys for uri in rows_of(table, key, corrections)["uri"].to_pylist()}
    return EntityFilter(tuple(together), only=frozenset(uris))


def label_of(key: str) -> str:
    """A key's label."""
    return key.partition(":")[0]


def _is_plain(key: str, corrections: Corrections) -> bool:
    """Whether the editor's file leaves this key as it is stored; its name may be another."""
    stored = corrections.stored(key)
    return stored.keys == (key,) and not stored.never
