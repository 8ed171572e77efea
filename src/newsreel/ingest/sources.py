"""Sources to refs: what a user names becomes a list of single inputs, each read on its own later.

A location is how an input is written down on the ledger so that a resumed run finds it again:
`/desk/archive/./2026/a%20b.txt`, percent-encoded, with `/./` where the part that makes the uri begins, and `#line=12`
for a line of a manifest.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from newsreel.core.errors import SourceError

__all__ = ["MANIFEST_SUFFIX", "Ref", "Source", "expand", "reopen"]

MANIFEST_SUFFIX = ".jsonl"
MAX_LINE_BYTES = 64 * 1024 * 1024
_MARK = "/./"
_LINE = "#line="


@dataclass(frozen=True, slots=True)
class Ref:
    """One input: a file, or a line of a manifest."""

    location: str
    line: bytes | None = field(default=None, repr=False)
    """A manifest line's own bytes, cut at `MAX_LINE_BYTES` + 1."""

    @property
    def path(self) -> Path:
        """The file."""
        return Path(os.fsdecode(unquote_to_bytes(self.location.split(_LINE)[0].replace(_MARK, "/", 1))))

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

    @property
    def is_manifest(self) -> bool:
        """Whether its lines are the inputs."""
        return self.path.suffix.lower() == MANIFEST_SUFFIX and not self.path.is_dir()

    def covers(self, location: str) -> bool:
        """Whether an input at this location would be found again by listing this source."""
        own = _location(self.root, self.path)
        if self.path.is_dir():
            inside = location.startswith(quote(os.fsencode(self.root)).rstrip("/") + _MARK)
            return inside and _LINE not in location  # a folder does not read the manifests in it
        return location.split(_LINE)[0] == own

    def count(self) -> int:
        """How many inputs it has, for a progress bar."""
        if self.is_manifest:
            with self.path.open("rb") as file:
                return sum(1 for line in file if line.strip())
        return sum(1 for _ in self.refs())

    def refs(self) -> Iterator[Ref]:
        """Its inputs, in the order of their names or lines."""
        if self.is_manifest:
            yield from _lines(_location(self.root, self.path), self.path)
        elif self.path.is_dir():
            for path in _walk(self.path):
                yield Ref(_location(self.root, path))
        else:
            yield Ref(_location(self.root, self.path))


def expand(names: Sequence[str]) -> list[Source]:
    """What the user named, checked: files, folders, manifests, globs. Raises SourceError naming what is not there."""
    sources: list[Source] = []
    for name in names:
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


def reopen(locations: Iterable[str]) -> Iterator[Ref]:
    """The inputs at these locations as they are now. A manifest line that is gone is left out."""
    wanted: dict[str, set[str]] = {}
    for location in sorted(locations):
        wanted.setdefault(location.split(_LINE)[0], set()).add(location)
    for file, places in wanted.items():
        if file in places:
            yield Ref(file)
        lines = places - {file}
        path = Ref(file).path
        if lines and path.is_file():
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
    matches = [Path(m) for m in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207 rooted
    files = [m for m in matches if not m.is_dir()]
    if not files:
        raise SourceError(f"{pattern}: nothing matches")
    for match in files:
        yield _source(match, match.parent if match.suffix.lower() == MANIFEST_SUFFIX else root)


def _walk(folder: Path) -> Iterator[Path]:
    """Files below a folder by name. Hidden names are left out, and links to folders not followed: they may loop."""
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda e: os.fsencode(e.name))
    except OSError as error:
        raise SourceError(f"{folder}: cannot be listed: {error.strerror}") from error
    for entry in listed:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif not (entry.is_symlink() and Path(entry.path).is_dir()):
            yield Path(entry.path)


def _location(root: Path, path: Path) -> str:
    base = quote(os.fsencode(root)).rstrip("/")
    return base + _MARK + quote(os.fsencode(os.path.relpath(path, root)))


def _lines(location: str, path: Path) -> Iterator[Ref]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if line.strip():
                    yield Ref(f"{location}{_LINE}{number}", line)
                while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):  # the rest of a line that is refused
                    line = file.readline(MAX_LINE_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error
