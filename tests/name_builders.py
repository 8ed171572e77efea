"""Archives whose items name whom a test says: `[Angela Merkel](PER)` is a name, and its label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from newsreel import app
from newsreel.core.entities import Entity
from newsreel.core.item import Item, Kind, Segment
from newsreel.core.ledger import LedgerRow, ReadText, State, StoredEntity, StoredItem, StoredSegment
from newsreel.core.protocols import Embedder, EntitySpace, VectorSpace
from newsreel.core.times import parse_day_ns
from newsreel.index.lance import LanceArchive
from newsreel.names import known_as, link
from newsreel.settings import Settings

_NAME = re.compile(r"\[([^\]]+)\]\((\w+)\)")


def read_marked(marked: str) -> tuple[str, tuple[Entity, ...]]:
    """A text without its marks, and the names that they mark."""
    text, at, found = "", 0, []
    for name in _NAME.finditer(marked):
        text += marked[at : name.start()]
        found.append(Entity(len(text), len(text) + len(name[1]), name[2], 0.9))
        text, at = text + name[1], name.end()
    return text + marked[at:], tuple(found)


def stored(uri: str, marked: str, embedder: Embedder, published: str | None = None, **fields: object) -> StoredItem:
    """An item of one segment: a story's body, or else a caption."""
    text, found = read_marked(marked)
    kind = fields.setdefault("kind", Kind.STORY)
    own = {"body": text} if kind is Kind.STORY else {"caption": text}
    moment = None if published is None else parse_day_ns(published)
    item = Item(uri=uri, headline=f"About {uri}", published_ns=moment, **own, **fields)  # type: ignore[arg-type]
    linked = link([text], [found])
    segment = Segment(id=f"{uri}#0000", uri=uri, position=0, start=0, end=len(text), text=text, context="")
    whole = StoredSegment(
        segment=segment,
        search_text=text,
        key=f"key of {text}",
        vector=embedder.embed([text])[0],
        read=ReadText(f"read {text}", found),
        named=linked.named[0],
    )
    entities = tuple(StoredEntity(entity, known_as(entity)) for entity in linked.entities)
    return StoredItem(item=item, segments=(whole,), entities=entities)


def put(archive: LanceArchive, items: Sequence[StoredItem]) -> None:
    """Store items as done; what has the uri of another takes its place."""
    rows = [LedgerRow(uri=i.item.uri, state=State.DONE, source=i.item.uri, input_hash=i.item.body) for i in items]
    archive.commit(items, rows)


def naming_archive(
    folder: Path, items: Sequence[StoredItem], space: VectorSpace, entity_space: EntitySpace | None
) -> LanceArchive:
    """An archive of these items."""
    with LanceArchive.lease(folder):
        archive = LanceArchive.create(folder, space, entity_space)
        put(archive, items)
    return archive


def open_naming(folder: Path, items: Mapping[str, tuple[str, str | None]], settings: Settings) -> app.Newsreel:
    """Stories by uri, each marked and with its day, in an archive that is open for searching."""
    embedder, model = app.open_embedder(settings), app.open_entity_model(settings)
    assert model is not None
    space = VectorSpace(embedder.card.name, embedder.fingerprint, embedder.dimension)
    made = [stored(uri, marked, embedder, published) for uri, (marked, published) in items.items()]
    naming_archive(folder, made, space, EntitySpace(model.card.name, model.fingerprint))
    return app.Newsreel(folder, settings)
