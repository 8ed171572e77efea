"""What of an item a list shows."""

from __future__ import annotations

from newsreel.core.item import Kind
from newsreel.search.results import Result
from newsreel.service.marking import Run, excerpt, without_repeated_speakers

__all__ = ["excerpt_of"]

_EXCERPT = 300
_CAPTION = 240


def excerpt_of(result: Result) -> list[Run]:
    """What of the segment is shown; of a shot in which nothing is said, the video's caption."""
    room = _EXCERPT if result.item.kind is Kind.STORY else _CAPTION
    if result.item.kind is Kind.VIDEO and not result.segment.text:
        return excerpt(result.item.caption, [], room)
    if result.item.film is not None:
        return excerpt(*without_repeated_speakers(result.segment.text, result.highlights), room)
    return excerpt(result.segment.text, result.highlights, room)
