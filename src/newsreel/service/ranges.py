"""Which bytes a request asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException

__all__ = ["wanted"]

_ONE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)


def wanted(header: str, size: int) -> range | None:
    """The bytes of a file of `size` that a `Range` header asks for; None stands for the whole.

    Several ranges at once are answered with the whole, as is what is no range: both are allowed, and players ask for
    one at a time. Raises HTTPException 416 where nothing of the file is asked for.
    """
    match = _ONE.fullmatch(header)
    if match is None or match[1] == match[2] == "":
        return None
    first, last = match[1], match[2]
    if not first:
        asked = range(max(0, size - int(last)), size)
    elif last and int(last) < int(first):
        return None
    else:
        asked = range(int(first), min(size, int(last) + 1) if last else size)
    if not asked:
        raise HTTPException(
            416,
            f"the file has {size} bytes, and none of those was asked for",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return asked
