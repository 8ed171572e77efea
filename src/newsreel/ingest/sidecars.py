"""What the files beside a video say of it, read with it: descriptions, XMP, subtitles.

A description (ninjs, NewsML-G2) speaks before XMP, and XMP before the video's own container. A description that cannot
be read holds the video back: an embargo may be in it. XMP and subtitles that cannot be read are a loss. A story that
only lies there under the video's name is no sidecar but an item of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from newsreel.core.errors import UnclearReleaseError, UnreadableError
from newsreel.core.item import Cue, Item, Kind
from newsreel.ingest import beside
from newsreel.ingest.documents import read_document
from newsreel.ingest.files import open_regular
from newsreel.ingest.names import DESCRIPTIONS, SIDECARS
from newsreel.ingest.photos import read_xmp
from newsreel.ingest.status import latest, strictest
from newsreel.ingest.videos.cues import read_cues

__all__ = ["Sidecars", "belongs_to_video", "videos_read_with"]

_MAX_BYTES = 50_000_000
_SAID = (
    "headline", "caption", "byline", "place", "rights", "language", "keywords", "version", "updated_ns", "published_ns",
    "media_path", "media_type", "film",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sidecars:
    """The files beside one video: found and read, not yet understood."""

    video: Path
    descriptions: tuple[tuple[str, bytes | None], ...]
    """Name and bytes; None where those cannot be had."""
    xmp: tuple[tuple[str, bytes | None], ...]
    subtitles: tuple[tuple[str, str, bytes | None], ...]
    """Name, language, bytes."""

    @classmethod
    def of(cls, video: Path, allowed: Callable[[Path], bool]) -> Sidecars:
        """Those of a video, as far as they are `allowed` to be read."""

        def content(path: Path) -> bytes | None:
            return _content(path) if allowed(path) else None

        return cls(
            video,
            tuple((path.name, content(path)) for path in beside.named_for(video, DESCRIPTIONS)),
            tuple((path.name, content(path)) for path in beside.named_for(video, [".xmp"])),
            tuple((path.name, language, content(path)) for path, language in beside.subtitles(video)),
        )

    @property
    def digest(self) -> bytes:
        """Of all their names and bytes."""
        digest = hashlib.blake2b(digest_size=16)
        subtitles = ((name, data) for name, _, data in self.subtitles)
        for name, data in (*self.descriptions, *self.xmp, *subtitles):
            digest.update(f"{name!a} {-1 if data is None else len(data)} ".encode() + (data or b""))
        return digest.digest()

    def described(self, uri: str) -> Item:
        """What the descriptions say: the first that says a thing counts, and the strictest status and embargo.

        Raises UnclearReleaseError where one cannot be read.
        """
        found = [(name, _description(name, data, uri)) for name, data in self.descriptions]
        said = [item for _, item in found if item is not None]
        item = Item(uri=uri, kind=Kind.VIDEO)
        if not said:
            return item
        whole = any(item is not None and name.startswith(self.video.name) for name, item in found)
        return replace(
            _filled(item, *said),
            uri=said[0].uri if whole or beside.first_of_its_name(self.video) else uri,
            status=strictest(one.status for one in said),
            embargo_ns=latest(one.embargo_ns for one in said),
        )

    def added_to(self, item: Item, described: Item) -> Item:
        """The video with what is said beside it before what it says itself, with its cues, and with what was lost."""
        packets = {name: read_xmp(data or b"", item.uri, Kind.VIDEO) for name, data in self.xmp}
        losses = [item.loss, *(f"{name} says nothing that is read" for name, said in packets.items() if said is None)]
        item = _filled(described, *(said for said in packets.values() if said is not None), item)
        cues, note, lost = self._cues(item.language)
        film = item.film and replace(item.film, cues=cues, stream=item.film.stream + note)
        return replace(item, film=film, loss="; ".join(filter(None, (*losses, *lost))))

    def _cues(self, language: str) -> tuple[tuple[Cue, ...], str, list[str]]:
        """The cues of one subtitle file, which it is, and what was wrong with it or with those tried before it."""
        lost: list[str] = []
        for name, _, data in (ranked := sorted(self.subtitles, key=lambda one: _rank(one, language))):
            try:
                if data is None:
                    raise UnreadableError("it cannot be read, or is too large")
                transcript = read_cues(data)
            except UnreadableError as error:
                lost.append(f"{name} is left out: {error}")
                continue
            if transcript.skipped:
                lost.append(f"{name}: {transcript.skipped} cue(s) could not be read")
            others = f", {len(ranked) - 1} other subtitle file(s) left" if len(ranked) > 1 else ""
            return transcript.cues, f"; cues from {name}{others}", lost
        return (), "", lost


def belongs_to_video(path: Path) -> bool:
    """Whether a file is read with the video that it lies beside, and is no input of its own."""
    return bool(videos_read_with(path))


def videos_read_with(path: Path) -> list[Path]:
    """The videos that a file lies beside and is read with; none where it is an input of its own."""
    videos = beside.videos_of(path) if path.suffix.lower() in SIDECARS else []
    return videos if videos and _speaks_of_them(path) else []


def _speaks_of_them(path: Path) -> bool:
    if path.suffix.lower() not in DESCRIPTIONS:
        return True
    try:
        return _description(path.name, _content(path), "file:video") is not None
    except UnclearReleaseError:
        return True


def _content(path: Path) -> bytes | None:
    """A sidecar's bytes; None where they cannot be had."""
    try:
        with open_regular(path) as file:
            data = file.read(_MAX_BYTES + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= _MAX_BYTES else None


def _description(name: str, data: bytes | None, uri: str) -> Item | None:
    """What a description says of its video; None where it is a story, or a picture, of its own."""
    try:
        if data is None:
            raise UnreadableError("it cannot be read, or is too large")
        found = read_document(data, name=name, uri=uri, beside_film=True)
    except UnreadableError as error:
        raise _unclear(name, str(error)) from None
    if all(isinstance(one, Item) and one.kind is not Kind.VIDEO for one in found):
        return None
    if len(found) > 1 or not isinstance(found[0], Item):
        raise _unclear(name, "it holds several items; a video is described by one")
    return found[0]


def _unclear(name: str, cause: str) -> UnclearReleaseError:
    return UnclearReleaseError(f"an embargo may be in its {name}, which is not read: {cause}. Mend it or move it away")


def _filled(item: Item, *others: Item) -> Item:
    """The item, with each thing that it does not say from the first of the others that does."""
    values = {name: [v for one in (item, *others) if (v := getattr(one, name)) not in ("", (), None)] for name in _SAID}
    return replace(item, **{name: found[0] for name, found in values.items() if found})


def _rank(subtitle: tuple[str, str, bytes | None], wanted: str) -> tuple[bool, int, bool, str]:
    """The item's own language first, then one that does not say, then English; forced ones, which say little, last."""
    name, language, _ = subtitle
    own = language.split("-")[0].lower()
    known = [wanted.split("-")[0].lower(), "", "en"]
    return ".forced." in name, known.index(own) if own in known else len(known), not name.endswith(".vtt"), name
