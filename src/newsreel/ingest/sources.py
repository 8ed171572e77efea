"""Sources to refs: what a user names becomes a list of single inputs, each read on its own later.

A location is how an input is written down on the ledger so that a resumed run finds it again:
`/desk/archive/./2026/a%20b.txt`, percent-encoded, with `/./` where the part that makes the uri begins, and `#line=12`
for a line of a manifest.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from newsreel.core.errors import SourceError
from newsreel.ingest.files import open_regular
from newsreel.ingest.sidecars import videos_read_with

__all__ = ["LINE_MARK", "MANIFEST_SUFFIX", "Ref", "Source", "expand", "open_regular", "reopen"]

MANIFEST_SUFFIX = ".jsonl"
MAX_LINE_BYTES = 64 * 1024 * 1024
_MARK = "/./"
LINE_MARK = "#line="


@dataclass(frozen=True, slots=True)
class Ref:
    """One input: a file, or a line of a manifest."""

    location: str
    line: bytes | None = field(default=None, repr=False)
    """A manifest line's own bytes, cut at `MAX_LINE_BYTES` + 1."""

    @property
    def path(self) -> Path:
        """The file."""
        return Path(os.fsdecode(unquote_to_bytes(self.location.split(LINE_MARK)[0].replace(_MARK, "/", 1))))

    @property
    def exists(self) -> bool:
        """Whether the file is there, as far as one may look."""
        return os.path.exists(self.path)  # noqa: PTH110 Path's may raise

    @property
    def uri(self) -> str:
        """The item's uri unless its format carries one (design decision 12)."""
        return "file:" + self.location.split(_MARK, 1)[1]


@dataclass(frozen=True, slots=True)
class Source:
    """What the user named: one file, manifest, or folder (a glob is one source for each match)."""

    root: Path
    """What uris are relative to."""
    path: Path
    left_out: Path | None = None
    """A folder that is not read though it lies in the source: the archive itself."""

    @property
    def is_manifest(self) -> bool:
        """Whether its lines are the inputs."""
        return self.path.suffix.lower() == MANIFEST_SUFFIX and not self.path.is_dir()

    def covers(self, location: str) -> bool:
        """Whether an input at this location would be found again by listing this source."""
        own = _location(self.root, self.path)
        if self.path.is_dir():
            inside = location.startswith(quote(os.fsencode(self.root)).rstrip("/") + _MARK)
            return inside and LINE_MARK not in location  # a folder does not read the manifests in it
        return location.split(LINE_MARK)[0] == own

    def count(self) -> int:
        """How many inputs it has, for a progress bar."""
        return sum(1 for _ in self.refs())

    def refs(self) -> Iterator[Ref]:
        """Its inputs, in the order of their names or lines."""
        if self.is_manifest:
            yield from _lines(_location(self.root, self.path), self.path)
        elif self.path.is_dir():
            for path in _walk(self.path, self.left_out):
                yield Ref(_location(self.root, path))
        else:
            yield Ref(_location(self.root, self.path))


def expand(names: Sequence[str], left_out: Path | None = None) -> list[Source]:
    """What the user named, checked: files, folders, manifests, globs. Raises SourceError naming what is not there.

    With a file that is read with a video beside it comes that video. `left_out` is a folder that is not read where it
    lies in a source.
    """
    sources = _with_their_videos(_named(names))
    if left_out is None:
        return sources
    archive = Path(os.path.realpath(left_out))  # Path's own raises where links go round
    for source in sources:
        if Path(os.path.realpath(source.path)).is_relative_to(archive):
            raise SourceError(f"{source.path}: lies in the archive itself: keep the archive in a folder of its own")
    return [replace(source, left_out=archive) for source in sources]


def _named(names: Sequence[str]) -> list[Source]:
    sources: list[Source] = []
    for name in names:
        if not name:
            raise SourceError("a source without a name: is a variable empty? '.' is the current folder")
        if "://" in name:
            raise SourceError(f"{name}: sources on the network are not read yet; copy it to a folder first")
        path = Path(name)
        if _exists(path):
            sources.append(_source(path, path if path.is_dir() else path.parent))
        elif glob.has_magic(name):
            sources.extend(_globbed(name))
        else:
            raise SourceError(f"{name}: there is no such file or folder")
    return sources


def _with_their_videos(sources: Sequence[Source]) -> list[Source]:
    """A sidecar is nothing of its own: naming it names the videos that it speaks of, once."""
    named = {source.path for source in sources}
    found = list(sources)
    for source in sources:
        for video in () if source.path.is_dir() else videos_read_with(source.path):
            if video not in named:
                named.add(video)
                found.append(Source(source.root, video))
    return found


def reopen(locations: Iterable[str]) -> Iterator[Ref]:
    """The inputs at these locations as they are now. A manifest line that is gone is left out."""
    wanted: dict[str, set[str]] = {}
    for location in sorted(locations):
        wanted.setdefault(location.split(LINE_MARK)[0], set()).add(location)
    for file, places in wanted.items():
        if file in places:
            yield Ref(file)
        lines = places - {file}
        path = Ref(file).path
        if lines:
            with suppress(SourceError):  # what is not given here is not there any more
                yield from (ref for ref in _lines(file, path) if ref.location in lines)


def _exists(path: Path) -> bool:
    return os.path.lexists(path)  # a link to nowhere is an input that fails, not a name that is wrong


def _source(path: Path, root: Path) -> Source:
    # Made absolute without following links: the uri is of the name the user gave.
    return Source(Path(os.path.abspath(root)), Path(os.path.abspath(path)))  # noqa: PTH100


def _globbed(pattern: str) -> Iterator[Source]:
    fixed: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    root = Path(*fixed) if fixed else Path()
    shapes = Path(pattern).parts[len(fixed) :]
    below = _deep(root, shapes) if "**" in shapes else glob.iglob(pattern)  # noqa: PTH207 rooted
    files = [Path(m) for m in sorted(below) if not os.path.isdir(m)]  # noqa: PTH112 Path's asks for rights
    if not files:
        raise SourceError(f"{pattern}: nothing matches")
    for match in files:
        yield _source(match, match.parent if match.suffix.lower() == MANIFEST_SUFFIX else root)


def _deep(root: Path, shapes: Sequence[str]) -> Iterator[str]:
    """What a pattern with `**` matches, walked as folders are: `glob` would follow links round and round."""
    for path in _walk(root, None):
        if _fits(path.relative_to(root).parts, tuple(shapes)):
            yield str(path)


def _fits(names: tuple[str, ...], shapes: tuple[str, ...]) -> bool:
    if not shapes:
        return not names
    if shapes[0] == "**":
        return any(_fits(names[n:], shapes[1:]) for n in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], shapes[0]) and _fits(names[1:], shapes[1:])


def _walk(folder: Path, left_out: Path | None) -> Iterator[Path]:
    """Files below a folder by name. Hidden names are left out, and links to folders not followed: they may loop.

    A folder further down that cannot be listed is given itself, as an input that will fail.
    """
    open_folders = [iter(_listed(folder))]
    while open_folders:
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
        elif entry.name.startswith("."):
            continue
        elif not _is_folder(entry):
            if not (entry.is_symlink() and os.path.isdir(entry.path)):  # noqa: PTH112 Path's may raise
                yield Path(entry.path)
        elif left_out is None or entry.name != left_out.name or Path(entry.path).resolve() != left_out:
            try:
                open_folders.append(iter(_listed(Path(entry.path))))
            except SourceError:
                yield Path(entry.path)


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda e: os.fsencode(e.name))
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed: {error.strerror}") from error


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:  # reading it will tell what is wrong
        return False


def _location(root: Path, path: Path) -> str:
    base = quote(os.fsencode(root)).rstrip("/")
    return base + _MARK + quote(os.fsencode(os.path.relpath(path, root)))


def _lines(location: str, path: Path) -> Iterator[Ref]:
    try:
        with open_regular(path) as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if line.strip():
                    yield Ref(f"{location}{LINE_MARK}{number}", line)
                while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):  # the rest of a line that is refused
                    line = file.readline(MAX_LINE_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
