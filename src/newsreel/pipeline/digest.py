"""The hash under which representations are known: of everything that was read to make them (design decision 1)."""

from __future__ import annotations

import hashlib

__all__ = ["digest"]


def digest(*parts: str | bytes) -> str:
    """Of these parts, each in its place."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        made.update(len(data).to_bytes(8, "big") + data)
    return made.hexdigest()
