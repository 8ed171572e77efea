"""From what the user calls a SOURCE to a folder on this machine."""

from __future__ import annotations

import re
from pathlib import Path

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sources.bucket import from_bucket
from newsreel.models.runtime.sources.hub import from_hub
from newsreel.models.runtime.sources.package import from_package
from newsreel.models.runtime.sources.source import Report, Source

__all__ = ["fetch", "place_and_revision"]


def fetch(source: str, cache: Path, report: Report) -> Source:
    """The folder of a pretrained model; what comes over a network is kept in `cache`, and is whole or not there.

    `source` is a folder, `s3://bucket/prefix`, `hf:owner/name` (with `@revision`, or main as it is now), or
    `package:distribution/path` of an installed package. Raises UsageError for anything else, and ArtifactError.
    """
    try:
        if source.startswith("s3://"):
            return from_bucket(source, cache / "s3", report)
        if source.startswith("hf:"):
            return from_hub(source, cache / "hub", report)
        if source.startswith("package:"):
            return from_package(source)
        if re.match(r"[a-z][a-z0-9+.-]+:", source):
            raise UsageError(
                f"'{source}' is no source of models: a folder, s3://bucket/prefix, hf:owner/name@revision and "
                "package:distribution/path are"
            )
        return _from_folder(source)
    except OSError as error:
        raise ArtifactError(f"{source} cannot be fetched ({error})") from error


def place_and_revision(source: str) -> tuple[str, str | None]:
    """The place a source names, however it is written, and the revision asked for, if any. Nobody is asked."""
    if source.startswith("hf:"):
        place, _, revision = source.partition("@")
        return place, revision or None
    if source.startswith(("s3://", "package:")):
        return source.rstrip("/"), None
    return str(Path(source).expanduser().resolve()), None


def _from_folder(source: str) -> Source:
    folder = Path(source).expanduser()
    if folder.is_dir():
        return Source(folder.resolve(), str(folder.resolve()))
    if folder.exists():
        raise ArtifactError(f"{source} is a file: name the folder of the model, with its config.json")
    hint = f"; of the hub's models say hf:{source}" if re.fullmatch(r"[\w.-]+/[\w.-]+", source) else ""
    raise ArtifactError(f"there is no folder {source}{hint}")
