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
├── BusyError             more is asked than can be done now: ask again later
│   ├── OverloadedError       too much waits already
│   ├── LoadingError          the service has only just begun
│   └── DrainingError         the service is about to stop
└── ArtifactError         a model artifact is missing, damaged or from another version
"""

from __future__ import annotations

__all__ = [
    "ArchiveBusyError",
    "ArchiveError",
    "ArchiveFullError",
    "ArchiveMissingError",
    "ArtifactError",
    "BusyError",
    "DrainingError",
    "LoadingError",
    "NewsreelError",
    "NotFoundError",
    "OverloadedError",
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


class BusyError(NewsreelError):
    """More is asked than can be done now. Ask again after `retry_after_s` seconds."""

    retry_after_s = 1


class OverloadedError(BusyError):
    """Too much waits already."""

    def __init__(self, waiting: int, retry_after_s: int) -> None:
        """So many tokens wait, and will have been read in so many seconds."""
        super().__init__(
            f"{waiting:,} tokens wait to be read here already: ask again in {retry_after_s} s, or of another replica"
        )
        self.retry_after_s = retry_after_s


class DrainingError(BusyError):
    """The service is about to stop."""

    def __init__(self) -> None:
        """Nothing to say of it."""
        super().__init__("this replica is about to stop: ask again, of another one")


class LoadingError(BusyError):
    """The service has only just begun."""

    def __init__(self) -> None:
        """Nothing to say of it."""
        super().__init__("this replica is still loading its models: ask again, or of another one")
