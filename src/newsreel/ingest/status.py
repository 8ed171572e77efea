"""Publishing status in the words of every format."""

from __future__ import annotations

import re
from collections.abc import Iterable

from newsreel.core.errors import UnclearReleaseError
from newsreel.core.item import Status

__all__ = ["latest", "status_of", "strictest"]

_STATUS = {
    "": Status.USABLE,
    "usable": Status.USABLE,
    "embargoed": Status.USABLE,  # NITF's word; the embargo itself says until when
    "withheld": Status.WITHHELD,
    "withhold": Status.WITHHELD,
    "canceled": Status.CANCELED,
    "cancelled": Status.CANCELED,
    "killed": Status.CANCELED,
}

_STRICTEST = (Status.CANCELED, Status.WITHHELD, Status.USABLE)


def strictest(statuses: Iterable[Status]) -> Status:
    """Of what several sources say of one item: canceled over withheld over usable."""
    return min(statuses, key=_STRICTEST.index)


def latest(embargoes_ns: Iterable[int | None]) -> int | None:
    """Of the embargoes that several sources put on one item, the one that ends last; None where there is none."""
    return max((embargo_ns for embargo_ns in embargoes_ns if embargo_ns is not None), default=None)


def status_of(text: str) -> Status:
    """The publishing status behind `usable`, `stat:canceled` or a concept's address."""
    name = re.split(r"[:/#]", text.strip())[-1].lower()
    if name not in _STATUS:
        raise UnclearReleaseError("an unknown publishing status; send usable, withheld or canceled")
    return _STATUS[name]
