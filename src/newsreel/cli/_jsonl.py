"""Texts from stdin, a JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import typer

__all__ = ["Lines"]

_LINES, _CHARACTERS = 256, 1 << 20
"""Read at once; one line may be longer by itself."""


class Lines:
    """Records `{"id", "text"}` from stdin; counts the lines that are none, and names them on stderr."""

    def __init__(self) -> None:
        self.bad = 0

    def batches(self) -> Iterator[list[dict[str, Any]]]:
        """Some of them at a time, in order, however many there are."""
        batch: list[dict[str, Any]] = []
        characters = 0
        for record in self._read():
            batch.append(record)
            characters += len(record["text"])
            if len(batch) == _LINES or characters > _CHARACTERS:
                yield batch
                batch, characters = [], 0
        if batch:
            yield batch

    def _read(self) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(sys.stdin.buffer, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                record["text"].encode()  # text, and no half surrogates in it
                record["id"]
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                self.bad += 1
                typer.echo(f'newsreel: line {number} is not {{"id": ..., "text": "..."}}; left out', err=True)
                continue
            yield record
