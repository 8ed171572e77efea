"""Whatever the bytes: a photo or an UnreadableError, without a warning, from several threads."""

from __future__ import annotations

import io
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from photo_builders import FULL_XMP, encoded, iim, jpeg, picture, read
from PIL import Image

from newsreel.core.errors import UnreadableError
from newsreel.ingest.photos import Photo


def _samples() -> dict[str, bytes]:
    block = Image.Exif()
    block[270], block[274] = "The Lenne rises", 6
    block.get_ifd(34665)[36867] = "2026:03:03 18:12:00"
    heic = io.BytesIO()
    pillow_heif.from_pillow(picture()).save(heic, exif=block.tobytes(), xmp=FULL_XMP)
    deep = Image.fromarray(np.arange(64 * 48, dtype=np.uint16).reshape(48, 64))
    return {
        "jpeg": jpeg(iim=iim(d105=b"Headline"), digest_of=b"", xmp=FULL_XMP, exif=block),
        "progressive": encoded(picture(), progressive=True),
        "png": encoded(picture(), "PNG", exif=block),
        "palette": encoded(picture().quantize(8), "PNG", transparency=b"\0\x80"),
        "webp": encoded(picture(), "WEBP", exif=block, xmp=FULL_XMP),
        "tiff": encoded(picture(), "TIFF", tiffinfo={700: FULL_XMP, 270: "The Lenne rises"}),
        "lzw": encoded(picture(), "TIFF", compression="tiff_lzw"),
        "deep": encoded(deep, "TIFF"),
        "heic": heic.getvalue(),
    }


SAMPLES = _samples()


def outcome(data: bytes) -> Photo | str:
    try:
        return read(data)
    except UnreadableError as error:
        return str(error)


def check(data: bytes) -> None:
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        result = outcome(data)
    assert not [w.message for w in heard]
    if isinstance(result, Photo):
        assert max(Image.open(io.BytesIO(result.thumbnail)).size) <= 480


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_mutated_photos(name: str, data: st.DataObject) -> None:
    mutated = bytearray(SAMPLES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        # half of the changes in the first bytes, where the structure is
        reach = data.draw(st.sampled_from([200, len(mutated)]))
        mutated[data.draw(st.integers(0, min(reach, len(mutated)) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.sampled_from([len(mutated)] * 3 + [data.draw(st.integers(0, len(mutated)))]))
    check(bytes(mutated[:end]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    head=st.sampled_from([b"", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"RIFF\0\0\0\0WEBP",
                          b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypmif1"]),
    tail=st.binary(max_size=400),
)  # fmt: skip
def test_random_bytes(head: bytes, tail: bytes) -> None:
    check(head + tail)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(exif=st.binary(max_size=300), block=st.binary(max_size=200), packet=st.binary(max_size=200))
def test_random_metadata_never_loses_the_photo(exif: bytes, block: bytes, packet: bytes) -> None:
    assert isinstance(
        outcome(jpeg(exif=b"Exif\0\0MM\0*\0\0\0\x08" + exif, iim=b"\x1c\2\x69" + block, xmp=packet)), Photo
    )


def test_threads_agree() -> None:
    work = list(SAMPLES.values()) * 6
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(outcome, work))
    assert together == [outcome(data) for data in work]
