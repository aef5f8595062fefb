"""The supervising seal (发票监制章) and QR codes, as PNG."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from itertools import pairwise

import segno
from PIL import Image, ImageDraw, ImageFont

from invoices.readers import fonts

SCALE = 24  # pixels a millimetre, before the picture is made smaller
SEAL_WIDTH, SEAL_HEIGHT = 30.0, 20.0
_RED = (226, 30, 40)
_UPPER, _MIDDLE = "全国统一发票监制章", "国家税务总局"


def qr(content: str) -> bytes:
    out = io.BytesIO()
    segno.make(content, error="m", micro=False).save(out, kind="png", scale=4, border=1)
    return out.getvalue()


@lru_cache(maxsize=64)
def seal(area: str) -> bytes:
    """An oval of two rings with text along its upper and lower edge. Drawn large and made smaller, for smooth edges."""
    size = (int(SEAL_WIDTH * SCALE), int(SEAL_HEIGHT * SCALE))
    image = Image.new("RGBA", size, (*_RED, 0))
    pen = ImageDraw.Draw(image)
    pen.ellipse((4, 4, size[0] - 4, size[1] - 4), outline=_RED, width=int(0.9 * SCALE))
    inset = int(1.9 * SCALE)
    pen.ellipse((inset, inset, size[0] - inset, size[1] - inset), outline=_RED, width=int(0.2 * SCALE))
    centre = (size[0] / 2, size[1] / 2)
    radii = (size[0] / 2 - 4.1 * SCALE, size[1] / 2 - 3.9 * SCALE)
    _along(image, _UPPER, centre, radii, -math.pi * 0.93, -math.pi * 0.07, 2.5)
    _along(image, f"{area}税务局", centre, radii, math.pi * 0.72, math.pi * 0.28, 2.5)
    font = _font(2.5)
    width = pen.textlength(_MIDDLE, font=font)
    pen.text((centre[0] - width / 2, centre[1] - 1.5 * SCALE), _MIDDLE, font=font, fill=_RED)
    out = io.BytesIO()
    image.resize((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS).save(out, "PNG")
    return out.getvalue()


def _font(millimetres: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for file in fonts.FILES:
        try:
            return ImageFont.truetype(file, int(millimetres * SCALE))
        except OSError:
            continue
    return ImageFont.load_default(int(millimetres * SCALE))


def _along(
    image: Image.Image,
    text: str,
    centre: tuple[float, float],
    radii: tuple[float, float],
    start: float,
    end: float,
    size: float,
) -> None:
    """Characters along an ellipse, each turned to stand on it (angles in radians, clockwise from the right)."""
    font = _font(size)
    side = int(size * SCALE * 1.6)
    for char, angle in zip(text, _evenly(len(text), radii, start, end), strict=True):
        x, y = centre[0] + radii[0] * math.cos(angle), centre[1] + radii[1] * math.sin(angle)
        upward = math.sin(angle) < 0
        normal = math.atan2(radii[0] * math.sin(angle), radii[1] * math.cos(angle))
        turn = math.degrees(normal) + (90 if upward else -90)
        glyph = Image.new("RGBA", (side, side), (*_RED, 0))
        ImageDraw.Draw(glyph).text((side / 2, side / 2), char, font=font, fill=_RED, anchor="mm")
        glyph = glyph.rotate(-turn, Image.Resampling.BICUBIC)
        image.alpha_composite(glyph, (int(x - side / 2), int(y - side / 2)))


def _evenly(count: int, radii: tuple[float, float], start: float, end: float) -> list[float]:
    """Angles whose points lie at equal distances along the ellipse."""
    fine = [start + (end - start) * step / 500 for step in range(501)]
    lengths = [0.0]
    for one, other in pairwise(fine):
        step = math.hypot(radii[0] * (math.cos(other) - math.cos(one)), radii[1] * (math.sin(other) - math.sin(one)))
        lengths.append(lengths[-1] + step)
    wanted = [lengths[-1] * index / max(count - 1, 1) for index in range(count)]
    return [fine[min(range(501), key=lambda step: abs(lengths[step] - length))] for length in wanted]
