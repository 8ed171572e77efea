"""Files that were made elsewhere: names that stay inside their folder, checksums, sizes to be read by people."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from newsreel.core.errors import ArtifactError

__all__ = ["folder_name", "inside", "megabytes", "sha256_of"]

_PART = re.compile(r"(?!\.)[\w.+-]{1,128}", re.ASCII)


def folder_name(name: str) -> str:
    """A model's name as one part of a path, `owner/name` as `owner--name`. Raises ArtifactError."""
    part = name.replace("/", "--")
    if not _PART.fullmatch(part):
        raise ArtifactError(
            f"'{name}' cannot name a model: letters, digits and . _ + - are what a name "
            "is made of, choose one with --name"
        )
    return part


def inside(folder: Path, name: str) -> Path:
    """Where the file `name` lies in `folder`. Raises ArtifactError for one that would lead out of it, or be hidden."""
    if not all(_PART.fullmatch(part) for part in name.split("/")):
        raise ArtifactError(f"{name!r} cannot name a file of a model: it may not lead out of its folder, or be hidden")
    return folder / PurePosixPath(name)


def sha256_of(path: Path) -> str:
    """A file's sha256 in hexadecimal, read once a process while the file stays as it is. Raises OSError."""
    found = path.stat()
    return _sha256(path, found.st_size, found.st_mtime_ns, found.st_ino)


@lru_cache(maxsize=256)
def _sha256(path: Path, size: int, mtime_ns: int, inode: int) -> str:  # noqa: ARG001 - what was seen is the key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(size: float) -> str:
    """Bytes for people to read."""
    return f"{size / 1e6:,.1f} MB"
