"""All that an archive knows of somebody or something that its items name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from newsreel.core.entities import ItemEntity
from newsreel.names import Corrections, explain
from newsreel.search.known import Known, counted
from newsreel.search.timeline import Timeline, timeline

__all__ = ["Alias", "Likely", "Profile", "make_profile"]

EDITORS = "the editor’s file says so"

_ALIASES = 20
_TOGETHER = 24
_AMONG = 500
"""How many items, the newest, are looked through for whom and what they name besides."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A name as it is written."""

    name: str
    mentions: int
    rule: str
    """Why it was taken for one with the fullest name."""


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who may be the same, which only an editor can say."""

    known: Known
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Somebody or something that items name."""

    known: Known
    mentions: int
    aliases: tuple[Alias, ...]
    """The most frequent first."""
    more_aliases: int
    """How many others there are."""
    merged: tuple[str, ...]
    """The keys that the editor's file puts here besides its own."""
    tags: tuple[str, ...]
    """The editor's."""
    timeline: Timeline
    together: tuple[Known, ...]
    """Who and what is named in the same items, and in how many of `among`; the most frequent first."""
    among: int
    """How many of the items were looked through for that: the newest."""
    likely: Likely | None


def make_profile(
    key: str,
    rows: pa.Table,
    corrections: Corrections,
    named_in: Callable[[Sequence[str]], Sequence[Known]],
    likely: Likely | None,
) -> Profile:
    """What is known of a corrected key from its `ENTITY_ROWS`; `named_in` says what items name."""
    (known,) = counted(rows, corrections)
    newest = rows.sort_by([("published_ns", "descending"), ("uri", "ascending")]).slice(0, _AMONG)["uri"].to_pylist()
    aliases = _aliases(known, rows)
    return Profile(
        known=known,
        mentions=pc.sum(rows["mentions"]).as_py(),
        aliases=aliases[:_ALIASES],
        more_aliases=max(0, len(aliases) - _ALIASES),
        merged=tuple(stored for stored in corrections.stored(key).keys if stored != key),
        tags=corrections.tags(key),
        timeline=timeline(*_by_item(rows)),
        together=tuple(other for other in named_in(newest) if other.key != key)[:_TOGETHER],
        among=len(set(newest)),
        likely=likely,
    )


def _aliases(known: Known, rows: pa.Table) -> tuple[Alias, ...]:
    table = pa.table({"name": _names(rows), "count": pc.struct_field(pc.list_flatten(rows["aliases"]), "count")})
    sums = (
        table.group_by("name")
        .aggregate([("count", "sum")])
        .sort_by([("count_sum", "descending"), ("name", "ascending")])
    )
    counts = tuple(zip(sums["name"].to_pylist(), sums["count_sum"].to_pylist(), strict=True))
    rules = dict(explain(ItemEntity(known.key, known.label, known.name, counts)))
    own = set(_names(rows.filter(pc.equal(rows["key"], known.key))).to_pylist())
    return tuple(Alias(name, count, rules[name] if name in own else EDITORS) for name, count in counts)


def _names(rows: pa.Table) -> pa.ChunkedArray:
    return pc.struct_field(pc.list_flatten(rows["aliases"]), "name")


def _by_item(rows: pa.Table) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
    """When each item was published and how often it mentions any of the keys."""
    items = rows.group_by(["uri", "published_ns"]).aggregate([("mentions", "sum")])
    return items["published_ns"], items["mentions_sum"]
