"""The photos of the sample archive: drawn by us, captioned as a wire would, the same bytes every time.

Varland and everyone in it are invented. The formats differ on purpose: JPEG with all three kinds of metadata, PNG,
WebP, TIFF and HEIC with what each can carry, one photo stored on its side, and one sent without a caption.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pillow_heif
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from newsreel.sample import _country, _rooms, _waters
from newsreel.sample._iptc import Caption, exif, iim_segment, with_iim, xmp

__all__ = ["write_photos"]

_CET = timezone(timedelta(hours=1))
_WEIR, _HALLORAN = "Jonas Weir / Newsreel Wire", "Priya Halloran / Newsreel Wire"


def _at(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=_CET)


@dataclass(frozen=True, slots=True)
class _Shot:
    name: str
    scene: Callable[[], Image.Image]
    caption: Caption


_SHOTS = (
    _Shot(
        "brackwater-flood-bridge.jpg",
        _waters.flood_bridge,
        Caption(
            headline="Lenne rises to the arches of Brackwater's Old Bridge",
            text="Volunteers row past the Old Bridge in Brackwater, Varland, at dusk on Tuesday, March 3, 2026, as the"
            " River Lenne reaches its highest level since records began. Residents have been told to leave the lower"
            " town. (Photo by Jonas Weir / Newsreel Wire)",
            byline=_WEIR,
            created=_at(3, 3, 18, 12),
            city="Brackwater",
            country="Varland",
            location="Old Bridge",
            keywords=("flood", "River Lenne", "evacuation", "weather", "disaster"),
        ),
    ),
    _Shot(
        "brackwater-flood-aerial.heic",
        _waters.flood_aerial,
        Caption(
            headline="Lower Brackwater under water",
            text="Only roofs and treetops stand clear of the River Lenne in the lower town of Brackwater, Varland, seen"
            " from a rescue helicopter on Thursday, March 5, 2026. An inflatable boat works its way along Weir Lane"
            " looking for residents who stayed behind.",
            byline=_HALLORAN,
            created=_at(3, 5, 10, 40),
            city="Brackwater",
            country="Varland",
            keywords=("flood", "River Lenne", "aerial view", "rescue"),
        ),
    ),
    _Shot(
        "osterhaven-parliament-budget.webp",
        _rooms.parliament,
        Caption(
            headline="Lindqvist wins budget vote by three",
            text="Prime Minister Ada Lindqvist addresses parliament in Osterhaven, Varland, on Thursday, March 12,"
            " 2026, before members pass her budget by 151 votes to 148. Opposition leader Tomas Reuel says the flood"
            " relief in it comes too late for the towns on the Lenne.",
            byline=_HALLORAN,
            created=_at(3, 12, 15, 5),
            city="Osterhaven",
            country="Varland",
            location="Parliament",
            keywords=("politics", "parliament", "budget", "Ada Lindqvist"),
        ),
    ),
    _Shot(
        "cup-final-oduya.jpg",
        _rooms.final,
        Caption(
            headline="Oduya gives Rovers the lead in the cup final",
            text="Osterhaven Rovers striker Mika Oduya, in red, shoots Rovers into the lead in the 34th minute of the"
            " Varland Cup final against Millford Town at the Harbour Stadium in Osterhaven on Saturday, March 14,"
            " 2026. Rovers win 2-1 after extra time.",
            byline=_WEIR,
            created=_at(3, 14, 21, 34),
            city="Osterhaven",
            country="Varland",
            location="Harbour Stadium",
            keywords=("football", "cup final", "Osterhaven Rovers", "Mika Oduya", "sport"),
        ),
    ),
    _Shot(
        "tarnby-halcyon-aground.jpg",
        _waters.aground,
        Caption(
            headline="Container ship Halcyon aground off Tarnby",
            text="A tug stands by the container ship Halcyon on a sandbank off Tarnby, Varland, on Monday, March 9,"
            " 2026. Her owner, the shipping company Norline, says the crew of 24 is safe.",
            byline=_WEIR,
            created=_at(3, 9, 8, 20),
            city="Tarnby",
            country="Varland",
            location="Lenne estuary",
            keywords=("shipping", "accident", "Halcyon", "Norline"),
        ),
    ),
    _Shot(
        "mount-ferrin-wildfire.jpg",
        _country.wildfire,
        Caption(
            headline="Winter wildfire burns on Mount Ferrin",
            text="Two firefighters watch the flames along the ridge of Mount Ferrin, Selvia, on the night of Wednesday,"
            " Feb. 18, 2026. After four months without rain, the fire has crossed the valley road and 600 hectares of"
            " pine are lost.",
            byline=_HALLORAN,
            created=_at(2, 18, 22, 47),
            city="Ferrin",
            country="Selvia",
            location="Mount Ferrin",
            keywords=("wildfire", "drought", "firefighters", "forest", "disaster"),
        ),
    ),
    _Shot(
        "korrin-election-count.png",
        _rooms.count,
        Caption(
            headline="Korrin counts through the night",
            text="Helpers sort and count ballots by hand in a school gymnasium in Korrin on Sunday, Feb. 22, 2026,"
            " after the closest general election in the country's history. Turnout is put at 81 per cent.",
            byline=_HALLORAN,
            created=_at(2, 22, 23, 15),
            city="",
            country="Korrin",
            keywords=("election", "ballots", "vote count", "politics"),
        ),
    ),
    _Shot(
        "aurora-borealis-ice-core.jpg",
        _waters.ice,
        Caption(
            headline="Ice core expedition reaches its winter station",
            text="Dr Ines Calloway, a climate scientist, and a colleague set up a drill on a floe beside the research"
            " ship Aurora Borealis on Thursday, Feb. 26, 2026. The team hopes to bring home ice that is 120,000 years"
            " old.",
            byline=_WEIR,
            created=_at(2, 26, 19, 30),
            city="",
            country="",
            location="Northern Ocean",
            keywords=("climate", "science", "research ship", "ice core", "Ines Calloway"),
        ),
    ),
    _Shot(
        "millford-derailment.jpg",
        _country.derailment,
        Caption(
            headline="Regional train leaves the track near Millford",
            text="Recovery crews inspect a regional train that derailed on an embankment near Millford, Varland, on"
            " Monday, March 16, 2026. Thirty-eight people are injured, four of them seriously; investigators are asking"
            " whether the flood washed out the track bed.",
            byline=_HALLORAN,
            created=_at(3, 16, 9, 55),
            city="Millford",
            country="Varland",
            keywords=("rail", "accident", "train", "derailment"),
        ),
    ),
    _Shot(
        "osterhaven-rents-protest.jpg",
        _rooms.protest,
        Caption(
            headline="Thousands march against rents in Osterhaven",
            text="Tenants fill Assembly Square in Osterhaven, Varland, on Saturday, March 7, 2026, carrying placards"
            " with the outline of a house. They demand a cap on rents, which have doubled in the capital in six years;"
            " police put the crowd at 12,000.",
            byline=_WEIR,
            created=_at(3, 7, 14, 10),
            city="Osterhaven",
            country="Varland",
            location="Assembly Square",
            keywords=("protest", "housing", "rents", "demonstration"),
        ),
    ),
    _Shot(
        "cape-sorrel-satellite-launch.jpg",
        _country.launch,
        Caption(
            headline="Weather satellite lifts off from Cape Sorrel",
            text="Spectators watch a rocket carry Varland's first weather satellite from Cape Sorrel before dawn on"
            " Monday, March 2, 2026. From April it is to measure rainfall over the Lenne basin every ten minutes.",
            byline=_HALLORAN,
            created=_at(3, 2, 6, 2),
            city="Cape Sorrel",
            country="Varland",
            keywords=("space", "satellite", "rocket launch", "weather"),
        ),
    ),
    _Shot(
        "lenne-valley-orchard-frost.tif",
        _country.orchard,
        Caption(
            headline="Candles against the frost",
            text="A grower walks between rows of frost candles in a cherry orchard in the Lenne valley near Tarnby,"
            " Varland, at first light on Thursday, March 19, 2026. Blossom is three weeks early and the night falls to"
            " minus four degrees.",
            byline=_WEIR,
            created=_at(3, 19, 6, 25),
            city="Tarnby",
            country="Varland",
            location="Lenne valley",
            keywords=("farming", "frost", "orchard", "fruit", "weather"),
        ),
    ),
    _Shot(
        "DSC_4417.jpg",
        _rooms.market,
        Caption(headline="", text="", byline=_HALLORAN, created=_at(2, 28, 16, 48), city="", country=""),
    ),
)

_ON_ITS_SIDE = "cape-sorrel-satellite-launch.jpg"


def _jpeg(picture: Image.Image, shot: _Shot) -> bytes:
    on_its_side = shot.name == _ON_ITS_SIDE
    stored = picture.transpose(Image.Transpose.ROTATE_90) if on_its_side else picture
    camera = exif(shot.caption, orientation=6 if on_its_side else 1)
    out = io.BytesIO()
    if not shot.caption.text:  # straight from the camera
        stored.save(out, "JPEG", quality=80, exif=camera)
        return out.getvalue()
    stored.save(out, "JPEG", quality=80, exif=camera, xmp=xmp(shot.caption))
    return with_iim(out.getvalue(), iim_segment(shot.caption))


def _other(picture: Image.Image, shot: _Shot) -> bytes:
    out = io.BytesIO()
    packet = xmp(shot.caption)
    match Path(shot.name).suffix:
        case ".png":
            info = PngInfo()
            info.add_itxt("XML:com.adobe.xmp", packet.decode())
            picture.resize((900, 600)).quantize(160, dither=Image.Dither.NONE).save(
                out, "PNG", pnginfo=info, optimize=True
            )
        case ".webp":
            picture.save(out, "WEBP", quality=80, xmp=packet, exif=exif(shot.caption).tobytes())
        case ".tif":
            small = picture.resize((480, 320))
            small.save(out, "TIFF", compression="tiff_lzw", tiffinfo={700: packet, 315: shot.caption.byline})
        case _:
            image = pillow_heif.from_pillow(picture.resize((900, 600)))
            image.save(out, quality=55, xmp=packet, exif=exif(shot.caption).tobytes())
    return out.getvalue()


def _write(folder: Path, shot: _Shot) -> Path:
    path = folder / shot.name
    if not path.exists():
        picture = shot.scene()
        unfinished = path.with_name(f".{shot.name}")
        unfinished.write_bytes(_jpeg(picture, shot) if path.suffix == ".jpg" else _other(picture, shot))
        unfinished.replace(path)
    return path


def write_photos(folder: Path) -> list[Path]:
    """Draws those photos that a folder, made if it is missing, does not hold yet. Drawing takes a second each."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, shot) for shot in _SHOTS]
