"""Query to results: retrieve, fuse, group by item, cut a page, mark the words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pyarrow.compute as pc

from newsreel.core.item import Item
from newsreel.core.protocols import CANDIDATES, Embedder, EntityFilter, Filters, Index, Vectors
from newsreel.core.times import format_ns, now_ns
from newsreel.search.fusion import DEFAULT_WEIGHTS, Candidate, Weights, fuse, listed
from newsreel.search.highlight import highlights
from newsreel.search.language import understand
from newsreel.search.named import NamedSearch
from newsreel.search.results import FacetValue, NameFilter, Query, Result, Results
from newsreel.telemetry import phase

__all__ = ["Ranking", "Searcher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How results are found and ordered."""

    weights: Weights = DEFAULT_WEIGHTS
    depth: int = 1_000
    """Segments taken from each retriever. Paging cuts the one list they make."""
    min_cosine: float = 0.2
    """What vectors alone found counts as a match from here on: nothing is quite unlike anything else."""
    min_related: float = 0.35
    """Items are related from here on: higher, since two texts share more than a query shares with what answers it."""


@dataclass(frozen=True, slots=True)
class _Group:
    """An item among the candidates."""

    best: Candidate
    segments: int


@dataclass(frozen=True, slots=True)
class _Search:
    """A query as the index takes it."""

    query: Query
    words: str
    vector: Vectors | None
    """Of the words; None without any."""
    names: tuple[NameFilter, ...]
    entities: tuple[EntityFilter, ...]
    now_ns: int

    def filters(self, query: Query) -> Filters:
        """For this query, which asks for the same names."""
        return Filters(
            visible_at_ns=self.now_ns,
            kinds=query.kinds,
            from_ns=query.from_ns,
            to_ns=query.to_ns,
            entities=self.entities,
        )


class Searcher:
    """Answers queries over one index with one embedder. Thread-safe."""

    def __init__(self, index: Index, embedder: Embedder, names: NamedSearch, ranking: Ranking | None = None) -> None:
        """Search this index; the embedder must be the one its vectors came from, `names` of the same index."""
        self._index = index
        self._embedder = embedder
        self._names = names
        self._ranking = ranking or Ranking()
        self._terms: Callable[[str], list[str]] = lru_cache(maxsize=65_536)(index.terms)

    def search(self, query: Query) -> Results:
        """The page of results, its facets and notes."""
        search = self._understood(query)
        groups = self._groups(search, query)
        return Results(
            query=query,
            total=len(groups),
            results=self._results(search, groups[query.offset : query.offset + query.limit]),
            facets=self._facets(search, groups),
            names=search.names,
            meant=self._names.meant(search.words, search.names, search.now_ns),
            notes=(*self._names.notes(search.names), *self._notes(query, understand(query.text).missed, groups)),
        )

    def ranked(self, texts: Sequence[str], limit: int, weights: Weights | None = None) -> list[list[tuple[str, float]]]:
        """For each text the best `limit` items' uris and scores: what a run file needs, and nothing fetched for it.

        The texts are words throughout: a name before a colon is none here.
        """
        now = now_ns()
        vectors = self._embedder.embed(texts)
        runs = []
        for text, vector in zip(texts, vectors, strict=True):
            candidates = self._candidates(text, vector, Filters(visible_at_ns=now), weights or self._ranking.weights)
            runs.append([(g.best.uri, g.best.score) for g in _grouped(candidates)[:limit]])
        return runs

    def related(self, uri: str, limit: int) -> tuple[Item, ...]:
        """The items nearest in meaning to this one, which is not among them; fewer where others are too unlike it."""
        now = now_ns()
        centre = self._index.centre(uri, now)
        if centre is None:
            return ()
        near = self._index.nearest(centre, Filters(visible_at_ns=now), self._ranking.depth)
        alike = pc.greater_equal(near["score"], self._ranking.min_related)
        uris = [u for u in dict.fromkeys(near.filter(alike)["uri"].to_pylist()) if u != uri][:limit]
        items = self._index.items(uris, now)
        return tuple(items[u] for u in uris if u in items)

    def _vector(self, text: str) -> Vectors | None:
        if not text.strip():
            return None
        with phase("embed"):
            vector: Vectors = self._embedder.embed([text])[0]
            return vector

    def _understood(self, query: Query) -> _Search:
        words, now = understand(query.text).words, now_ns()
        names = self._names.asked_for(query, now)
        return _Search(query, words, self._vector(words), names, self._names.filters(names, now), now)

    def _groups(self, search: _Search, query: Query) -> list[_Group]:
        filters = search.filters(query)
        if search.vector is None:
            return _grouped(listed(self._index.newest(filters, self._ranking.depth)))
        return _grouped(self._candidates(search.words, search.vector, filters, self._ranking.weights))

    def _candidates(self, text: str, vector: Vectors, filters: Filters, weights: Weights) -> list[Candidate]:
        depth = self._ranking.depth
        lexical = semantic = CANDIDATES.empty_table()
        cosines = {}
        if weights.bm25:
            with phase("bm25"):
                lexical = self._index.bm25(text, filters, depth)
        if weights.vector:
            with phase("vector"):
                semantic = self._index.nearest(vector, filters, depth)
                known = set(semantic["id"].to_pylist())
                cosines = dict(self._index.cosines([i for i in lexical["id"].to_pylist() if i not in known], vector))
        with phase("fuse"):
            fused = fuse(lexical, semantic, cosines, weights)
            matched = set(lexical["id"].to_pylist())
            return [c for c in fused if c.id in matched or _cosine(c) >= self._ranking.min_cosine]

    def _results(self, search: _Search, groups: Sequence[_Group]) -> tuple[Result, ...]:
        with phase("fetch"):
            items = self._index.items([g.best.uri for g in groups], search.now_ns)
            segments = self._index.segments([g.best.id for g in groups], search.now_ns)
        wanted = frozenset(self._index.terms(search.words))
        return tuple(
            Result(
                item=items[g.best.uri],
                segment=segments[g.best.id],
                score=g.best.score,
                parts=g.best.parts,
                highlights=highlights(segments[g.best.id].text, wanted, self._terms),
                more_segments=g.segments - 1,
            )
            for g in groups
            if g.best.uri in items and g.best.id in segments  # else killed or replaced since it was found
        )

    def _facets(self, search: _Search, groups: list[_Group]) -> dict[str, tuple[FacetValue, ...]]:
        """Kind and year count what their own filter would leave out, for a change of mind; names add up."""
        query = search.query
        any_kind, any_date = replace(query, kinds=()), replace(query, from_ns=None, to_ns=None)
        by_kind = groups if query == any_kind else self._groups(search, any_kind)
        by_date = groups if query == any_date else self._groups(search, any_date)
        kinds = Counter(g.best.kind.value for g in by_kind)
        years = Counter(_year(g.best.published_ns) for g in by_date)
        return {
            "kind": tuple(FacetValue(value=v, count=n) for v, n in sorted(kinds.items(), key=lambda k: (-k[1], k[0]))),
            "year": tuple(
                FacetValue(value=v, count=years[v])
                for v in sorted(years, key=lambda y: (y != "undated", y), reverse=True)
            ),
        } | self._names.facets([g.best.uri for g in groups], search.names, search.now_ns)

    def _notes(self, query: Query, missed: Sequence[str], groups: list[_Group]) -> tuple[str, ...]:
        notes = [f"{word}: needs double quotes around a name of several words." for word in missed]
        if sum(g.segments for g in groups) >= self._ranking.depth:
            notes.append(f"Only the best {self._ranking.depth:,} passages are ranked; narrow the search to see others.")
        if query.offset and query.offset >= len(groups) > 0:
            notes.append(f"There are only {len(groups)} results.")
        return tuple(notes)


def _cosine(candidate: Candidate) -> float:
    return next((part.raw or 0.0 for part in candidate.parts if part.name == "vector"), 0.0)


def _grouped(candidates: Iterable[Candidate]) -> list[_Group]:
    """One entry for each item, in the order of its best segment."""
    found: dict[str, _Group] = {}
    for candidate in candidates:
        group = found.get(candidate.uri)
        found[candidate.uri] = _Group(candidate, 1) if group is None else replace(group, segments=group.segments + 1)
    return list(found.values())


def _year(published_ns: int | None) -> str:
    return "undated" if published_ns is None else format_ns(published_ns)[:4]
