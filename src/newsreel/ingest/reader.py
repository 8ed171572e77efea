"""One ref to its items: bytes, hash, then the format's own reader. Whatever is wrong ends as a cause."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from newsreel.core.errors import UnclearReleaseError, UnreadableError
from newsreel.core.item import Item, Status, compare_versions
from newsreel.ingest import manifest, text
from newsreel.ingest.beside import is_video
from newsreel.ingest.documents import Refusal, read_document
from newsreel.ingest.files import open_regular
from newsreel.ingest.names import VIDEO_SUFFIXES
from newsreel.ingest.photos import looks_like_photo, read_photo
from newsreel.ingest.sidecars import Sidecars, belongs_to_video
from newsreel.ingest.sources import MANIFEST_SUFFIX, Ref
from newsreel.ingest.videos import media_hash, read_video

__all__ = ["READER_VERSION", "Reading", "read"]

READER_VERSION = "2"
"""Part of every input hash: raise it when the same bytes would now be read differently."""

MAX_URI = 4_000
"""Of a file: what is left of an item's 4,096 characters is for `#2`, `#3` where a file holds several."""
MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of anything but a video, which is read in pieces and may have any size."""

_T = TypeVar("_T")


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
    beside: bool = False
    """It is read with the video that it lies beside: nothing of its own."""


def read(ref: Ref, known_hashes: Collection[str] = (), recipe: str = "", film_recipe: str = "") -> list[Reading]:
    """The readings of one ref; of a file that is read with the video that it lies beside one that says so.

    `known_hashes` are of inputs that are settled already; `recipe` says what will be done with the items, so that
    the hash of an input changes with it, and `film_recipe` what will be done with the pictures of videos.
    """
    attempt = _Attempt(ref, known_hashes, recipe, film_recipe)
    try:
        if attempt.is_beside:
            return [Reading(location=ref.location, uri=ref.uri, input_hash="", beside=True)]
        pairs = attempt.pairs()
    except UnreadableError as error:
        return [attempt.failed(text.line(str(error)), unclear=isinstance(error, UnclearReleaseError))]
    except Exception as error:  # noqa: BLE001 one input, whatever is in it, must not end the run for the others
        cause = f"Newsreel could not cope with it ({type(error).__name__}), which is a fault: please report it"
        return [attempt.failed(cause)]
    if pairs is None:
        return [attempt.unchanged()]
    input_hash = attempt.digest.hexdigest()
    readings = [_reading(ref.location, input_hash, found, thumbnail) for found, thumbnail in pairs]
    return list(_last_words(readings).values())


Pairs = list[tuple[Item | Refusal, bytes | None]]
"""Items and their thumbnails."""


class _Attempt:
    """One ref being read: what is known of it so far, should it fail."""

    def __init__(self, ref: Ref, known_hashes: Collection[str], recipe: str, film_recipe: str) -> None:
        self.digest = hashlib.blake2b(f"{READER_VERSION} {recipe} ".encode(), digest_size=16)
        self._ref = ref
        self._known_hashes = known_hashes
        self._film_recipe = film_recipe
        self._uri = ref.uri
        self._hide = False

    @property
    def is_beside(self) -> bool:
        """Whether it is a file that a video is read with. What a manifest's line names is an item of its own."""
        return self._ref.line is None and belongs_to_video(self._ref.path)

    def failed(self, cause: str, *, unclear: bool = False) -> Reading:
        """It gave no item."""
        return Reading(
            location=self._ref.location,
            uri=self._uri,
            input_hash=self.digest.hexdigest(),
            cause=cause,
            hide=self._hide or unclear,
        )

    def unchanged(self) -> Reading:
        """It is what the ledger knows already."""
        return Reading(location=self._ref.location, uri=self._uri, input_hash=self.digest.hexdigest(), unchanged=True)

    def pairs(self) -> Pairs | None:
        """The items; None where the input is unchanged. Raises UnreadableError."""
        fields = None if self._ref.line is None else self._fields(self._ref.line)
        path = self._file(fields)
        if path is None:
            return None if self._is_known() else [(manifest.story_of(fields or {}), None)]
        if is_video(path):
            return self._video(path, fields)
        data = _slurp(path)
        self.digest.update(data)
        return None if self._is_known() else _items(self._uri, fields, path, data)

    def _fields(self, line: bytes) -> Mapping[str, Any]:
        self.digest.update(line)
        fields = manifest.parse_line(line)
        self._uri = text.uri(fields["uri"])[:4096]  # from here on it fails, if it does, under its own name
        self._hide = manifest.speaks_of_release(fields)
        return manifest.checked(fields)

    def _file(self, fields: Mapping[str, Any] | None) -> Path | None:
        """The file that holds the item; none for a manifest line that holds it itself."""
        path = self._ref.path
        if fields is None:
            if path.suffix.lower() == MANIFEST_SUFFIX:
                raise UnreadableError("a manifest inside a folder: name it as a source of its own")
            return path
        if not fields.get("path") or manifest.takes_away(fields):
            return None
        return manifest.contained(path.parent, fields["path"])

    def _video(self, path: Path, fields: Mapping[str, Any] | None) -> Pairs | None:
        """A video: its descriptions first, which may hold it back, then the file itself, which may be large."""
        sidecars = Sidecars.of(path, self._is_allowed)
        self.digest.update(f"film {self._film_recipe} ".encode() + sidecars.digest)
        if self._is_known():
            return None
        described = sidecars.described(self._uri)
        if fields is None:
            self._uri = described.uri
        self._hide = self._hide or described.embargo_ns is not None
        said = described if fields is None else manifest.override(described, fields)
        if said.status is not Status.USABLE:
            return [(said, None)]
        hashed = _opened(lambda: media_hash(path))
        self.digest.update(hashed.encode())
        if self._is_known():
            return None
        _check_uri(self._uri)
        item = sidecars.added_to(_opened(lambda: read_video(path, uri=self._uri, hashed=hashed)), said)
        return [(item, None)]

    def _is_known(self) -> bool:
        return self.digest.hexdigest() in self._known_hashes

    def _is_allowed(self, sidecar: Path) -> bool:
        """A manifest speaks only of what lies in its folder."""
        try:
            return self._ref.line is None or bool(manifest.contained(self._ref.path.parent, str(sidecar)))
        except UnreadableError:
            return False


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


def _items(uri: str, fields: Mapping[str, Any] | None, path: Path, data: bytes) -> Pairs:
    if not data:
        raise UnreadableError("the file is empty")
    _check_uri(uri)
    if looks_like_photo(data):
        photo = read_photo(path, data, uri=uri)
        pairs: Pairs = [(photo.item, photo.thumbnail)]
    elif path.suffix.lower() in VIDEO_SUFFIXES:
        raise UnreadableError(f"named {path.suffix.lower()}, but it holds no video: copy it again, or name it as it is")
    else:
        pairs = [(found, None) for found in read_document(data, name=path.name, uri=uri)]
    if fields is None:
        return pairs
    found, thumbnail = pairs[0]
    if len(pairs) > 1 or isinstance(found, Refusal):
        raise UnreadableError("the file of this line holds several items: name the file as a source of its own")
    return [(manifest.override(found, fields), thumbnail)]


def _check_uri(uri: str) -> None:
    if len(uri) > MAX_URI:
        raise UnreadableError(f"its uri is longer than {MAX_URI:,} characters: shorten it, or the path it comes from")


_WHY = {
    errno.ENOENT: "the file is not there (removed meanwhile, or a link to nowhere)",
    errno.ELOOP: "a loop of symbolic links",
    errno.EISDIR: "a folder that cannot be read: check its permissions, or name a file",
    errno.EINVAL: "not a regular file (a pipe, a device or a socket)",
    errno.EACCES: "no permission to read the file",
    errno.ENAMETOOLONG: "the file's name is too long",
}


def _slurp(path: Path) -> bytes:
    def content() -> bytes:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_FILE_BYTES:
                raise UnreadableError(f"the file has {size:,} bytes; {MAX_FILE_BYTES:,} is the most")
            return file.read(MAX_FILE_BYTES + 1)

    data = _opened(content)
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableError(f"the file grew past {MAX_FILE_BYTES:,} bytes while it was read")
    return data


def _opened(work: Callable[[], _T]) -> _T:
    """What the work with a file gives. Raises UnreadableError with the reason why the file cannot be opened."""
    try:
        return work()
    except OSError as error:
        raise UnreadableError(_WHY.get(error.errno or 0, f"the file cannot be read: {error.strerror}")) from None
    except ValueError:
        raise UnreadableError("the path is not one a file can have") from None
