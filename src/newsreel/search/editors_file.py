"""The editor's file as it is now."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from newsreel.core.errors import UsageError
from newsreel.names import Corrections, CorrectionsFile

__all__ = ["EditorsFile"]


class EditorsFile:
    """What an editor wrote of an archive's names, read again whenever the file changes. Thread-safe.

    While the file cannot be read, what it said before holds: who was suppressed does not come back with a slip of the
    pen. `trouble` says so.
    """

    def __init__(self, path: Path) -> None:
        """Read the file; there need not be one. Raises UsageError where it cannot be read."""
        self._file = CorrectionsFile(path)
        self._held = self._file.current()

    def current(self) -> Corrections:
        """What it says, or said last."""
        with suppress(UsageError):
            self._held = self._file.current()
        return self._held

    @property
    def trouble(self) -> str | None:
        """Why what it says now does not hold, for people."""
        try:
            self._file.current()
        except UsageError as error:
            return f"{error}. What the file said before holds meanwhile."
        return None
