"""The editor's file: read, checked, and made into `Corrections`.

It is TOML, written by people: names as they write them, compared as names are everywhere. A name stands for every kind
of thing of that name, unless it begins with the kind: "place: Washington".
"""

from __future__ import annotations

import re
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from newsreel.core.errors import UsageError
from newsreel.names.corrections import Corrections
from newsreel.names.draft import Draft
from newsreel.names.entries import Entry

__all__ = ["CorrectionsFile", "parse"]

MAX_BYTES = 10_000_000

_FIELDS = {
    "merge": ({"names", "into"}, set[str]()),
    "split": ({"name", "items", "as"}, set[str]()),
    "rename": ({"name", "to"}, set[str]()),
    "suppress": ({"names"}, {"items"}),
    "tag": ({"names", "tags"}, set[str]()),
}
"""The fields that each kind of entry must have, and those that it may have."""


class CorrectionsFile:
    """An editor's file that is read again whenever it changed. Thread-safe."""

    def __init__(self, path: Path) -> None:
        """This file, which need not exist."""
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._said: Corrections | UsageError = Corrections.EMPTY

    def current(self) -> Corrections:
        """What it says now. Raises UsageError as `parse` does, and until it is mended."""
        with self._lock:
            try:
                seen = self._state()
                if seen != self._seen:
                    self._said = Corrections.EMPTY if seen is None else _read(self._path)
                    self._seen = seen
            except OSError as error:  # may pass without a change of the file, so it is not remembered
                raise UsageError(f"{self._path.name} cannot be read: {error.strerror}") from None
            said = self._said
        if isinstance(said, UsageError):
            raise UsageError(*said.args)  # the same one, raised again, would gather the traces of all who asked
        return said

    def _state(self) -> tuple[int, ...] | None:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _read(path: Path) -> Corrections | UsageError:
    """What it says, or what is wrong with it: neither changes until the file does."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        if len(data) > MAX_BYTES:
            raise UsageError(f"{path.name} is larger than {MAX_BYTES:,} bytes: it is meant to be written by hand")
        return parse(data, path.name)
    except UsageError as error:
        return error.with_traceback(None)


def parse(data: bytes, name: str = "entities.toml") -> Corrections:
    """What a file says. Raises UsageError, which names line and remedy, where it is broken or contradicts itself."""
    try:
        text = data.decode("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}, line {line}: not UTF-8; save the file with the encoding UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: {error}; texts stand in quotes, lists in brackets") from None
    except RecursionError:
        raise UsageError(f"{name}: brackets in brackets in brackets; a list holds texts only") from None
    draft = Draft()
    for entry in _entries(tables, text, name):
        draft.add(entry)
    return draft.corrections()


def _entries(tables: Mapping[str, Any], text: str, name: str) -> Iterator[Entry]:
    for kind, entries in tables.items():
        if kind not in _FIELDS:
            raise UsageError(f"{name}: there is no [[{kind}]]; there are {_list(f'[[{k}]]' for k in _FIELDS)}")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise UsageError(f"{name}: {kind} stands in double brackets: [[{kind}]]")
        needed, allowed = _FIELDS[kind]
        for place, fields in zip(_places(kind, len(entries), text, name), entries, strict=True):
            entry = Entry(kind, place, fields)
            if missing := needed - fields.keys():
                raise entry.error(f"{_list(missing)} is missing")
            if unknown := fields.keys() - needed - allowed:
                raise entry.error(f"{_list(unknown)} is not known here; it has {_list(needed | allowed)}")
            yield entry


def _list(fields: Iterable[str]) -> str:
    return ", ".join(sorted(fields))


def _places(kind: str, count: int, text: str, name: str) -> list[str]:
    """Where each entry of a kind begins: its line, or which one it is where that cannot be told."""
    header = re.compile(rf"[ \t]*\[\[[ \t]*{kind}[ \t]*\]\]")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if header.match(line)]
    if len(lines) != count:
        return [f"{name}, [[{kind}]] number {number}" for number in range(1, count + 1)]
    return [f"{name}, line {line} ([[{kind}]])" for line in lines]
