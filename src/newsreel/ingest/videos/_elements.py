"""Matroska's own structure (RFC 8794, RFC 9559), where FFmpeg's reader passes over what is broken and does not tell."""

from __future__ import annotations

from typing import BinaryIO

__all__ = ["is_unbroken"]

_BLOCKS = frozenset((0xA3, 0xA1))
_OPENED = frozenset((0x1F43B675, 0xA0))
"""Clusters and groups of blocks: what they hold is looked at, however long they are said to be."""
_PASSED = frozenset(
    (
        *(0xE7, 0xA7, 0xAB, 0x5854, 0x9B, 0xFB, 0xFA, 0xFD, 0xA4, 0x75A1, 0x75A2, 0x8E, 0xEC, 0xBF),  # between blocks
        *(0x1C53BB6B, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1941A469, 0x1043A770, 0x1254C367),  # between clusters
    )
)
_LONGEST_ID, _LONGEST_SIZE = 4, 8


def is_unbroken(file: BinaryIO, first: int, last: int) -> bool:
    """Whether there is nothing but sound elements from one block to another, each given by where its data begins."""
    at = _end_of_block(file, first)
    if at is None:
        return False
    while at < last:
        element, begins, size = _element(file, at)
        if element in _BLOCKS and begins == last:
            return True
        if element not in _OPENED | _BLOCKS | _PASSED:
            return False
        at = begins if element in _OPENED else begins + size
    return False


def _end_of_block(file: BinaryIO, begins: int) -> int | None:
    """Its element's header is found by reading backwards from its data."""
    for length in range(1, _LONGEST_SIZE + 1):
        element, data, size = _element(file, max(0, begins - length - 1))
        if element in _BLOCKS and data == begins:
            return begins + size
    return None


def _element(file: BinaryIO, at: int) -> tuple[int, int, int]:
    """The element there: its identity (0 where there is none), where its data begins, and how long these are."""
    file.seek(at)
    head = file.read(_LONGEST_ID + _LONGEST_SIZE)
    named = _length(head)
    sized = _length(head[named:])
    if not 0 < named <= _LONGEST_ID or not sized:
        return 0, at, 0
    written = int.from_bytes(head[named : named + sized], "big")
    return int.from_bytes(head[:named], "big"), at + named + sized, written & ~(1 << 7 * sized)


def _length(number: bytes) -> int:
    """Of a number of variable length: one more than its first byte has leading zeros. 0 where it is none."""
    length = 9 - number[0].bit_length() if number else 0
    return length if 0 < length <= min(_LONGEST_SIZE, len(number)) else 0
