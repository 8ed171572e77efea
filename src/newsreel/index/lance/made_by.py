"""What an archive says of itself in `archive.json`: its format, and which models made what it holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from newsreel.core.errors import ArchiveError, ArchiveMissingError
from newsreel.core.protocols import EntitySpace, VectorSpace
from newsreel.index.lance.table import storage_errors

__all__ = ["FORMAT", "read_spaces", "write_spaces"]

FORMAT = 4
"""Of the tables. An archive of another format is refused, never guessed at."""


def write_spaces(path: Path, vectors: VectorSpace, entities: EntitySpace | None) -> None:
    """Say it of the archive at `path`, all at once."""
    made_by = {"embedder": asdict(vectors), "entities": None if entities is None else asdict(entities)}
    with storage_errors(path):
        unfinished = path / "archive.json.new"
        unfinished.write_text(json.dumps({"format": FORMAT, **made_by}, indent=2) + "\n")
        unfinished.replace(path / "archive.json")


def read_spaces(path: Path) -> tuple[VectorSpace, EntitySpace | None]:
    """What the archive at `path` says. Raises ArchiveMissingError, ArchiveError."""
    try:
        about = json.loads((path / "archive.json").read_text())
    except FileNotFoundError:
        raise ArchiveMissingError(
            f"there is no archive at {path}: make one with `newsreel index SOURCE --archive {path}`"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArchiveError(f"{path / 'archive.json'} cannot be read ({error}): restore it, or index again") from error
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise ArchiveError(
            f"the archive at {path} has format {str(about.get('format') if isinstance(about, dict) else about)[:80]}, "
            f"this version reads format {FORMAT}: index again into a new folder"
        )
    return _vectors(path, about.get("embedder")), _entities(path, about.get("entities", ""))


def _vectors(path: Path, made_by: Any) -> VectorSpace:
    match made_by:
        case {"name": str(name), "fingerprint": str(fingerprint), "dimension": int(dimension)}:
            return VectorSpace(name, fingerprint, dimension)
    raise _unsaid(path, "vectors")


def _entities(path: Path, made_by: Any) -> EntitySpace | None:
    match made_by:
        case None:
            return None
        case {"name": str(name), "fingerprint": str(fingerprint)}:
            return EntitySpace(name, fingerprint)
    raise _unsaid(path, "entities")


def _unsaid(path: Path, what: str) -> ArchiveError:
    return ArchiveError(f"{path / 'archive.json'} does not say what made the {what}: restore it, or index again")
