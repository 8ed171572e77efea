"""One ref to its items: bytes, hash, then the format's own reader. Whatever is wrong ends as a cause."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newsreel.core.errors import UnclearReleaseError, UnreadableError
from newsreel.core.item import Item, Status, compare_versions
from newsreel.ingest import manifest, text
from newsreel.ingest.documents import Refusal, read_document
from newsreel.ingest.photos import looks_like_photo, read_photo
from newsreel.ingest.sources import MANIFEST_SUFFIX, Ref, open_regular

__all__ = ["READER_VERSION", "Reading", "read"]

READER_VERSION = "1"
"""Part of every input hash: raise it when the same bytes would now be read differently."""

MAX_URI = 4_000
"""Of a file: what is left of an item's 4,096 characters is for `#2`, `#3` where a file holds several."""
MAX_FILE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one ref gave: an item, or the cause why not. A file may give several items, each its own reading."""

    location: str
    uri: str
    input_hash: str
    item: Item | None = None
    thumbnail: bytes | None = field(default=None, repr=False)
    cause: str = ""
    hide: bool = False
    """There is a cause, and yet an embargo was read: what is stored of the item must not be shown."""
    unchanged: bool = False
    """The bytes are those on the ledger: nothing was parsed."""


def read(ref: Ref, known_hashes: Collection[str] = (), recipe: str = "") -> list[Reading]:
    """The readings of one ref.

    `known_hashes` are of inputs that are settled already; `recipe` says what will be done with the items, so that
    the hash of an input changes with it.
    """
    digest = hashlib.blake2b(f"{READER_VERSION} {recipe} ".encode(), digest_size=16)
    uri, fields, hide = ref.uri, None, False
    try:
        if ref.line is not None:
            digest.update(ref.line)
            fields = manifest.parse_line(ref.line)
            uri = text.uri(fields["uri"])[:4096]  # from here on it fails, if it does, under its own name
            hide = manifest.speaks_of_release(fields)
            fields = manifest.checked(fields)
        path, data = _content(ref, fields)
        digest.update(data)
        if digest.hexdigest() in known_hashes:
            return [Reading(location=ref.location, uri=uri, input_hash=digest.hexdigest(), unchanged=True)]
        pairs = _items(uri, fields, path, data)
    except UnreadableError as error:
        cause, hide = text.line(str(error)), hide or isinstance(error, UnclearReleaseError)
        return [Reading(location=ref.location, uri=uri, input_hash=digest.hexdigest(), cause=cause, hide=hide)]
    except Exception as error:  # noqa: BLE001 one input, whatever is in it, must not end the run for the others
        cause = f"Newsreel could not cope with it ({type(error).__name__}), which is a fault: please report it"
        return [Reading(location=ref.location, uri=uri, input_hash=digest.hexdigest(), cause=cause, hide=hide)]
    readings = [_reading(ref.location, digest.hexdigest(), found, thumbnail) for found, thumbnail in pairs]
    return list(_last_words(readings).values())


def _last_words(readings: list[Reading]) -> dict[str, Reading]:
    """One reading a uri: of several versions in one file the newest counts, and a cancellation above all."""
    kept: dict[str, Reading] = {}
    for new in readings:
        old = kept.get(new.uri)
        if old is None or _supersedes(new.item, old.item):
            kept[new.uri] = new
    return kept


def _supersedes(new: Item | None, old: Item | None) -> bool:
    if new is None or old is None:
        return new is not None
    if Status.CANCELED in (new.status, old.status):
        return new.status is Status.CANCELED
    return compare_versions(new, old) >= 0


def _reading(location: str, input_hash: str, found: Item | Refusal, thumbnail: bytes | None) -> Reading:
    if isinstance(found, Refusal):
        return Reading(location=location, uri=found.uri, input_hash=input_hash, cause=found.cause, hide=found.hide)
    return Reading(location=location, uri=found.uri, input_hash=input_hash, item=found, thumbnail=thumbnail)


def _content(ref: Ref, fields: Mapping[str, Any] | None) -> tuple[Path | None, bytes]:
    """The file that holds the item and its bytes; no file for a manifest line that holds it itself."""
    if fields is None:
        if ref.path.suffix.lower() == MANIFEST_SUFFIX:
            raise UnreadableError("a manifest inside a folder: name it as a source of its own")
        return ref.path, _slurp(ref.path)
    if not fields.get("path") or manifest.takes_away(fields):
        return None, b""
    path = manifest.contained(ref.path.parent, fields["path"])
    return path, _slurp(path)


def _items(
    uri: str, fields: Mapping[str, Any] | None, path: Path | None, data: bytes
) -> list[tuple[Item | Refusal, bytes | None]]:
    if path is None:
        return [(manifest.story_of(fields or {}), None)]
    if not data:
        raise UnreadableError("the file is empty")
    if len(uri) > MAX_URI:
        raise UnreadableError(f"its uri is longer than {MAX_URI:,} characters: shorten it, or the path it comes from")
    if looks_like_photo(data):
        photo = read_photo(path, data, uri=uri)
        pairs: list[tuple[Item | Refusal, bytes | None]] = [(photo.item, photo.thumbnail)]
    else:
        pairs = [(found, None) for found in read_document(data, name=path.name, uri=uri)]
    if fields is None:
        return pairs
    found, thumbnail = pairs[0]
    if len(pairs) > 1 or isinstance(found, Refusal):
        raise UnreadableError("the file of this line holds several items: name the file as a source of its own")
    return [(manifest.override(found, fields), thumbnail)]


_WHY = {
    errno.ENOENT: "the file is not there (removed meanwhile, or a link to nowhere)",
    errno.ELOOP: "a loop of symbolic links",
    errno.EISDIR: "a folder that cannot be read: check its permissions, or name a file",
    errno.EINVAL: "not a regular file (a pipe, a device or a socket)",
    errno.EACCES: "no permission to read the file",
    errno.ENAMETOOLONG: "the file's name is too long",
}


def _slurp(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE_BYTES:
                raise UnreadableError(f"the file has {size:,} bytes; {MAX_FILE_BYTES:,} is the most")
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UnreadableError(_WHY.get(error.errno or 0, f"the file cannot be read: {error.strerror}")) from None
    except ValueError:
        raise UnreadableError("the path is not one a file can have") from None
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"the file grew past {MAX_FILE_BYTES:,} bytes while it was read")
    return data
