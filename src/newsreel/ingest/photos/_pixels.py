"""The pixels of a photo, as a thumbnail ready to show."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from newsreel.core.errors import UnreadableError
from newsreel.ingest.photos._formats import Format

__all__ = ["MAX_PIXELS", "SIDE", "open_image", "thumbnail"]

SIDE = 480
"""The longest side of a thumbnail."""
MAX_PIXELS = 150_000_000
"""As Pillow holds them, about 600 MB: the largest medium-format cameras, not a decompression bomb."""
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _decoder(kind: Format) -> type[ImageFile.ImageFile]:
    """The decoder itself, not `Image.open`: that would try all plugins, and warn where we refuse."""
    if kind in (Format.HEIC, Format.HEIF):
        from pillow_heif import HeifImageFile  # loads libheif, which most archives never need

        return HeifImageFile  # type: ignore[no-any-return]
    readers: dict[Format, type[ImageFile.ImageFile]] = {
        Format.JPEG: JpegImageFile,
        Format.PNG: PngImageFile,
        Format.TIFF: TiffImageFile,
        Format.WEBP: WebPImageFile,
    }
    return readers[kind]


def open_image(pixels: bytes, kind: Format) -> ImageFile.ImageFile:
    """The image with its header read and no pixel decoded. Raises UnreadableError when it is broken or too large."""
    try:
        image = _decoder(kind)(io.BytesIO(pixels))
    except Exception:  # noqa: BLE001 - a decoder given damaged bytes raises anything, from KeyError to struct.error
        raise UnreadableError(
            f"the image header is damaged ({kind}): export the photo again from its original"
        ) from None
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise UnreadableError(
            f"the image has {width} x {height} pixels, more than {MAX_PIXELS // 1_000_000} million: export it smaller"
        )
    return image


def _to_8_bit(image: Image.Image) -> Image.Image:
    """16-bit greys by their upper byte; 32-bit and floating-point ones stretched over their own range."""
    values = np.asarray(image)
    if image.mode.startswith("I;16"):
        return Image.fromarray((values >> 8).astype(np.uint8))
    known = np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0)
    low, high = float(known.min()), float(known.max())
    return Image.fromarray(((known - low) * (255 / ((high - low) or 1))).astype(np.uint8))


def _plain(image: Image.Image) -> Image.Image:
    """The image in a mode that can be scaled: L, RGB, CMYK or RGBA."""
    if image.mode.startswith("I") or image.mode == "F":
        return _to_8_bit(image)
    if image.mode == "LAB":
        return ImageCms.profileToProfile(image, ImageCms.createProfile("LAB"), _SRGB, outputMode="RGB") or image
    if image.mode in ("L", "RGB", "CMYK", "RGBA"):
        return image
    if image.mode == "1":
        return image.convert("L")
    has_alpha = image.mode in ("PA", "LA", "La", "RGBa") or (image.mode == "P" and "transparency" in image.info)
    return image.convert("RGBA" if has_alpha else "RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Opaque sRGB. A profile that is damaged, or belongs to other pixels, is passed over: the colours are then near."""
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(image, source, _SRGB, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return image.convert("RGB")


def _shrunk(image: ImageFile.ImageFile) -> Image.Image:
    """The whole image decoded (so that damage anywhere is noticed), then scaled."""
    scale = min(1.0, SIDE / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    if isinstance(image, JpegImageFile) and scale < 0.5:
        # Decoded at 1/2, 1/4 or 1/8 where that is still twice the size wanted: many times faster on large photos.
        image.draft(None, (size[0] * 2, size[1] * 2))
    profile = image.info.get("icc_profile")
    image.load()
    small = _plain(image)
    if scale < 1:
        small = small.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    small = _to_srgb(small, profile if image.mode != "LAB" else None)
    small.info = {}
    return small


def thumbnail(image: ImageFile.ImageFile, orientation: int) -> bytes:
    """A JPEG of at most 480 pixels a side, upright, in sRGB, with nothing of the original but its picture."""
    try:
        small = _shrunk(image)
        if orientation in _TRANSPOSE:
            small = small.transpose(_TRANSPOSE[orientation])
        out = io.BytesIO()
        small.save(out, "JPEG", quality=85)
        return out.getvalue()
    except Exception:  # noqa: BLE001 - as above: decoding happens here, and what it raises depends on the damage
        raise UnreadableError("the pixels end early or are damaged: export the photo again from its original") from None
