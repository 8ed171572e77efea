"""A model that an installed package carries. The package's code is not run."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from newsreel.core.errors import ArtifactError, UsageError
from newsreel.models.runtime.sources.source import Source

__all__ = ["from_package"]


def from_package(source: str) -> Source:
    """The folder `path` in what the distribution of `package:distribution/path` installed. Raises ArtifactError."""
    name, *path = source.removeprefix("package:").strip("/").split("/")
    if not name or {"", ".", ".."} & set(path):
        raise UsageError(f"'{source}' names no package: write package:distribution/path")
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise ArtifactError(f"the package {name} is not installed: `pip install {name}`") from None
    holds = {file.parts[0] for file in distribution.files or () if _is_below(file.parts, path)}
    folders = [Path(str(distribution.locate_file(top))).joinpath(*path) for top in sorted(holds)]
    if len(folders) != 1 or not folders[0].is_dir():
        found = f"{len(folders)} folders" if folders else "no folder"
        raise ArtifactError(f"the package {name} {distribution.version} carries {found} {'/'.join(path) or name}")
    return Source(folders[0].resolve(), source, distribution.version)


def _is_below(parts: tuple[str, ...], path: list[str]) -> bool:
    """Whether an installed file lies at `path` in a top-level package; scripts and metadata lie elsewhere."""
    inside = len(parts) > len(path) + 1 and parts[0] != ".." and not parts[0].endswith((".dist-info", ".data"))
    return inside and list(parts[1 : len(path) + 1]) == path
