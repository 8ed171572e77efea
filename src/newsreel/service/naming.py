"""What a reader calls things."""

from __future__ import annotations

from urllib.parse import unquote

from newsreel.core.item import Item, Kind

__all__ = [
    "format_name",
    "kind_name",
    "kinds_name",
    "label_class",
    "label_name",
    "labels_name",
    "part_name",
    "size_name",
    "title_of",
]

_KINDS = {Kind.STORY: ("story", "Stories"), Kind.PHOTO: ("photo", "Photos"), Kind.VIDEO: ("video", "Videos")}
_LABELS = {
    "PER": ("person", "People"),
    "ORG": ("organisation", "Organisations"),
    "LOC": ("place", "Places"),
    "MISC": ("name", "Other names"),
}
_PARTS = {"bm25": "Words (BM25)", "vector": "Meaning (vectors)"}
_TITLE = 100
_CODECS = {
    "av1": "AV1",
    "dnxhd": "DNxHD",
    "ffv1": "FFV1",
    "h264": "H.264",
    "hevc": "HEVC",
    "mpeg2video": "MPEG-2",
    "mpeg4": "MPEG-4",
    "prores": "ProRes",
    "vp8": "VP8",
    "vp9": "VP9",
}
_CONTAINERS = {
    "application/mxf": "MXF",
    "video/mp2t": "MPEG-TS",
    "video/mp4": "MP4",
    "video/ogg": "Ogg",
    "video/quicktime": "QuickTime",
    "video/webm": "WebM",
    "video/x-matroska": "Matroska",
    "video/x-msvideo": "AVI",
}
_UNITS = (("kB", 1e3), ("MB", 1e6), ("GB", 1e9))


def kind_name(kind: Kind) -> str:
    """What a reader calls it."""
    return _KINDS[kind][0]


def kinds_name(kind: Kind) -> str:
    """What a reader calls several, as a heading."""
    return _KINDS[kind][1]


def label_name(label: str) -> str:
    """What a reader calls what a name stands for."""
    return _LABELS[label][0] if label in _LABELS else label.lower()


def labels_name(label: str) -> str:
    """What a reader calls several, as a heading."""
    return _LABELS[label][1] if label in _LABELS else label.capitalize()


def label_class(label: str) -> str:
    """How a name of this kind is drawn, for the style sheet."""
    return label.lower() if label in _LABELS else "misc"


def part_name(name: str) -> str:
    """What a reader calls a score's part."""
    return _PARTS.get(name, name)


def title_of(item: Item) -> str:
    """The headline; of an item without one the beginning of its text, or its file's name."""
    if item.headline:
        return item.headline
    text = " ".join((item.caption or item.body)[: _TITLE * 2].split())
    if len(text) > _TITLE:
        return f"{text[:_TITLE].rsplit(' ', 1)[0]}…"
    return text or unquote(item.uri.rstrip("/").rsplit("/", 1)[-1]) or item.uri


def format_name(media_type: str, codec: str) -> str:
    """What people call a video's format: `ProRes in QuickTime`; of what never was a file the codec alone."""
    name = _CODECS.get(codec, codec)
    return f"{name} in {_CONTAINERS.get(media_type, media_type)}" if media_type else name


def size_name(size: int) -> str:
    """A file's size: `812 bytes`, `4.1 MB`."""
    if size < 1000:
        return f"{size} byte{'' if size == 1 else 's'}"
    unit, length = next((each for each in _UNITS if size < each[1] * 999.5), _UNITS[-1])
    scaled = size / length
    return f"{scaled:.1f} {unit}" if scaled < 10 else f"{scaled:,.0f} {unit}"
