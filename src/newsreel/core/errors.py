"""Every error Newsreel raises on purpose. The message names the item and the remedy.

NewsreelError
├── UsageError            what was asked for makes no sense (exit 2)
│   └── TextError             … in one of several texts
├── SourceError           a source as a whole cannot be read
├── UnreadableError       one input cannot become an item; it ends on the ledger with this cause
│   └── UnclearReleaseError   … and whether it may be shown is what cannot be read
├── AuthenticationError   whoever asks has no key, or one that is not known
├── NotFoundError         no such item (also: embargoed, killed)
│   └── UnknownModelError     a model is named that is not the one at hand
├── ArchiveError          the archive cannot be used
│   ├── ArchiveBusyError      another process is writing to it
│   ├── ArchiveMissingError   there is none at this path
│   └── ArchiveFullError      the disk, or a quota, has no room left
├── BusyError             more is asked than can be done now: ask again later
│   ├── OverloadedError       too much waits already
│   ├── CrowdedError          too many connections are open
│   ├── LoadingError          the service has only just begun
│   └── DrainingError         the service is about to stop
├── DeadlineError         it was not done by when the caller wants it
└── ArtifactError         a model artifact is missing, damaged or from another version
"""

from __future__ import annotations

__all__ = [
    "ArchiveBusyError",
    "ArchiveError",
    "ArchiveFullError",
    "ArchiveMissingError",
    "ArtifactError",
    "AuthenticationError",
    "BusyError",
    "CrowdedError",
    "DeadlineError",
    "DrainingError",
    "LoadingError",
    "NewsreelError",
    "NotFoundError",
    "OverloadedError",
    "SourceError",
    "TextError",
    "UnclearReleaseError",
    "UnknownModelError",
    "UnreadableError",
    "UsageError",
]


class NewsreelError(Exception):
    """Base of all errors a user is meant to read."""


class UsageError(NewsreelError):
    """The request itself is wrong: a bad date, an empty query, options that exclude each other."""


class TextError(UsageError):
    """One of several texts is not as it has to be."""

    def __init__(self, row: int, what: str) -> None:
        """`row` counts from 0, the message from 1."""
        super().__init__(f"text {row + 1} {what}")
        self.what = what


class SourceError(NewsreelError):
    """A source named by the user is missing or cannot be listed."""


class UnreadableError(NewsreelError):
    """One input cannot become an item. The message is its cause on the ledger, without the item's own text."""


class UnclearReleaseError(UnreadableError):
    """An embargo or a status cannot be read. What is stored of the item is taken away: a guess would publish."""


class AuthenticationError(NewsreelError):
    """Whoever asks has no key, or one that is not known."""

    def __init__(self, *, presented: bool) -> None:
        """Whether there was a key at all."""
        what = "this key is not known here, or no longer" if presented else "this needs a key"
        super().__init__(
            f"{what}: send it as `Authorization: Bearer KEY`, as `X-Api-Key: KEY`, or from a browser as the "
            "password of any user; whoever runs the service makes one with `newsreel keys new NAME`"
        )


class NotFoundError(NewsreelError):
    """There is no such item. Embargoed and killed items answer the same, so that nothing leaks."""


class UnknownModelError(NotFoundError):
    """A request names a model that is not served. None is loaded because somebody asks for it."""

    def __init__(self, asked: str, served: str) -> None:
        """Asked for was this one, and that one is at hand."""
        super().__init__(f"the model '{asked}' is not served here: ask for '{served}', or leave 'model' out")


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

    def __init__(self, what: str, retry_after_s: int) -> None:
        """`what` waits, in the plural, and will have been seen to in so many seconds."""
        super().__init__(f"{what} wait here already: ask again in {retry_after_s} s, or of another replica")
        self.retry_after_s = retry_after_s


class CrowdedError(BusyError):
    """Too many connections are open."""

    def __init__(self) -> None:
        """Nothing to say of it."""
        super().__init__(
            "more connections are open to this replica than it may have: close those that are idle, ask again, or of "
            "another one"
        )


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


class DeadlineError(NewsreelError):
    """It was not done by when the caller wants it."""

    def __init__(self, limit_s: float) -> None:
        """So many seconds were allowed."""
        super().__init__(
            f"there was no answer within the {limit_s:g} s that the request allows: allow more, or ask for less at once"
        )
