"""Plain text as wires send it: a short first line with a blank line after it is the headline, then "By NAME"."""

from __future__ import annotations

import re

from newsreel.core.item import Item
from newsreel.ingest import text as _text
from newsreel.ingest.documents._draft import Draft

__all__ = ["read"]

MAX_HEADLINE = 200
_BYLINE = re.compile(r"By [^.:;!?]{2,80}")


def read(text: str, uri: str) -> list[Item]:
    """The one story in a text file."""
    first, _, rest = text.strip("\ufeff \t\r\n").replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    after = rest.split("\n", 1)[0]
    if first.strip() and rest.strip() and not after.strip() and len(_text.line(first)) <= MAX_HEADLINE:
        headline, body = first, rest
    else:
        headline, body = "", f"{first}\n{rest}"
    blocks = _text.wrapped(body)
    byline = blocks[0] if headline and len(blocks) > 1 and _BYLINE.fullmatch(blocks[0].strip()) else ""
    draft = Draft(
        uri=uri,
        headline=headline,
        byline=byline,
        body=_text.paragraphs(blocks[1:] if byline else blocks),
        no_text="no text: the file holds nothing but white space",
    )
    return [draft.item()]
