"""`newsreel demo`: from nothing to an archive that can be searched, and what to open."""

from __future__ import annotations


def demo() -> None:
    """Build the sample archive."""
