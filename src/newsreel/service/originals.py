"""An item's original: opened with care, described, and sent in pieces."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from newsreel import telemetry
from newsreel.core.errors import NotFoundError
from newsreel.ingest.sources import open_regular

__all__ = ["CutShortError", "FilePart", "Original", "attachment", "open_original"]

_PIECE_BYTES = 256 * 1024
_SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Original:
    """What is known of an original once it is open."""

    name: str
    """Its file's."""
    media_type: str
    size: int
    tag: str
    """An `ETag`: another one once the file was written to."""

    @property
    def is_picture(self) -> bool:
        """Whether any browser shows it as a picture."""
        return self.media_type in _SHOWN

    @property
    def is_inert(self) -> bool:
        """Whether it can be shown in a browser, and cannot do anything there: an SVG or a page could run scripts."""
        return self.is_picture or self.media_type.startswith(("video/", "audio/"))


def open_original(path: Path, media_type: str, uri: str) -> tuple[BinaryIO, Original]:
    """An original, open for reading. Raises NotFoundError where there is no regular file that can be read."""
    try:
        file = open_regular(path)
    except OSError as error:
        raise NotFoundError(
            f"the original of {uri} cannot be read where it was when it was indexed: put it back, or index it again"
        ) from error
    about = os.fstat(file.fileno())
    known = media_type if _TYPE.fullmatch(media_type) else _UNKNOWN
    return file, Original(path.name, known, about.st_size, f'"{about.st_size:x}-{about.st_mtime_ns:x}"')


def attachment(name: str) -> str:
    """The `Content-Disposition` that saves a file under this name (RFC 6266)."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"


class CutShortError(Exception):
    """A file ended, or could not be read on, before all that was promised of it was sent."""


class FilePart(StreamingResponse):
    """Some bytes of an open file, read as they are sent. The file is closed with the answer, however that ends.

    Where the file is cut short meanwhile the answer stops there: the server closes the connection, so that the reader
    sees that it is not whole.
    """

    def __init__(
        self, file: BinaryIO, part: range, *, status_code: int, headers: dict[str, str], media_type: str
    ) -> None:
        """Answer with these bytes of the file."""
        self._file = file
        length = {"Content-Length": str(len(part))}
        super().__init__(_pieces(file, part), status_code, headers | length, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await super().__call__(scope, receive, send)
        except CutShortError as error:
            telemetry.failed(error)
        finally:
            self._file.close()


def _pieces(file: BinaryIO, part: range) -> Iterator[bytes]:
    left = len(part)
    try:
        file.seek(part.start)
        while left:
            piece = file.read(min(left, _PIECE_BYTES))
            if not piece:
                raise CutShortError(f"{left} bytes are missing at the file's end")
            left -= len(piece)
            yield piece
    except OSError as error:
        raise CutShortError(f"the file cannot be read on: {error.strerror}") from error
