"""A Dockerfile, read: its stages and their instructions. What ours uses of the language, and no more."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

__all__ = ["Instruction", "Stage", "read"]

_FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One of them, as it is written but for its flags."""

    word: str
    text: str
    flags: Mapping[str, str]

    def words(self, variables: Mapping[str, str]) -> list[str]:
        """Its arguments: a JSON list of them, or words with these variables filled in."""
        if self.text.startswith("["):
            return [str(each) for each in json.loads(self.text)]
        return Template(self.text).substitute(variables).split()

    def pairs(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The NAME=VALUE pairs of an ARG or ENV."""
        found = re.findall(r'(\w+)=(?:"([^"]*)"|(\S*))', self.text)
        return {name: Template(quoted or plain).substitute(variables) for name, quoted, plain in found}


@dataclass(frozen=True, slots=True)
class Stage:
    """What is between two FROMs."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def last(self, word: str) -> Instruction | None:
        """The last of these instructions, which is the one that counts."""
        return next((each for each in reversed(self.instructions) if each.word == word), None)

    @property
    def needs(self) -> set[str]:
        """What it is made of: stages and images by their names."""
        return {self.base} | {each.flags["from"] for each in self.instructions if "from" in each.flags}


def read(text: str) -> list[Stage]:
    """The stages in their order; one without a name is called by its number."""
    lines = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ").splitlines()
    stages: list[Stage] = []
    for line in filter(None, map(str.strip, lines)):
        word, rest = line.split(None, 1)
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(name or str(len(stages)), base, ()))
        else:
            before = stages.pop()
            instructions = (*before.instructions, _instruction(word, rest))
            stages.append(Stage(before.name, before.base, instructions))
    return stages


def _instruction(word: str, rest: str) -> Instruction:
    flags: dict[str, str] = {}
    while found := _FLAG.match(rest):
        flags[found[1]] = found[2]
        rest = rest[found.end() :]
    return Instruction(word, re.sub(r"\s+", " ", rest), flags)
