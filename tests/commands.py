"""The command as people type it, without a process of its own: a new interpreter costs seconds, and opens every model.

What is about the process itself (signals, closed streams, limits, what is imported) starts one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from unittest.mock import patch

from newsreel.cli.main import main

__all__ = ["Ran", "run"]

FAULTS = ("Traceback", "fault in Newsreel", "panicked", "Exception ignored")


@dataclass(frozen=True)
class Ran:
    """How the command ended."""

    code: int
    out: str
    err: str


def run(*arguments: object, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Ran:
    """`newsreel` with these arguments (bytes as a shell gives them); no traceback, and no fault of its own."""
    given = [os.fsdecode(each) if isinstance(each, bytes | Path) else str(each) for each in arguments]
    with ExitStack() as stack:
        given_in, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given_in.write(stdin)
        given_in.seek(0)
        with _streams(given_in, out, err), patch.dict(os.environ, environment or {}):
            code = _ended(["newsreel", *given])
        ran = Ran(code, _written(out), _written(err))
    for sign in FAULTS:
        assert sign not in ran.err + ran.out, ran.err
    return ran


def _ended(command: list[str]) -> int:
    with patch.object(sys, "argv", command):
        try:
            main()
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


@contextmanager
def _streams(*files: BinaryIO) -> Iterator[None]:
    """These are standard input, output and error, for Python and for libraries that write to file descriptors."""
    before = [os.dup(number) for number in range(3)]
    try:
        for number, file in enumerate(files):
            os.dup2(file.fileno(), number)
        with (
            open(0, encoding="utf-8", closefd=False) as given,
            open(1, "w", encoding="utf-8", closefd=False) as out,
            open(2, "w", encoding="utf-8", closefd=False) as err,
            patch.multiple(sys, stdin=given, stdout=out, stderr=err),
        ):
            yield
    finally:
        for number, old in enumerate(before):
            os.dup2(old, number)
            os.close(old)


def _written(file: BinaryIO) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "backslashreplace")
