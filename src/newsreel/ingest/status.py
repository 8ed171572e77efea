"""Publishing status in the words of every format."""

from __future__ import annotations

import re

from newsreel.core.errors import UnclearReleaseError
from newsreel.core.item import Status

__all__ = ["status_of"]

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


def status_of(text: str) -> Status:
    """The publishing status behind `usable`, `stat:canceled` or a concept's address."""
    name = re.split(r"[:/#]", text.strip())[-1].lower()
    if name not in _STATUS:
        raise UnclearReleaseError("an unknown publishing status; send usable, withheld or canceled")
    return _STATUS[name]
