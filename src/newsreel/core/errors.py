"""Every error Newsreel raises on purpose. The message names the item and the remedy.

NewsreelError
├── UsageError            what was asked for makes no sense (exit 2)
├── SourceError           a source as a whole cannot be read
├── UnreadableError       one input cannot become an item; it ends on the ledger with this cause
│   └── UnclearReleaseError   … and whether it may be shown is what cannot be read
├── NotFoundError         no such item (also: embargoed, killed)
├── ArchiveError          the archive cannot be used
│   ├── ArchiveBusyError      another process is writing to it
│   ├── ArchiveMissingError   there is none at this path
│   └── ArchiveFullError      the disk, or a quota, has no room left
└── ArtifactError         a model artifact is missing, damaged or from another version
"""

from __future__ import annotations

__all__ = [
    "ArchiveBusyError",
    "ArchiveError",
    "ArchiveFullError",
    "ArchiveMissingError",
    "ArtifactError",
    "NewsreelError",
    "NotFoundError",
    "SourceError",
    "UnclearReleaseError",
    "UnreadableError",
    "UsageError",
]


class NewsreelError(Exception):
    """Base of all errors a user is meant to read."""


class UsageError(NewsreelError):
    """The request itself is wrong: a bad date, an empty query, options that exclude each other."""


class SourceError(NewsreelError):
    """A source named by the user is missing or cannot be listed."""


class UnreadableError(NewsreelError):
    """One input cannot become an item. The message is its cause on the ledger, without the item's own text."""


class UnclearReleaseError(UnreadableError):
    """An embargo or a status cannot be read. What is stored of the item is taken away: a guess would publish."""


class NotFoundError(NewsreelError):
    """There is no such item. Embargoed and killed items answer the same, so that nothing leaks."""


class ArchiveError(NewsreelError):
    """The archive cannot be used as it is."""


class ArchiveBusyError(ArchiveError):
    """Another process holds the writer's lease."""


class ArchiveMissingError(ArchiveError):
    """There is no archive at this path."""


class ArchiveFullError(ArchiveError):
    """There was no room to write. What was committed stays; run the same command again once there is room."""


class ArtifactError(NewsreelError):
    """A model artifact is missing, incomplete, or made by a version this one cannot read."""
