"""An archive with live feeds in it, as `newsreel live --index` leaves them."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from fastapi import FastAPI
from PIL import Image

from newsreel import app
from newsreel.core.item import Cue
from newsreel.core.ledger import LedgerRow, State, StoredItem
from newsreel.core.protocols import VectorSpace
from newsreel.core.rows import SHOTS
from newsreel.core.times import NS_PER_S, TimeRange, format_ns, now_ns
from newsreel.index.lance import LanceArchive
from newsreel.service import create_app
from newsreel.service.serving import Server
from newsreel.settings import Settings
from newsreel.testing.contracts.archives import stored_film

__all__ = ["Air", "Served", "open_archive", "serving"]


def open_archive(folder: Path, settings: Settings) -> LanceArchive:
    """An empty archive without entities, for the real embedder."""
    embedder = app.open_embedder(settings)
    space = VectorSpace(embedder.card.name, embedder.fingerprint, embedder.dimension)
    return LanceArchive.create(folder, space, None)


def keyframe(shade: int) -> bytes:
    """A JPEG of one grey."""
    drawn = io.BytesIO()
    Image.fromarray(np.full((27, 48), shade, np.uint8)).save(drawn, "JPEG")
    return drawn.getvalue()


class Air:
    """A stretch of a feed that began some seconds ago; each of its shots lasts a second."""

    def __init__(self, archive: LanceArchive, name: str, *, ago_s: int = 60) -> None:
        """Nothing of it is in the archive yet."""
        self._archive = archive
        self._began_ns = (now_ns() // NS_PER_S - ago_s) * NS_PER_S
        self.uri = f"live:{name}/{format_ns(self._began_ns)}"
        self._rows: list[dict[str, object]] = []

    def begin(self) -> None:
        """The shots of the next commit are written, and not yet the item."""
        span = {"start_ns": len(self._rows) * NS_PER_S, "end_ns": (len(self._rows) + 1) * NS_PER_S}
        own = {"id": f"{self.uri}#{len(self._rows)}", "position": len(self._rows)}
        self._archive.keep_shots(pa.Table.from_pylist([self._rows[-1] | span | own], SHOTS))

    def end(self) -> None:
        """The last shot ends the item, until another follows."""
        ended = self._rows[-1] | {"transition": "end", "confidence": None}
        self._archive.keep_shots(pa.Table.from_pylist([ended], SHOTS))

    def show(self, *looks: int | None, said: Sequence[str] = (), marks: Sequence[str] = (), **fields: object) -> None:
        """More shots end, one for each look; one commit."""
        film, table = stored_film(self.uri, published_ns=self._began_ns, **fields)
        template = table.to_pylist()[0]
        first = len(self._rows)
        for number, look in enumerate(looks, first):
            span = {"start_ns": number * NS_PER_S, "end_ns": (number + 1) * NS_PER_S}
            own = {"id": f"{self.uri}#{number}", "position": number, "look": look, "transition": "cut"}
            own |= {"start_frame": number * 25, "end_frame": number * 25 + 25, "confidence": 0.9}
            own |= {"keyframe": keyframe(40 * number % 256), "marks": [{"kind": kind, **span} for kind in marks]}
            self._rows.append(template | span | own)
        self._archive.keep_shots(pa.Table.from_pylist(self._rows[max(first - 1, 0) :], SHOTS))
        cues = tuple(
            Cue(TimeRange(n * NS_PER_S + 1, (n + 1) * NS_PER_S - 1), text) for n, text in enumerate(said) if text
        )
        assert film.item.film
        item = replace(
            film.item,
            headline=self.uri,
            film=replace(film.item.film, cues=cues, duration_ns=len(self._rows) * NS_PER_S),
        )
        stored = StoredItem(item=item, segments=(), thumbnail=keyframe(99), shots_key=film.shots_key)
        row = LedgerRow(uri=self.uri, state=State.DONE, source=self.uri, input_hash=str(len(self._rows)))
        self._archive.commit([stored], [row])


@dataclass(frozen=True, slots=True)
class Served:
    """An archive, and the application that serves it at this address."""

    archive: LanceArchive
    app: FastAPI
    server: Server
    address: str


@contextmanager
def serving(archive: LanceArchive) -> Iterator[Served]:
    """The archive is served meanwhile."""
    served = create_app(app.Serving(app.Newsreel(archive.path, Settings(entities="none"))))
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        server = Server(served)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Served(archive, served, server, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        thread.join(timeout=5)
        assert not thread.is_alive()  # whoever still watches does not hold it up
