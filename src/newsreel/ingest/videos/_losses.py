"""What could not be read of a film: how often, and where. A few numbers, however much is damaged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from newsreel.core.times import timecode

__all__ = ["Loss", "Losses", "What"]


class What(StrEnum):
    """What may go wrong in a film that is read all the same; the value is how it is said."""

    PACKET = "could not be decoded: {n} packet(s) of pictures"
    ENCRYPTED = "encrypted (DRM): {n} packet(s) of pictures"
    PICTURE = "damaged: {n} picture(s), shown as far as they could be decoded"
    FORMAT = "in a pixel format that cannot be converted: {n} picture(s)"
    PLACE = "could not be read: {n} place(s) in the file"
    GAP = "missing: pictures in {n} place(s), where the file is damaged"
    JUMP = "the timestamps jump {n} time(s), bridged: later times are not the file's own"
    ORDER = "timestamps not after the one before: {n}, moved behind it"
    BARREN = "given up after thousands of packets without a picture"
    SHORT = "the pictures end here though the file says that it lasts longer: cut short, perhaps"
    LIMIT = "the time limit for decoding was reached here, the rest is not read"


@dataclass(frozen=True, slots=True)
class Loss:
    """One kind of loss: how often it was met, and between which times of the film."""

    what: What
    times: int
    first_ns: int
    last_ns: int

    def __str__(self) -> str:
        first, last = timecode(self.first_ns), timecode(self.last_ns)
        return f"{self.what.format(n=self.times)} ({f'at {first}' if first == last else f'from {first} to {last}'})"


@dataclass(frozen=True, slots=True)
class Losses:
    """The account of a film's losses: one entry a kind, in the order they were first met."""

    entries: tuple[Loss, ...] = ()

    def noted(self, what: What, at_ns: int) -> Losses:
        """This account and one more loss."""
        if all(loss.what is not what for loss in self.entries):
            return Losses((*self.entries, Loss(what, 1, at_ns, at_ns)))
        return Losses(
            tuple(
                replace(loss, times=loss.times + 1, last_ns=max(loss.last_ns, at_ns)) if loss.what is what else loss
                for loss in self.entries
            )
        )

    @property
    def sentences(self) -> tuple[str, ...]:
        """For people: one a kind."""
        return tuple(str(loss) for loss in self.entries)
