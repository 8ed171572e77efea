"""IPTC IIM: the oldest of the three, and still what many wires and archives write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from newsreel.ingest.photos._fields import Fields, clean, created_ns, decode, line, place_of, unique

__all__ = ["parse"]

_LATIN_1 = frozenset({b"\x1b.A", b"\x1b-A", b"\x1b,A", b"\x1b/A"})
"""ISO 2022 escapes that call up ISO 8859-1."""


def _datasets(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Record, number and value of each dataset, up to the first that is malformed."""
    at = 0
    while at + 5 <= len(block) and block[at] == 0x1C:
        record, number = block[at + 1], block[at + 2]
        size = int.from_bytes(block[at + 3 : at + 5], "big")
        at += 5
        if size & 0x8000:  # an extended dataset: these bits say how long the length is
            width = size & 0x7FFF
            size = int.from_bytes(block[at : at + min(width, 8)], "big")
            at += width
        if at + size > len(block):
            return
        yield record, number, block[at : at + size]
        at += size


def _moment(date: str, time: str) -> int | None:
    """`20260304` and `174500+0100`, either possibly short."""
    if len(date) != 8:
        return None
    day = f"{date[:4]}-{date[4:6]}-{date[6:]}"
    moment = created_ns(f"{day}T{time[:2]}:{time[2:4]}:{time[4:6]}{time[6:]}")
    return created_ns(day) if moment is None else moment


def parse(block: bytes) -> Fields:
    """What an IIM block says; an empty or broken one says nothing."""
    found: dict[int, list[str]] = defaultdict(list)
    latin_1 = False
    for record, number, value in _datasets(block):
        if (record, number) == (1, 90):
            latin_1 = value in _LATIN_1
        elif record == 2:
            found[number].append(value.decode("cp1252", "replace") if latin_1 else decode(value))

    def first(number: int) -> str:
        return line(found[number][0]) if found[number] else ""

    return Fields(
        headline=first(105),
        title=first(5),
        caption=clean(found[120][0]) if found[120] else "",
        byline=", ".join(unique(found[80])),
        place=place_of(first(92), first(90), first(95), first(101)),
        created_ns=_moment(first(55), first(60)),
        keywords=unique(found[25]),
        copyright=first(116),
        credit=first(110),
        source=first(115),
    )
