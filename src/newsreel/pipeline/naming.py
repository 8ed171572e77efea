"""What items name: the names in each text, from the archive where the same text was read before, linked item by item.

Read are a segment's own text and, once an item, what stands in no segment's text: the headline, and a story's caption.
A cue that lasts from one shot into the next is read with both, and counts once: where it stands again, a name stands
for what the same words stood for before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from newsreel.core.entities import Entity, Named
from newsreel.core.item import Item, Kind
from newsreel.core.ledger import ReadText, StoredEntity, StoredItem
from newsreel.core.protocols import Archive
from newsreel.names import known_as, link
from newsreel.pipeline.digest import digest
from newsreel.pipeline.stage import Engine
from newsreel.pipeline.stages import EntityStage, OpenEntities

__all__ = ["Namer"]


class Namer:
    """Says what items name. What is found in a text is a pure function of the text and the model."""

    def __init__(self, archive: Archive, engine: Engine, open_entities: OpenEntities, fingerprint: str) -> None:
        """Work for this archive on this engine; the fingerprint is the model's."""
        self._archive = archive
        self._engine = engine
        self._stage = EntityStage(open_entities)
        self._fingerprint = fingerprint
        self.computed = 0
        """Texts read so far, those not counted that were known."""

    def name(self, items: Sequence[StoredItem]) -> list[StoredItem]:
        """The same items, with what they name."""
        found = self._found([text for item in items for text in _texts(item)])
        return [_named(item, [found.get(text) for text in _texts(item)]) for item in items]

    def _found(self, texts: Sequence[str]) -> dict[str, ReadText]:
        keys = {text: digest(text, self._fingerprint) for text in texts if text}
        known = dict(self._archive.entities(keys.values()))
        missing = [text for text, key in keys.items() if key not in known]
        if missing:
            made = self._engine.run(self._stage, [pa.table({"text": missing})])
            rows = [row for table in made for row in table["entities"].to_pylist()]
            found = (tuple(Entity(**entity) for entity in row) for row in rows)
            known |= dict(zip((keys[text] for text in missing), found, strict=True))
            self.computed += len(missing)
        return {text: ReadText(key, known[key]) for text, key in keys.items()}


def _texts(item: StoredItem) -> list[str]:
    """What is read of an item: what stands in no segment, then each segment's text."""
    return [_apart(item.item), *(s.segment.text for s in item.segments)]


def _apart(item: Item) -> str:
    parts = [item.headline, item.caption if item.kind is Kind.STORY else ""]
    return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of an item, and what was found in it."""

    text: str
    anew: tuple[Entity, ...]
    again: tuple[Entity, ...]
    """In cues that an earlier text holds too."""


def _named(item: StoredItem, read: Sequence[ReadText | None]) -> StoredItem:
    repeated = [0, *(s.segment.repeated for s in item.segments)]
    texts = [_text(*of_one) for of_one in zip(_texts(item), read, repeated, strict=True)]
    linked = link([t.text for t in texts], [t.anew for t in texts])
    entities = tuple(StoredEntity(entity, known_as(entity)) for entity in linked.entities)
    _, *named = _with_repeated(texts, linked.named)
    segments = tuple(
        replace(segment, read=own, named=names)
        for segment, own, names in zip(item.segments, read[1:], named, strict=True)
    )
    return replace(item, segments=segments, entities=entities, read=read[0])


def _text(text: str, read: ReadText | None, repeated: int) -> _Text:
    found = read.entities if read else ()
    return _Text(
        text,
        anew=tuple(e for e in found if e.end > repeated),
        again=tuple(e for e in found if e.end <= repeated),
    )


def _with_repeated(texts: Sequence[_Text], named: Sequence[Sequence[Named]]) -> Iterator[tuple[Named, ...]]:
    """The names in each text, also those that a text before it has."""
    known: dict[tuple[str, str], str] = {}
    for text, names in zip(texts, named, strict=True):
        keys = ((e, known.get((e.label, text.text[e.start : e.end]))) for e in text.again)
        yield (*(Named(e.start, e.end, key, e.score) for e, key in keys if key), *names)
        for e, name in zip(text.anew, names, strict=True):
            known.setdefault((e.label, text.text[e.start : e.end]), name.key)
