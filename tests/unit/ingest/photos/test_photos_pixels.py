from __future__ import annotations

import io
import os
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from photo_builders import encoded, item, picture, pixels, read
from PIL import Image, ImageCms

from newsreel.core.errors import UnreadableError
from newsreel.ingest import photos
from newsreel.ingest.photos import looks_like_photo, read_photo


def heic(image: Image.Image) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=60)
    return out.getvalue()


def colour_at(photo: photos.Photo, x: float, y: float) -> str:
    array = pixels(photo)
    red, _, blue = array[int(y * (array.shape[0] - 1)), int(x * (array.shape[1] - 1))]
    return "red" if int(red) > int(blue) else "blue"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (encoded(picture()), "image/jpeg"),
        (encoded(picture(), progressive=True), "image/jpeg"),
        (encoded(picture().convert("CMYK")), "image/jpeg"),
        (encoded(picture(), "PNG"), "image/png"),
        (encoded(picture().quantize(8), "PNG"), "image/png"),
        (encoded(picture(), "WEBP"), "image/webp"),
        (encoded(picture(), "TIFF"), "image/tiff"),
        (encoded(picture(), "TIFF", compression="tiff_lzw"), "image/tiff"),
        (encoded(picture(), "TIFF", compression="jpeg"), "image/tiff"),
        (encoded(picture().convert("CMYK"), "TIFF", compression="tiff_adobe_deflate"), "image/tiff"),
        (encoded(picture(), "TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))]), "image/tiff"),
        (heic(picture()), "image/heic"),
    ],
)
def test_each_format(data: bytes, kind: str) -> None:
    assert looks_like_photo(data)
    photo = read(data)
    assert photo.item.media_type == kind
    assert pixels(photo).shape == (48, 64, 3)
    assert (colour_at(photo, 0.1, 0.1), colour_at(photo, 0.9, 0.9)) == ("red", "blue")


@pytest.mark.parametrize("form", ["TIFF", "PNG"])
def test_sixteen_bits_keep_their_tones(form: str) -> None:
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16)[None, :].repeat(48, axis=0)
    array = pixels(read(encoded(Image.fromarray(ramp), form)))
    assert array[24, 0, 0] < 12
    assert abs(int(array[24, 32, 0]) - 128) < 12
    assert array[24, 63, 0] > 243


def test_floating_point_and_bilevel_tiff() -> None:
    ramp = np.linspace(-1, 3, 64, dtype=np.float32)[None, :].repeat(48, axis=0)
    array = pixels(read(encoded(Image.fromarray(ramp), "TIFF")))
    assert array[24, 0, 0] < 12
    assert array[24, 63, 0] > 243
    assert pixels(read(encoded(picture().convert("1"), "TIFF", compression="group4"))).shape == (48, 64, 3)


def test_transparency_lies_on_white() -> None:
    clear = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
    for data in (encoded(clear, "PNG"), encoded(clear, "WEBP", lossless=True), encoded(clear.convert("LA"), "PNG")):
        assert pixels(read(data)).min() > 250


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "TIFF", "WEBP", "PNG"])
def test_orientation_is_applied(form: str, orientation: int) -> None:
    upright = picture(64, 48)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose that brings upright to how it is stored
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
    block = Image.Exif()
    block[274] = orientation
    options = {"tiffinfo": {274: orientation}} if form == "TIFF" else {"exif": block}
    photo = read(encoded(stored, form, **options))
    assert pixels(photo).shape == (48, 64, 3)
    assert [colour_at(photo, x, y) for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9))] == ["red", "blue", "blue"]


def test_the_thumbnail_is_small_srgb_and_says_nothing_of_the_original() -> None:
    block = Image.Exif()
    block[315] = "Jonas Weir"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(picture(1500, 700), exif=block, icc_profile=profile, comment=b"a secret", xmp=b"<x/>")
    photo = read(data)
    image = Image.open(io.BytesIO(photo.thumbnail))
    assert image.size == (480, 224)
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"secret" not in photo.thumbnail
    assert pixels(read(encoded(picture(3, 4000)))).shape == (480, 1, 3)


def test_a_damaged_colour_profile_is_passed_over() -> None:
    assert colour_at(read(encoded(picture(), icc_profile=b"not a profile")), 0.1, 0.1) == "red"


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size + b"\x08\0\0\0\0") + chunk(b"IDAT", zlib.compress(bytes(1000)))


def test_two_hundred_megapixels_are_refused_from_the_header() -> None:
    with pytest.raises(UnreadableError, match="20000 x 10000 pixels, more than 150 million"):
        read(png_header(20_000, 10_000))


def test_a_large_photo_within_the_bound_is_read_without_a_warning() -> None:
    data = encoded(Image.new("L", (12_000, 9_000)), "PNG")  # above the size where Pillow warns
    assert pixels(read(data)).shape == (360, 480, 3)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_truncated_pixels_are_refused(form: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(7).integers(0, 255, (300, 400, 3), dtype=np.uint8))
    data = encoded(noise, form)
    if form == "TIFF":
        data = encoded(noise, form, compression="tiff_lzw")
    with pytest.raises(UnreadableError, match="damaged"):
        read(data[: int(len(data) * share)])


def test_a_truncated_heic_is_refused() -> None:
    data = heic(picture(600, 400))
    for share in (0.5, 0.9, 0.999):
        with pytest.raises(UnreadableError, match="cut short"):
            read(data[: int(len(data) * share)])


def test_a_jpeg_of_endless_scans_is_refused() -> None:
    data = encoded(picture(), progressive=True)
    scan = data.rindex(b"\xff\xda")
    with pytest.raises(UnreadableError, match="over 100 scans"):
        read(data[:scan] + data[scan:-2] * 200 + data[-2:])


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a" + bytes(60),
        b"BM" + bytes(60),
        b"\0\0\0\x20ftypisom" + bytes(60),
        b"\0\0\0\x20ftypavif" + bytes(60),
        b"II+\0" + bytes(60),
        b"RIFF\0\0\0\0WAVE",
        b"<!DOCTYPE html>",
        b"\xff",
    ],
)
def test_other_formats_are_refused_by_name(data: bytes) -> None:
    assert not looks_like_photo(data)
    with pytest.raises(UnreadableError, match="convert it to JPEG, PNG, TIFF, WebP or HEIC"):
        read(data)


def test_empty_and_oversized_files(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableError, match="empty"):
        read(b"")
    monkeypatch.setattr(photos, "MAX_BYTES", 1 << 20)
    with pytest.raises(UnreadableError, match="the file has 2 MB, more than 1"):
        read(encoded(picture()) + bytes(2 << 20))


def test_the_name_may_lie_and_need_not_be_utf8() -> None:
    path = Path(os.fsdecode(b"desk/caf\xe9.gif"))
    photo = read_photo(path, encoded(picture()), uri="file:caf%E9.gif").item
    assert (photo.media_path, photo.media_type) == (str(path), "image/jpeg")


def test_a_headline_is_read_in_the_same_way_from_heic() -> None:
    out = io.BytesIO()
    block = Image.Exif()
    block[315] = "Jonas Weir"
    block[274] = 6
    pillow_heif.from_pillow(picture()).save(out, exif=block.tobytes())
    assert item(out.getvalue()).byline == "Jonas Weir"


def test_importing_the_room_does_not_load_libheif() -> None:
    code = "import sys, newsreel.ingest.photos; sys.exit('pillow_heif' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
