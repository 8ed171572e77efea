"""The videos of the sample archive: drawn by us, captioned as a wire would, the same bytes every time.

Three films in three formats: an MP4 that carries its own metadata and has a transcript beside it, a WebM with a ninjs
sidecar, and a QuickTime file as a camera leaves it, without a word and in a codec that browsers do not play.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from newsreel.sample._films import FILMS
from newsreel.sample._mux import Encoding, encode
from newsreel.sample.formats import RIGHTS

__all__ = ["FILMS", "write_videos"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    """How a film is sent out."""

    encoding: Encoding
    sidecars: Mapping[str, bytes] = field(default_factory=dict)
    """What lies beside it, by suffix."""


def _transcript(name: str) -> bytes:
    return resources.files("newsreel.sample").joinpath("transcripts", name).read_bytes()


def _ninjs() -> bytes:
    published = "2026-03-16T15:20:00Z"
    fields = {
        "standard": {
            "name": "ninjs",
            "version": "3.0",
            "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json",
        },
        "uri": "urn:newsml:newsreel.example:20260316:brackwater-old-bridge",
        "type": "video",
        "version": "1",
        "firstCreated": published,
        "versionCreated": published,
        "contentCreated": "2026-03-16T12:05:00Z",
        "pubStatus": "usable",
        "copyrightHolder": "Newsreel Wire",
        "copyrightNotice": RIGHTS,
        "language": "en",
        "by": "Jonas Weir",
        "headlines": [{"role": "main", "value": "Brackwater's Old Bridge to open again to walkers on Saturday"}],
        "descriptions": [
            {
                "role": "caption",
                "contentType": "text/plain",
                "value": "Brackwater's Old Bridge, shut since the River Lenne rose to its arches, will open again to"
                " people on foot on Saturday, Mayor Greta Osei announces outside the town hall in Brackwater, Varland,"
                " on Monday, March 16, 2026. Cars must wait until masons have repaired the third pier. SHOTLIST: the"
                " bridge at dusk on March 3 (file); the bridge with scaffolding; Osei speaking; people on the roadway"
                " at a trial opening; the bridge lit in the evening.",
            }
        ],
        "subjects": [{"name": name, "rel": "mentions"} for name in ("bridge", "reopening", "flood", "Greta Osei")],
        "places": [{"name": "Brackwater", "rel": "about"}],
        "located": "Brackwater, Varland",
    }
    return json.dumps(fields, ensure_ascii=False, indent=2).encode() + b"\n"


_RELEASES = {
    "tarnby-halcyon-pilot.mp4": _Release(
        encoding=Encoding(
            codec="libx264",
            options={"preset": "superfast", "crf": "25", "g": "50"},
            container_options={"movflags": "+faststart"},
            metadata={
                "title": "Tarnby pilot on the minutes that freed the Halcyon",
                "artist": "Freya Lund",
                "description": "Harbour pilot Torben Aske tells how the container ship Halcyon was brought off the Gull"
                " Sands near Tarnby, Varland, on Wednesday, March 18, 2026. SHOTLIST: the ship on the bank on March 9"
                " (file); Aske on the quay; his chart of the estuary; three tugs at the stern before sunrise; the bank"
                " laid bare after she had gone; Aske.",
                "date": "2026-03-18T09:30:00Z",
                "creation_time": "2026-03-18T09:30:00Z",
                "copyright": RIGHTS,
                "keywords": "Halcyon, Tarnby, harbour pilot, salvage, tugs",
            },
        ),
        sidecars={".vtt": _transcript("tarnby-halcyon-pilot.vtt")},
    ),
    "brackwater-old-bridge.webm": _Release(
        encoding=Encoding(
            codec="libvpx-vp9",
            options={"deadline": "realtime", "cpu-used": "8", "crf": "38", "b": "0", "g": "50"},
        ),
        sidecars={".json": _ninjs()},
    ),
    "millford-station-clock.mov": _Release(
        encoding=Encoding(
            codec="mpeg2video",
            options={"b": "1100k", "g": "12", "bf": "2"},
            metadata={"creation_time": "2026-03-17T07:12:00Z"},
        ),
    ),
}


def _write(folder: Path, name: str) -> list[Path]:
    path, release = folder / name, _RELEASES[name]
    beside = {path.with_suffix(suffix): content for suffix, content in release.sidecars.items()}
    for sidecar, content in beside.items():
        sidecar.write_bytes(content)
    if not path.exists():
        unfinished = path.with_name(f".{name}")
        encode(FILMS[name].pictures(), unfinished, release.encoding)
        unfinished.replace(path)
    return [path, *beside]


def write_videos(folder: Path) -> list[Path]:
    """Makes those videos that a folder, made if it is missing, does not hold yet, and writes what lies beside them.

    Takes some seconds, on two cores.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor() as pool:
        return [path for paths in pool.map(lambda name: _write(folder, name), FILMS) for path in paths]
