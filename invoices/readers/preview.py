"""The picture of a file's first page, as people see it beside the fields."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

LONG_SIDE = 1600  # pixels
PNG, JPEG = "image/png", "image/jpeg"
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Preview:
    content: bytes
    media_type: str


def of_page(image: Image.Image) -> Preview:
    """A drawn page, as PNG: few colours, sharp edges."""
    out = io.BytesIO()
    small(image).quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return Preview(out.getvalue(), PNG)


def of_photo(image: Image.Image) -> Preview:
    """A photo, as JPEG and without what the camera wrote into it (place, time, device)."""
    out = io.BytesIO()
    small(image).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Preview(out.getvalue(), JPEG)


def small(image: Image.Image) -> Image.Image:
    return ImageOps.contain(image, (LONG_SIDE, LONG_SIDE)) if max(image.size) > LONG_SIDE else image
