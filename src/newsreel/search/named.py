"""Names in a search: those it asks for, those its words seem to mean, and those in what it found."""

from __future__ import annotations

from collections.abc import Sequence

from newsreel.core.protocols import EntityFilter, EntityModel
from newsreel.names import split_key
from newsreel.search.directory import Directory
from newsreel.search.known import Known
from newsreel.search.language import FACETS, AskedName, understand
from newsreel.search.results import FacetValue, NameFilter, Query
from newsreel.telemetry import phase

__all__ = ["NamedSearch"]

WITHOUT = "This archive was made without entities, so nothing can be found by who or what is named."

_FACET = 8
"""Most names of each kind beside the results."""
_MEANT = 3


class NamedSearch:
    """What names are to a search, by an archive's directory and the model that found them. Thread-safe."""

    def __init__(self, directory: Directory | None, model: EntityModel | None) -> None:
        """Of an archive without entities both are None."""
        self._directory = directory
        self._model = model

    def asked_for(self, query: Query, now_ns: int) -> tuple[NameFilter, ...]:
        """The names that a query asks for, in its text and beside it."""
        written = understand(query.text).names
        with phase("names"):
            return (
                *(self._by_name(each, now_ns) for each in written),
                *(self._by_key(k, now_ns) for k in query.entities),
            )

    def filters(self, names: Sequence[NameFilter], now_ns: int) -> tuple[EntityFilter, ...]:
        """Those names as the index takes them; what nobody goes by finds nothing."""
        if self._directory is None:
            return tuple(EntityFilter(()) for _ in names)
        return tuple(self._directory.filter_of([each.key for each in name.known], now_ns) for name in names)

    def meant(self, words: str, names: Sequence[NameFilter], now_ns: int) -> tuple[Known, ...]:
        """Whom or what a query's words seem to name, of those whom items name."""
        if self._directory is None or self._model is None or not words.strip():
            return ()
        with phase("names"):
            (found,) = self._model.entities([words])
            asked = {known.key for name in names for known in name.known}
            first = {
                known[0].key: known[0]
                for each in found[:_MEANT]
                if (known := self._directory.offered_as(each.label, words[each.start : each.end], now_ns))
            }
        return tuple(known for key, known in first.items() if key not in asked)

    def facets(
        self, uris: Sequence[str], names: Sequence[NameFilter], now_ns: int
    ) -> dict[str, tuple[FacetValue, ...]]:
        """The most frequent names in these items, by kind, without those that are asked for."""
        if self._directory is None:
            return {}
        asked = {known.key for name in names for known in name.known}
        facets: dict[str, list[FacetValue]] = {facet: [] for facet in FACETS.values()}
        with phase("names"):
            for known in self._directory.named_in(uris, now_ns):
                values = facets.setdefault(FACETS.get(known.label, known.label.lower()), [])
                if known.key not in asked and len(values) < _FACET:
                    values.append(FacetValue(value=known.name, count=known.items, entity=known.key))
        return {facet: tuple(values) for facet, values in facets.items()}

    def notes(self, names: Sequence[NameFilter]) -> tuple[str, ...]:
        """What the reader should know of the names asked for, and of the editor's file."""
        if self._directory is None:
            return (WITHOUT,) if names else ()
        trouble = self._directory.trouble
        return (*([trouble] if trouble else []), *(_unknown(name) for name in names if not name.known))

    def _by_name(self, asked: AskedName, now_ns: int) -> NameFilter:
        known: tuple[Known, ...] = ()
        near: tuple[Known, ...] = ()
        if self._directory is not None:
            known = self._directory.known_as(asked.label, asked.name, now_ns)
            near = () if known else self._directory.near(asked.label, asked.name, now_ns)
        return NameFilter(label=asked.label, name=asked.name, asked=asked, key=None, known=known, near=near)

    def _by_key(self, key: str, now_ns: int) -> NameFilter:
        known = () if self._directory is None else self._directory.those([self._directory.leads_to(key)], now_ns)
        label, name = split_key(key)
        return NameFilter(label=label, name=known[0].name if known else name, asked=None, key=key, known=known)


def _unknown(name: NameFilter) -> str:
    facet = FACETS.get(name.label, name.label.lower())
    return f"No {'other name' if facet == 'misc' else facet} here goes by “{name.name}”."
