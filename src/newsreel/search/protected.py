"""Whom the editor tagged, by every name that items call them together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from newsreel.core.protocols import Index
from newsreel.names import Corrections, normal, split_key

__all__ = ["protected"]


def protected(index: Index, corrections: Corrections, now_ns: int) -> frozenset[str]:
    """The corrected keys that the editor tagged, and those that go by a tagged name in some item.

    A story may name `PER:maria anna muster`, and call her Maria Muster, too: who tagged Maria Muster means her.
    """
    return frozenset(corrections.tagged).union(_fuller(index, corrections, now_ns))


def _fuller(index: Index, corrections: Corrections, now_ns: int) -> Iterator[str]:
    """One question for each name: without a label in the editor's file it is tagged under all of them."""
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for tagged in corrections.tagged:
        for stored in corrections.stored(tagged).keys:
            names[normal(split_key(stored)[1])].append((stored, tagged))
    for name, meaning in names.items():
        rows = index.entities(now_ns, known_as=name)
        for key, uri in zip(rows["key"].to_pylist(), rows["uri"].to_pylist(), strict=True):
            label, corrected = split_key(key)[0], corrections.resolve(key, uri)
            means_it = any(
                split_key(stored)[0] == label and corrections.resolve(stored, uri) == tagged
                for stored, tagged in meaning
            )
            if corrected is not None and means_it:
                yield corrected
