"""Pictures as encoders want them: brightness in full and colour at half the size, by BT.601 in limited range.

Scaling and drawing in these planes costs half of what it does in RGB, and no frame has to be converted.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from newsreel.sample._canvas import Colour

__all__ = ["Planes", "components"]

Box = tuple[float, float, float, float]
_LUMA = [round(16 + 219 * value / 255) for value in range(256)]
_CHROMA = [round(128 + 224 * (value - 128) / 255) for value in range(256)]


@dataclass(frozen=True, slots=True)
class Planes:
    """One picture; each plane is an image of mode L, which a pen may draw on."""

    luma: Image.Image
    blue: Image.Image
    red: Image.Image

    @classmethod
    def of(cls, picture: Image.Image) -> Planes:
        """The planes of an RGB picture with an even width and height."""
        luma, blue, red = picture.convert("YCbCr").split()
        return cls(luma.point(_LUMA), blue.point(_CHROMA).reduce(2), red.point(_CHROMA).reduce(2))

    @classmethod
    def black(cls, width: int, height: int) -> Planes:
        """Nothing to see."""
        return cls.of(Image.new("RGB", (width, height)))

    def part(self, box: Box, width: int, height: int) -> Planes:
        """What lies in a box, between pixels too, scaled to a size."""
        half: Box = (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
        smooth = Image.Resampling.BILINEAR
        blue, red = (plane.resize((width // 2, height // 2), smooth, box=half) for plane in (self.blue, self.red))
        return Planes(self.luma.resize((width, height), smooth, box=box), blue, red)

    def blend(self, other: Planes, share: float) -> Planes:
        """This picture with a share of another one."""
        return Planes(
            Image.blend(self.luma, other.luma, share),
            Image.blend(self.blue, other.blue, share),
            Image.blend(self.red, other.red, share),
        )


def components(colour: Colour) -> tuple[int, int, int]:
    """A colour's value in each plane: brightness, blue and red."""
    red, green, blue = colour
    light = 0.299 * red + 0.587 * green + 0.114 * blue
    return (
        round(16 + light * 219 / 255),
        round(128 + (blue - light) * 112 / 226),
        round(128 + (red - light) * 112 / 179),
    )
