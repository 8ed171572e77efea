"""What leaves the archive for other programs, with names written as the settings and the editor want them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from newsreel.core.errors import UsageError
from newsreel.core.item import Film, Item, Kind, Segment
from newsreel.core.protocols import EntityModel, Index
from newsreel.core.times import now_ns
from newsreel.names import key
from newsreel.names.redact import PersonalData, replaced
from newsreel.search.directory import Listing
from newsreel.search.discretion import Discretion, Names
from newsreel.search.editors_file import EditorsFile
from newsreel.search.known import Known
from newsreel.search.profile import Alias, Profile
from newsreel.search.protected import protected
from newsreel.search.results import MAX_QUERY_CHARACTERS, FacetValue, NameFilter, Query, Result, Results

__all__ = ["TROUBLE", "Exports"]

TROUBLE = "The editor's file has a mistake, so what it said before holds. The search page says where it is."
"""Said in place of what would quote the file, and with it a name."""


class Exports:
    """Writes names as they may leave the archive. Thread-safe.

    Offsets in what is written are of the texts as they are written. A uri stays as it is.
    """

    def __init__(self, index: Index, editors: EditorsFile, model: EntityModel | None, personal: PersonalData) -> None:
        """For this index, which was made with this model. Raises UsageError if more is asked than can be done."""
        if model is None and personal.treatment != "keep":
            raise UsageError(
                f"NEWSREEL_PERSONAL_DATA={personal.treatment} needs to know who is named, and this archive was made "
                "without entities: index into a new folder with an entity model (NEWSREEL_ENTITIES), or set it to keep"
            )
        self._index = index
        self._editors = editors
        self._model = model
        self._personal = personal

    def results(self, results: Results) -> Results:
        """A page of results."""
        discretion = self._discretion()
        in_text = _in_texts(results, discretion)
        notes = tuple(self._note(note, in_text) for note in results.notes)
        if not discretion.is_needed:
            return replace(results, notes=notes)
        rows = self._rows([result.item.uri for result in results.results])
        return replace(
            results,
            query=_query(results.query, discretion, in_text),
            results=tuple(_result(each, discretion, _of(rows, each.item.uri)) for each in results.results),
            facets={facet: tuple(_facet(v, discretion) for v in values) for facet, values in results.facets.items()},
            names=tuple(_filter(name, discretion, in_text) for name in results.names),
            meant=_all(results.meant, discretion),
            notes=notes,
        )

    def query(self, results: Results) -> Query:
        """What was asked."""
        discretion = self._discretion()
        return _query(results.query, discretion, _in_texts(results, discretion))

    def item(self, item: Item) -> Item:
        """An item with all its texts."""
        discretion = self._discretion()
        return _item(item, discretion, discretion.in_item(item, self._rows([item.uri])))

    def namer(self) -> Callable[[str, str], str]:
        """How names that a model found in somebody's text are written: of a label and a name."""
        tagged = self._discretion().tagged()

        def said(label: str, name: str) -> str:
            written = _written(name, tagged)
            return written if written != name else self._personal.said(label, name)

        return said

    def listing(self, listing: Listing) -> Listing:
        """A page of those that items name."""
        return replace(listing, known=_all(listing.known, self._discretion()))

    def profile(self, profile: Profile) -> Profile:
        """All that is known of somebody or something; of one that is hidden no name."""
        discretion = self._discretion()
        likely = profile.likely and replace(profile.likely, known=_one(profile.likely.known, discretion))
        shown = replace(profile, together=_all(profile.together, discretion), likely=likely)
        if not discretion.hides(profile.known.key):
            return shown
        known = _one(profile.known, discretion)
        return replace(
            shown, known=known, aliases=(Alias(known.name, profile.mentions, ""),), more_aliases=0, merged=()
        )

    def _note(self, note: str, names: Names) -> str:
        return TROUBLE if note == self._editors.trouble else _written(note, names)

    def _discretion(self) -> Discretion:
        corrections = self._editors.current()
        return Discretion(self._personal, corrections, protected(self._index, corrections, now_ns()), self._model)

    def _rows(self, uris: Sequence[str]) -> pa.Table:
        return self._index.entities(now_ns(), uris=uris)


def _of(rows: pa.Table, uri: str) -> pa.Table:
    return rows.filter(pc.equal(rows["uri"], uri))


def _in_texts(results: Results, discretion: Discretion) -> Names:
    """For what a search says of itself: those that it is narrowed to, or might be, may be named there."""
    known = [*results.meant, *(each for name in results.names for each in (*name.known, *name.near))]
    asked = [(key(name.label, name.name), name.name) for name in results.names]
    return discretion.in_text([*((each.key, each.name) for each in known), *asked])


def _query(query: Query, discretion: Discretion, names: Names) -> Query:
    text = _written(query.text, names)[:MAX_QUERY_CHARACTERS]
    return replace(query, text=text, entities=tuple(map(discretion.key, query.entities)))


def _written(text: str, names: Names) -> str:
    return replaced(text, names(text)).text


def _all(known: Iterable[Known], discretion: Discretion) -> tuple[Known, ...]:
    return tuple(_one(each, discretion) for each in known)


def _one(known: Known, discretion: Discretion) -> Known:
    if not discretion.hides(known.key):
        return known
    return replace(known, key=discretion.key(known.key), name=discretion.written(known.key))


def _facet(value: FacetValue, discretion: Discretion) -> FacetValue:
    if value.entity is None or not discretion.hides(value.entity):
        return value
    return replace(value, value=discretion.written(value.entity), entity=discretion.key(value.entity))


def _filter(name: NameFilter, discretion: Discretion, names: Names) -> NameFilter:
    return replace(
        name,
        name=_written(name.name, names),
        asked=None,
        key=None if name.key is None else discretion.key(name.key),
        known=_all(name.known, discretion),
        near=_all(name.near, discretion),
    )


def _result(result: Result, discretion: Discretion, rows: pa.Table) -> Result:
    names = discretion.in_item(result.item, rows)
    segment, marks = _segment(result.item, result.segment, result.highlights, names)
    return replace(result, item=_item(result.item, discretion, names), segment=segment, highlights=marks)


def _segment(
    item: Item, segment: Segment, marks: Iterable[tuple[int, int]], names: Names
) -> tuple[Segment, tuple[tuple[int, int], ...]]:
    """A passage is a range of the body, also of the one that is written."""
    is_passage = item.kind is Kind.STORY and item.body[segment.start : segment.end] == segment.text
    start, end = (segment.start, segment.end) if is_passage else (0, len(segment.text))
    whole = item.body if is_passage else segment.text
    written = replaced(whole, names(whole))
    first, last = written.moved(start, end)
    moved = [written.moved(start + begin, start + stop) for begin, stop in marks]
    shown = replace(segment, text=written.text[first:last], context=_written(segment.context, names))
    if is_passage:
        shown = replace(shown, start=first, end=last)
    return shown, tuple(dict.fromkeys((begin - first, stop - first) for begin, stop in moved))


def _item(item: Item, discretion: Discretion, names: Names) -> Item:
    return replace(
        item,
        headline=_written(item.headline, names),
        body=_written(item.body, names),
        caption=_written(item.caption, names),
        byline=_byline(item.byline, discretion, names),
        place=_written(item.place, names),
        keywords=tuple(_written(keyword, names) for keyword in item.keywords),
        rights=_written(item.rights, names),
        film=item.film and _film(item.film, names),
    )


def _byline(byline: str, discretion: Discretion, names: Names) -> str:
    return replaced(byline, [*discretion.in_byline(byline), *names(byline)]).text


def _film(film: Film, names: Names) -> Film:
    return replace(film, cues=tuple(replace(cue, text=_written(cue.text, names)) for cue in film.cues))
