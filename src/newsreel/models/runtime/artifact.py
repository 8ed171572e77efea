"""An artifact on disk: a folder with a graph, a tokenizer and a card, complete or not there at all."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsreel.core.errors import ArtifactError

__all__ = ["FORMAT", "Artifact", "install", "load"]

FORMAT = 1
"""Of the folder and its card. Artifacts of another format are refused with the command that makes them anew."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model made ready to run. `card` is the artifact's `card.toml`."""

    folder: Path
    card: Mapping[str, Any]

    def file(self, name: str) -> Path:
        """The path of one of its files."""
        return self.folder / name


def load(root: Path, name: str, *, task: str) -> Artifact:
    """The artifact called `name`. Raises ArtifactError when it is missing, incomplete or of another format."""
    folder = root / name
    remedy = f"make it with `newsreel models build {task}`"
    try:
        card = tomllib.loads((folder / "card.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArtifactError(f"the model '{name}' has not been made yet in {root}: {remedy}") from None
    except (OSError, ValueError) as error:
        raise ArtifactError(f"the card of the model '{name}' in {folder} cannot be read ({error}): {remedy}") from error
    if card.get("format") != FORMAT:
        raise ArtifactError(
            f"the model '{name}' in {folder} has format {card.get('format')}, this version reads {FORMAT}: {remedy}"
        )
    for file, size in card.get("files", {}).items():
        found = (folder / file).stat().st_size if (folder / file).is_file() else None
        if found != size:
            raise ArtifactError(f"{folder / file} has {found} bytes where its card says {size}: {remedy}")
    return Artifact(folder, card)


def install(root: Path, name: str, build: Callable[[Path], None]) -> None:
    """Let `build` fill an empty folder, then put it in place in one step. Two builds at once both succeed."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f".{name}-") as scratch:
        made = Path(scratch) / "artifact"
        made.mkdir()
        build(made)
        target = root / name
        if target.exists():
            target.rename(Path(scratch) / "replaced")
        try:
            made.rename(target)
        except OSError:  # another build was faster; its artifact is the same one
            shutil.rmtree(made)
