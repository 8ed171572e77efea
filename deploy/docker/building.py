"""The Dockerfile's stages, made in a folder of this machine: it has no container, and no other machine's libraries.

What a RUN writes it writes here, so the Dockerfile's RUNs write below the working folder and PREFIX alone, and a test
holds them to it. Stages share PREFIX, where an image has a copy of it for each.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.docker.dockerfile import Instruction, Stage

__all__ = ["Builder", "Layer", "context_of", "size"]

_PASSED_ON = re.compile(r"HOME|LANG|TMPDIR|SSL_CERT_FILE|PIP_.*|\w+_proxy", re.IGNORECASE)
"""Of this process's environment: where it writes, and how it comes to the network."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What an instruction copied, and its bytes."""

    instruction: Instruction
    bytes: int


@dataclass
class Builder:
    """Makes stages below `root`; of those in `ready` others have made the contents, as with --build-context."""

    context: Path
    root: Path
    arguments: Mapping[str, str]
    ready: Mapping[str, Path]
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    workdirs: dict[str, str] = field(default_factory=dict)
    layers: dict[str, list[Layer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """The image's `python` is the one that this runs on, without its packages."""
        (self.root / "bin").mkdir(parents=True)
        (self.root / "bin/python").symlink_to(Path(getattr(sys, "_base_executable", sys.executable)).resolve())

    @property
    def prefix(self) -> Path:
        """Where the image's own files come to lie."""
        return self.root / "opt/newsreel"

    def build(self, stages: Sequence[Stage]) -> Stage:
        """Make the last of these, and what it needs; it. Raises CalledProcessError where a RUN fails."""
        known = {stage.name: stage for stage in stages}
        self._build(stages[-1], known)
        return stages[-1]

    def environment(self, stage: str) -> dict[str, str]:
        """What a process in that stage finds in its environment."""
        passed = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
        return passed | {"PATH": self._path} | self.variables[stage]

    @property
    def _path(self) -> str:
        return os.pathsep.join([str(self.root / "bin"), os.environ.get("PATH", os.defpath)])

    def _build(self, stage: Stage, known: Mapping[str, Stage]) -> None:
        if stage.name in self.variables:
            return
        for name in sorted(stage.needs & known.keys() - self.ready.keys()):
            self._build(known[name], known)
        self.variables[stage.name] = dict(self.variables.get(stage.base, {}))
        self.workdirs[stage.name] = self.workdirs.get(stage.base, "/")
        home = self.root / stage.name
        shutil.copytree(self.root / stage.base, home, symlinks=True) if stage.base in known else home.mkdir()
        for instruction in stage.instructions:
            self._follow(stage, instruction)

    def _follow(self, stage: Stage, instruction: Instruction) -> None:
        variables = self.variables[stage.name]
        known = {"PATH": self._path, **variables}
        match instruction.word:
            case "ARG":
                variables.update(instruction.pairs(known) | self._given(instruction))
            case "ENV":
                variables.update(instruction.pairs(known))
            case "WORKDIR":
                self.workdirs[stage.name] = instruction.text
                self._place(stage.name, ".").mkdir(parents=True, exist_ok=True)
            case "COPY":
                self._copy(stage, instruction, instruction.words(known))
            case "RUN":
                sys.stderr.write(f"[{stage.name}] {instruction.text}\n")
                place, environment = self._place(stage.name, "."), self.environment(stage.name)
                subprocess.run(["/bin/sh", "-ec", instruction.text], cwd=place, env=environment, check=True)  # noqa: S603

    def _given(self, argument: Instruction) -> dict[str, str]:
        given = {**self.arguments, "PREFIX": str(self.prefix)}
        return {name: given[name] for name in argument.pairs({}) if name in given}

    def _copy(self, stage: Stage, instruction: Instruction, words: Sequence[str]) -> None:
        *sources, last = words
        start = instruction.flags.get("from")
        target = self._place(stage.name, last)
        copied = 0
        for source in (self._source(start, each) for each in sources):
            copied += size(source)
            if source == target:  # a folder that stages share
                continue
            into = target / source.name if source.is_file() and last.endswith("/") else target
            into.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, into, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy(source, into)
                into.chmod(int(instruction.flags.get("chmod", "644"), 8))
        self.layers.setdefault(stage.name, []).append(Layer(instruction, copied))

    def _source(self, start: str | None, path: str) -> Path:
        if start is None:
            return self.context / path
        return self.ready[start] / path.lstrip("/") if start in self.ready else self._place(start, path)

    def _place(self, stage: str, path: str) -> Path:
        """Where a path of a stage is on this machine."""
        if Path(path).is_relative_to(self.prefix):
            return Path(path)
        return self.root / stage / Path(self.workdirs[stage], path).relative_to("/")


def context_of(folder: Path, to: Path) -> Path:
    """What its .dockerignore lets an image have of a folder. Of patterns it knows those that ours uses."""
    rules = (folder / ".dockerignore").read_text(encoding="utf-8").splitlines()
    left_out = shutil.ignore_patterns(*(rule.removeprefix("**/") for rule in rules if rule.startswith("**/")))
    for name in (rule[1:] for rule in rules if rule.startswith("!")):
        source, target = folder / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target, ignore=left_out) if source.is_dir() else shutil.copy(source, target)
    return to


def size(path: Path) -> int:
    """Bytes of a file, or of all in a folder."""
    if path.is_dir():
        return sum(file.lstat().st_size for file in path.rglob("*") if file.is_symlink() or file.is_file())
    return path.stat().st_size
