"""An artifact on disk: a folder with graphs, a tokenizer and a card, complete or not there at all."""

from __future__ import annotations

import errno
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from newsreel.core.errors import ArtifactError
from newsreel.models.runtime.files import folder_name, inside, megabytes, sha256_of
from newsreel.models.runtime.memory import available_bytes

__all__ = ["FORMAT", "Artifact", "install", "listing", "load", "load_shipped", "names"]

FORMAT = 2
"""Of the folder and its card. Artifacts of another format are refused with the command that makes them anew."""

_SHIPPED = "install Newsreel anew, which it comes with"

_CARD, _BUILDING = "card.toml", ".building"


class _NewerError(ArtifactError):
    """Made by a version that knows more than this one: not to be replaced unasked."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model made ready to run. `card` is the artifact's `card.toml`, checked."""

    folder: Path
    card: Mapping[str, Any]

    @property
    def precision(self) -> str:
        """That of the graph to run, unless another is asked for."""
        return str(self.card["precision"])

    def file(self, name: str) -> Path:
        """The path of one of its files, its checksum checked once a process. Raises ArtifactError."""
        listed = self.card["files"].get(name)
        if listed is None:
            raise ArtifactError(f"the model in {self.folder} has no {name}: {self._remedy}")
        path = inside(self.folder, name)
        try:
            found = sha256_of(path)
        except OSError as error:
            raise ArtifactError(f"{path} cannot be read ({error.strerror}): {self._remedy}") from error
        if found != listed["sha256"]:
            raise ArtifactError(f"{path} has sha256 {found}, its card says {listed['sha256']}: {self._remedy}")
        return path

    def graph(self, precision: str | None = None) -> Path:
        """The graph to run, checked with what belongs to it. Raises ArtifactError, also when it is larger than memory.

        `precision` is one of the card's `graphs`; without it, the card's own choice.
        """
        wanted = precision or self.precision
        graphs: Mapping[str, str] = self.card["graphs"]
        if wanted not in graphs:
            raise ArtifactError(f"the model in {self.folder} has no {wanted} graph, it has {' and '.join(graphs)}")
        name = graphs[wanted]
        parts = [file for file in self.card["files"] if file == name or file.startswith(f"{name}.")]
        _fits(self.folder / name, sum(self.card["files"][part]["bytes"] for part in parts))
        for part in parts:
            self.file(part)
        return self.file(name)

    @property
    def _remedy(self) -> str:
        return _remedy(self.card)


def listing(folder: Path) -> dict[str, dict[str, Any]]:
    """The card's `files`: of each that lies in `folder`, by its name, the `bytes` and the `sha256`."""
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != _CARD]
    names = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: {"bytes": path.stat().st_size, "sha256": sha256_of(path)} for name, path in names.items()}


def load(root: Path, name: str, *, task: str | None = None) -> Artifact:
    """The artifact called `name`. Raises ArtifactError when it is missing, incomplete or of another format or task."""
    return _read(root / folder_name(name), task)


def load_shipped(folder: Path, *, task: str) -> Artifact:
    """The artifact that lies in a folder of the package. Raises ArtifactError."""
    return _read(folder, task, _SHIPPED)


def names(root: Path) -> list[str]:
    """Of the artifacts in `root`, whole or not."""
    folders = root.iterdir() if root.is_dir() else ()
    return sorted(folder.name for folder in folders if (folder / _CARD).is_file())


def install(
    root: Path,
    name: str,
    build: Callable[[Path], None],
    *,
    again: bool = False,
    suits: Callable[[Artifact], bool] | None = None,
    report: Callable[[str], None] | None = None,
) -> Artifact:
    """Let `build` fill an empty folder, then put it in place. What is there and whole, and `suits`, is taken.

    With `again` it never is, and is replaced though a newer Newsreel made it.

    Of two builds at once the second waits, and so takes what the first made: `suits` is asked when the waiting is over.
    A build that fails or is killed leaves what was there. `report` is told when there is somebody to wait for. Raises
    ArtifactError.
    """
    target = root / folder_name(name)
    try:
        with _alone(target, report) as scratch:
            standing = None if again else _standing(target)
            if standing is not None and (suits is None or suits(standing)):
                return standing
            return _put(target, scratch, build)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "make room, or name another folder with NEWSREEL_ARTIFACTS" if full else "what was there is kept"
        raise ArtifactError(f"building the model '{name}' in {root} failed ({error}): {remedy}") from error


def _put(target: Path, scratch: Path, build: Callable[[Path], None]) -> Artifact:
    made = scratch / "artifact"
    made.mkdir()
    build(made)
    card = _read(made).card
    if target.exists():
        target.rename(scratch / "replaced")
    made.rename(target)
    return Artifact(target, card)


def _standing(target: Path) -> Artifact | None:
    try:
        return _read(target)
    except _NewerError:
        raise
    except ArtifactError:
        return None


@contextmanager
def _alone(target: Path, report: Callable[[str], None] | None) -> Iterator[Path]:
    """An empty folder to build `target` in, held by a lock that the kernel drops when its holder dies, however it does.

    So what lies in such a folder without a lock is a killed build's, and is cleared away.
    """
    work = target.parent / _BUILDING
    scratch = work / target.name
    scratch.mkdir(parents=True, exist_ok=True)
    lock = FileLock(scratch / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if report is not None:
            report("waiting for another process, which is building it")
        lock.acquire()
    try:
        _clear(scratch)
        for other in work.iterdir():
            _clear_if_dead(other)
        yield scratch
    finally:
        _clear(scratch)
        lock.release()


def _clear_if_dead(scratch: Path) -> None:
    try:
        with FileLock(scratch / "lock", timeout=0):
            _clear(scratch)
    except (Timeout, OSError):  # somebody's, or not ours to touch
        return


def _clear(scratch: Path) -> None:
    target, replaced = scratch.parents[1] / scratch.name, scratch / "replaced"
    if replaced.exists() and not target.exists():  # its builder died between taking the old one away and putting this
        replaced.rename(target)
    for left in (replaced, scratch / "artifact"):
        shutil.rmtree(left, ignore_errors=True)


def _read(folder: Path, task: str | None = None, remedy: str | None = None) -> Artifact:
    """An artifact, its card's shape and its files' sizes checked; `task`, where given, is what it must be for."""
    asked = unread = remedy or _remedy_unread(task, folder.name)
    try:
        card = tomllib.loads((folder / _CARD).read_text(encoding="utf-8"))
    except FileNotFoundError:
        missing = "is not in" if remedy else "has not been made yet in"
        raise ArtifactError(f"the model '{folder.name}' {missing} {folder.parent}: {asked}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ArtifactError(f"the card of the model in {folder} cannot be read ({error}): {asked}") from error
    asked = _remedy(card)
    _check_format(folder, card.get("format"), asked)
    try:
        _check_card(card)
    except (ArtifactError, ValueError) as error:
        raise ArtifactError(f"the card of the model in {folder} cannot be read ({error}): {asked}") from error
    if task is not None and card["task"] != task:
        raise ArtifactError(f"the model in {folder} is for the task {card['task']}, not for {task}: {unread}")
    _check_sizes(folder, card["files"], asked)
    return Artifact(folder, card)


def _check_format(folder: Path, found: object, remedy: str) -> None:
    if isinstance(found, int) and found > FORMAT:
        raise _NewerError(
            f"the model in {folder} has format {found}, made by a newer Newsreel; this version reads {FORMAT}: "
            f"upgrade Newsreel, or {remedy}"
        )
    if found != FORMAT:
        raise ArtifactError(
            f"the model in {folder} has format {found}, made by an older Newsreel; this version reads {FORMAT}: "
            f"{remedy}"
        )


def _check_card(card: Mapping[str, Any]) -> None:
    for key in ("name", "task", "fingerprint", "precision"):
        if not isinstance(card.get(key), str):
            raise ValueError(f"it has no {key}")
    for key in ("files", "graphs"):
        if not isinstance(card.get(key), dict):
            raise ValueError(f"it has no table of {key}")
    for name, about in card["files"].items():
        inside(Path(), name)
        if not isinstance(about, dict) or (type(about.get("bytes")), type(about.get("sha256"))) != (int, str):
            raise ValueError(f"it does not say the bytes and the sha256 of {name}")
    for precision in {card["precision"], *card["graphs"]}:
        graph = card["graphs"].get(precision)
        if not isinstance(graph, str) or graph not in card["files"]:
            raise ValueError(f"its {precision} graph is not among its files")


def _check_sizes(folder: Path, files: Mapping[str, Mapping[str, Any]], remedy: str) -> None:
    for name, about in files.items():
        path = folder / name
        found = path.stat().st_size if path.is_file() else None
        if found != about["bytes"]:
            raise ArtifactError(f"{path} has {found} bytes where its card says {about['bytes']}: {remedy}")


def _fits(graph: Path, size: int) -> None:
    free = available_bytes()
    if free is not None and 2 * size > free:
        raise ArtifactError(
            f"the graph {graph} has {megabytes(size)}, to open it takes about twice that, and {megabytes(free)} of "
            "memory are free: free some, or use a smaller model or precision"
        )


def _remedy(card: Mapping[str, Any]) -> str:
    """The command that makes it anew, by what its card says."""
    if card.get("shipped") is True:
        return _SHIPPED
    words = ["newsreel", "models", "build", str(card.get("task", "TASK"))]
    if not card.get("default"):
        words += [str(card.get("source", "SOURCE")), "--name", str(card.get("name", "NAME"))]
    return f"make it with `{shlex.join([*words, '--again'])}`"


def _remedy_unread(task: str | None, name: str) -> str:
    """Likewise, of one that has no card that can be read."""
    build = f"newsreel models build {task or 'TASK'}"
    return f"make it with `{build}` if it is the default, else with `{build} SOURCE --name {shlex.quote(name)}`"
