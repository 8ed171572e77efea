from __future__ import annotations

import pytest
from photo_builders import FULL_XMP, dataset, encoded, iim, item, jpeg, picture, xmp
from PIL import Image

from newsreel.core.item import Kind
from newsreel.ingest.dates import parse_ns


def exif(**tags: object) -> Image.Exif:
    block = Image.Exif()
    for name, value in tags.items():
        number = int(name[1:])
        (block.get_ifd(34665) if number >= 36864 and number < 40000 else block)[number] = value
    return block


def test_xmp_says_everything() -> None:
    photo = item(jpeg(xmp=FULL_XMP))
    assert photo.kind is Kind.PHOTO
    assert (photo.uri, photo.media_path, photo.media_type) == ("file:photo.jpg", "desk/photo.jpg", "image/jpeg")
    assert photo.headline == "Flood in Brackwater"
    assert photo.caption == "The Lenne rises."
    assert photo.byline == "Jonas Weir, Priya Halloran"
    assert photo.place == "Old Bridge, Brackwater, Varland"
    assert photo.published_ns == parse_ns("2026-03-03T17:12:00Z")
    assert photo.keywords == ("flood", "river")
    assert photo.rights == "© 2026 Newsreel Wire · Newsreel Wire · Editorial use only"


def test_iim_says_everything() -> None:
    block = dataset(1, 90, b"\x1b%G") + iim(
        d005=b"FLOOD", d025=b"flood", d055=b"20260303", d060=b"181200+0100", d080="Jonas Weïr".encode(),
        d090=b"Brackwater", d092=b"Old Bridge", d095=b"Lenne Valley", d101=b"Varland", d105=b"Flood in Brackwater",
        d110=b"Newsreel Wire", d115=b"Newsreel Wire", d116="© 2026".encode(), d120=b"The Lenne rises.\rMore to come.",
    )  # fmt: skip
    photo = item(jpeg(iim=block))
    assert photo.headline == "Flood in Brackwater"
    assert photo.caption == "The Lenne rises.\nMore to come."
    assert photo.byline == "Jonas Weïr"
    assert photo.place == "Old Bridge, Brackwater, Lenne Valley, Varland"
    assert photo.published_ns == parse_ns("2026-03-03T17:12:00Z")
    assert photo.keywords == ("flood",)
    assert photo.rights == "© 2026 · Newsreel Wire"


def test_exif_speaks_last_and_its_local_time_is_utc() -> None:
    block = exif(
        t270="The Lenne rises", t315="Jonas Weir; Priya Halloran", t33432="(c) 2026", t36867="2026:03:03 18:12:00"
    )
    photo = item(jpeg(exif=block))
    assert (photo.caption, photo.byline, photo.rights) == ("The Lenne rises", "Jonas Weir, Priya Halloran", "(c) 2026")
    assert photo.published_ns == parse_ns("2026-03-03T18:12:00Z")
    with_offset = exif(t36867="2026:03:03 18:12:00", t36881="+01:00")
    assert item(jpeg(exif=with_offset)).published_ns == parse_ns("2026-03-03T17:12:00Z")


def test_windows_titles_and_keywords() -> None:
    block = exif(t40091="Flut in Brackwater\0".encode("utf-16-le"), t40094="flood;river\0".encode("utf-16-le"))
    photo = item(jpeg(exif=block))
    assert (photo.headline, photo.keywords) == ("Flut in Brackwater", ("flood", "river"))


def test_xmp_wins_then_iim_then_exif() -> None:
    block = iim(d105=b"IIM headline", d120=b"IIM caption", d080=b"IIM byline")
    camera = exif(t270="EXIF caption", t315="EXIF byline", t33432="EXIF copyright")
    photo = item(jpeg(iim=block, xmp=xmp('photoshop:Headline="XMP headline"'), exif=camera))
    assert (photo.headline, photo.caption, photo.byline) == ("XMP headline", "IIM caption", "IIM byline")
    assert photo.rights == "EXIF copyright"


def test_iim_wins_when_its_digest_no_longer_fits() -> None:
    block = iim(d105=b"Corrected", d120=b"The Lenne ri")
    packet = xmp('photoshop:Headline="Wrong"', "<dc:description>The Lenne rises.</dc:description>")
    assert item(jpeg(iim=block, digest_of=block, xmp=packet)).headline == "Wrong"
    changed = item(jpeg(iim=block, digest_of=b"before", xmp=packet))
    assert changed.headline == "Corrected"
    assert changed.caption == "The Lenne rises."  # IIM only had it cut short


def test_a_place_is_never_mixed() -> None:
    packet = xmp('photoshop:City="Tarnby"')
    assert item(jpeg(iim=iim(d101=b"Selvia"), xmp=packet)).place == "Tarnby"


@pytest.mark.parametrize(
    "text", ["OLYMPUS DIGITAL CAMERA", "KONICA MINOLTA DIGITAL CAMERA  ", "SONY DSC", "Exif_JPEG_PICTURE", "DCIM\\100"]
)
def test_camera_defaults_are_not_captions(text: str) -> None:
    assert item(jpeg(exif=exif(t270=text))).caption == ""


def test_file_names_are_not_headlines() -> None:
    assert item(jpeg(iim=iim(d005=b"DSC_4417.JPG"))).headline == ""
    assert item(jpeg(iim=iim(d005=b"Brackwater flood"))).headline == "Brackwater flood"


@pytest.mark.parametrize(
    ("declared", "raw", "text"),
    [
        (b"", "Orléans".encode(), "Orléans"),
        (b"", "Orléans".encode("cp1252"), "Orléans"),
        (b"\x1b%G", "Orléans".encode("cp1252"), "Orléans"),  # declared wrongly
        (b"\x1b.A", "Ã©".encode("latin-1"), "Ã©"),  # valid UTF-8 by chance, but declared otherwise
        (b"\x1b%G", "Vår by på".encode()[:-1], "Vår by p"),  # cut inside its last character
        (b"", "Cafe\u0301\x00\x07 au lait ".encode(), "Café au lait"),
    ],
)
def test_iim_encodings(declared: bytes, raw: bytes, text: str) -> None:
    assert item(jpeg(iim=dataset(1, 90, declared) + iim(d105=raw))).headline == text


@pytest.mark.parametrize(
    ("date", "iso"),
    [
        ("2026-03-03", "2026-03-03T00:00:00Z"),
        ("2026-03", "2026-03-01T00:00:00Z"),
        ("2026", "2026-01-01T00:00:00Z"),
        ("2026-03-03T18:12:00.25-0500", "2026-03-03T23:12:00.25Z"),
    ],
)
def test_short_and_long_dates(date: str, iso: str) -> None:
    assert item(jpeg(xmp=xmp(f'photoshop:DateCreated="{date}"'))).published_ns == parse_ns(iso)


@pytest.mark.parametrize("date", ["yesterday", "0000:00:00 00:00:00", "2026-02-31", "18:12", "2026-03-03T18:12:00 XYZ"])
def test_what_is_not_a_date_is_no_date(date: str) -> None:
    assert item(jpeg(xmp=xmp(f'photoshop:DateCreated="{date}"'))).published_ns is None


@pytest.mark.parametrize(
    "packet",
    [
        b"<x:xmpmeta><unclosed",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + FULL_XMP,
        ('<!DOCTYPE x [<!ENTITY a "aaaa">]>' + FULL_XMP.decode()).encode("utf-16"),
        FULL_XMP[:400],
        b"\xff" * 100,
    ],
)
def test_a_broken_packet_does_not_lose_the_photo(packet: bytes) -> None:
    photo = item(jpeg(xmp=packet, iim=iim(d105=b"From IIM")))
    assert photo.headline == "From IIM"


def test_external_entities_are_not_fetched(tmp_path: object) -> None:
    packet = FULL_XMP.replace(b"The Lenne rises.", b"&leak;")
    assert item(jpeg(xmp=packet)).caption == ""


def test_broken_exif_does_not_lose_the_photo() -> None:
    for block in (b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01" * 90):
        assert item(jpeg(exif=block, iim=iim(d105=b"From IIM"))).headline == "From IIM"


def test_tiff_carries_all_three() -> None:
    tags = {700: FULL_XMP, 33723: iim(d105=b"IIM headline"), 270: "EXIF caption"}
    photo = item(encoded(picture(), "TIFF", tiffinfo=tags))
    assert (photo.headline, photo.media_type) == ("Flood in Brackwater", "image/tiff")
    assert item(encoded(picture(), "TIFF", tiffinfo={33723: tags[33723]})).headline == "IIM headline"
