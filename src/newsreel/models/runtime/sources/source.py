"""What each kind of source answers with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Report", "Source"]

Report = Callable[[str], None]
"""Told each step, for people to read."""


@dataclass(frozen=True, slots=True)
class Source:
    """A pretrained model's folder on this machine."""

    folder: Path

    source: str
    """What was asked for, as the card says it: asked for again, it gives the same where there is a revision."""

    revision: str | None = None
    """The commit, or the package's version; a folder and a bucket have none."""
