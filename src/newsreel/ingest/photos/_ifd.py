"""Image file directories: the structure under both EXIF and TIFF.

Our own reader, since Pillow's reports damage through `warnings`, which is process-wide and so cannot be contained in
one of several threads. Nothing here raises, whatever the bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Entry", "Ifd", "first_ifd", "ifd_at"]

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its twelve bytes as they stand, and where its value lies."""

    raw: bytes
    kind: int
    count: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Ifd:
    """A directory over the bytes it was read from. Values are cut out only when asked for."""

    data: bytes
    order: Literal["little", "big"] = "big"
    entries: Mapping[int, Entry] = field(default_factory=dict)

    def value(self, tag: int) -> bytes:
        """The bytes of a tag's value; empty when there is none."""
        entry = self.entries.get(tag)
        return self.data[entry.start : entry.start + entry.size] if entry else b""

    def number(self, tag: int) -> int | None:
        """The first (SHORT or LONG) number of a tag."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in (3, 4, 13) or not entry.count:
            return None
        return int.from_bytes(self.value(tag)[: _TYPE_SIZES[entry.kind]], self.order)


def ifd_at(data: bytes, offset: int, order: Literal["little", "big"]) -> Ifd:
    """The directory at an offset, without the entries whose type is unknown or whose value lies outside the data."""
    entries: dict[int, Entry] = {}
    for n in range(int.from_bytes(data[offset : offset + 2], order)):
        raw = data[offset + 2 + 12 * n : offset + 14 + 12 * n]
        if len(raw) < 12:
            break
        tag, kind = int.from_bytes(raw[:2], order), int.from_bytes(raw[2:4], order)
        count = int.from_bytes(raw[4:8], order)
        size = _TYPE_SIZES.get(kind, 0) * count
        start = offset + 10 + 12 * n if size <= 4 else int.from_bytes(raw[8:12], order)
        if kind in _TYPE_SIZES and start + size <= len(data):
            entries.setdefault(tag, Entry(raw, kind, count, start, size))
    return Ifd(data, order, entries)


def first_ifd(data: bytes) -> Ifd:
    """The first directory of a TIFF file or EXIF block; an empty one when it is neither."""
    order = _ORDERS.get(data[:4])
    return ifd_at(data, int.from_bytes(data[4:8], order), order) if order else Ifd(data)
