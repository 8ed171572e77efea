"""Which videos a browser may play: what is certain is decided here, the rest by the browser itself."""

from __future__ import annotations

__all__ = ["question"]

_CONTAINERS = frozenset({"video/mp4", "video/quicktime", "video/webm", "video/ogg", "video/x-matroska"})
_QUESTIONS = {
    "av1": 'video/mp4; codecs="av01.0.04M.08"',
    "h264": 'video/mp4; codecs="avc1.42E01E"',
    "hevc": 'video/mp4; codecs="hvc1.1.6.L93.B0"',
    "theora": 'video/ogg; codecs="theora"',
    "vp8": 'video/webm; codecs="vp8"',
    "vp9": 'video/webm; codecs="vp09.00.10.08"',
}
"""A modest stream of each codec in the container it is most at home in: a browser that knows the codec knows that."""


def question(media_type: str, codec: str) -> str | None:
    """What to ask a browser (`canPlayType`) before it is given such a file; None where no browser plays it."""
    return _QUESTIONS.get(codec) if media_type in _CONTAINERS else None
