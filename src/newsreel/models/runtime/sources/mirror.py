"""A copy on this machine of a model's folder elsewhere: its useful files, bounded, whole or not there at all."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.files import inside, megabytes, sha256_of
from newsreel.models.runtime.sources.source import Report

__all__ = ["MODULE", "Copy", "Remote", "mirror", "unreachable", "useful"]

MAX_FILES, MAX_BYTES = 64, 32_000_000_000
"""Of a model. What has more is something else."""

MODULE = re.compile(r"\d{1,2}_\w{1,64}", re.ASCII)
"""A folder in the model's own, as SentenceTransformers names its modules: `1_Pooling`."""

_USEFUL = re.compile(r"[\w.+-]+\.(json|safetensors)|(vocab|merges)\.txt|README\.md|LICENSE(\.txt|\.md)?", re.ASCII)
_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5")


@dataclass(frozen=True, slots=True)
class Remote:
    """A file elsewhere."""

    name: str
    """Relative to the model's folder."""

    size: int
    """In bytes."""

    sha256: str | None = None
    """Where the place it lies in tells it."""


Copy = Callable[[Remote, Path, Callable[[int], None]], Path]
"""Brings a file into a scratch folder, tells how many bytes more it has, and says where the file lies."""


def useful(source: str, names: Sequence[str]) -> list[str]:
    """Those of a model's files that are fetched: weights that are no pickles, what describes them, the tokenizer.

    Raises ArtifactError where there are no such weights.
    """
    found = [name for name in names if _is_useful(name)]
    if not any(name.endswith(".safetensors") for name in found):
        pickles = sorted(name for name in names if name.endswith(_PICKLES))
        has = f"only {', '.join(pickles[:3])}, which may run code when read" if pickles else "none"
        raise ArtifactError(f"{source} has no weights as .safetensors ({has}): save it with `save_pretrained`")
    return found


def _is_useful(name: str) -> bool:
    *folders, file = name.split("/")
    return _USEFUL.fullmatch(file) is not None and len(folders) < 2 and all(map(MODULE.fullmatch, folders))


def mirror(source: str, place: Path, files: Sequence[Remote], copy: Copy, report: Report) -> Path:
    """The folder `place` with these files. It is fetched unless it is there; what an attempt left is gone on from.

    One process at a time fetches it, others wait. Raises ArtifactError, OSError.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.parent / f".{place.name}.lock"):
        if not place.is_dir():
            partial = place.parent / f".{place.name}.partial"
            partial.mkdir(exist_ok=True)
            _bounded(source, partial, files)
            _fill(source, partial, files, copy, report)
            partial.rename(place)
    return place


def _bounded(source: str, partial: Path, files: Sequence[Remote]) -> None:
    total = sum(file.size for file in files)
    if len(files) > MAX_FILES or total > MAX_BYTES:
        raise ArtifactError(
            f"{source} has {len(files)} files of {megabytes(total)}: a model has at most {MAX_FILES} of "
            f"{megabytes(MAX_BYTES)} here"
        )
    if (free := shutil.disk_usage(partial).free) < total:
        raise ArtifactError(
            f"{source} has {megabytes(total)}, and the disk of {partial.parent} has room for {megabytes(free)}: make "
            "room, or name another folder with NEWSREEL_ARTIFACTS"
        )


def _fill(source: str, partial: Path, files: Sequence[Remote], copy: Copy, report: Report) -> None:
    scratch = partial / ".arriving"
    done, total = 0, sum(file.size for file in files)

    def arrived(more: int) -> None:
        nonlocal done
        done += more
        report(f"fetching {source}, {megabytes(done)} of {megabytes(total)}")

    for file in files:
        before, path = done, inside(partial, file.name)
        if not path.is_file():
            scratch.mkdir(exist_ok=True)
            path.parent.mkdir(exist_ok=True)
            _checked(source, file, copy(file, scratch, arrived)).rename(path)
        arrived(before + file.size - done)
    shutil.rmtree(scratch, ignore_errors=True)


def _checked(source: str, file: Remote, path: Path) -> Path:
    size = path.stat().st_size
    if size != file.size:
        path.unlink()
        raise ArtifactError(
            f"{file.name} of {source} came with {size} bytes of {file.size}: run the same command again"
        )
    if file.sha256 is not None and (found := sha256_of(path)) != file.sha256:
        path.unlink()
        raise ArtifactError(
            f"{file.name} of {source} came with sha256 {found}, {file.sha256} was promised: run the same command again"
        )
    return path


def unreachable(source: str, why: object, fetched: Path) -> ArtifactError:
    """The error of a place that does not answer. `fetched` holds what came from it before."""
    folders = sorted(str(path) for path in fetched.glob("[!.]*") if path.is_dir())
    known = f"was fetched before and is a source by itself: {', '.join(folders)}" if folders else "is not here yet"
    return ArtifactError(f"{source} cannot be reached ({why}). It {known}. Folders and package:… need no network")
