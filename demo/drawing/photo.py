"""A page as a phone would take it: on a table, a little askew, unevenly lit, with noise. The same for the same seed."""

from __future__ import annotations

import io
import math
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from invoices.readers import pdf

DPI = 190
MARGIN = 0.05  # of the page's width, table around it
_TABLES = ((112, 92, 74), (96, 101, 108), (150, 138, 120))


def take(page: bytes, rng: Random, *, media_type: str = "image/jpeg", quality: int = 80, turned: int = 0) -> bytes:
    """A photo of a PDF's first page. `turned`: the EXIF orientation it is stored with (1, 3, 6, 8); 0: none."""
    image = pdf.picture(page, 1, DPI)
    image = _on_table(image, rng)
    image = _lit(image, rng)
    image = _noisy(image, rng).filter(ImageFilter.GaussianBlur(0.5))
    return _stored(image, media_type, quality, turned)


def _on_table(page: Image.Image, rng: Random) -> Image.Image:
    """The page in perspective: each corner a little off its place."""
    margin = int(page.width * MARGIN)
    width, height = page.width + 2 * margin, page.height + 2 * margin

    def near(x: float, y: float) -> tuple[float, float]:
        return x + rng.uniform(-0.35, 0.35) * margin, y + rng.uniform(-0.35, 0.35) * margin

    corners = [
        near(margin, margin),
        near(width - margin, margin),
        near(width - margin, height - margin),
        near(margin, height - margin),
    ]
    source = [(0.0, 0.0), (page.width, 0.0), (page.width, page.height), (0.0, page.height)]
    table = Image.new("RGB", (width, height), rng.choice(_TABLES))
    matrix = _perspective(corners, source)
    moved = page.transform((width, height), Image.Transform.PERSPECTIVE, matrix, Image.Resampling.BICUBIC)
    mask = Image.new("L", (width, height), 0)
    ImageDraw.Draw(mask).polygon(corners, fill=255)
    table.paste(moved, mask=mask)
    return table


def _perspective(corners: list[tuple[float, float]], source: list[tuple[float, float]]) -> list[float]:
    """The eight numbers that send each corner of the photo to its place on the page (Gauss elimination)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for row in range(8):
            if row != column:
                factor = rows[row][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return [row[8] for row in rows]


def _lit(image: Image.Image, rng: Random) -> Image.Image:
    """Darker towards one side."""
    angle, strength = rng.uniform(0, 2 * math.pi), rng.randint(25, 60)
    small = Image.new("L", (32, 32))
    for x in range(32):
        for y in range(32):
            share = 0.5 + ((x - 16) * math.cos(angle) + (y - 16) * math.sin(angle)) / 45
            small.putpixel((x, y), 255 - int(strength * min(max(share, 0.0), 1.0)))
    shade = small.resize(image.size, Image.Resampling.BICUBIC)
    return ImageChops.multiply(image, Image.merge("RGB", [shade] * 3))


def _noisy(image: Image.Image, rng: Random) -> Image.Image:
    noise = Image.frombytes("L", image.size, rng.randbytes(image.width * image.height))
    return Image.blend(image, Image.merge("RGB", [noise] * 3), 0.05)


def _stored(image: Image.Image, media_type: str, quality: int, turned: int) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    if turned:
        exif[0x0112] = turned
        image = image.rotate({1: 0, 3: 180, 6: 90, 8: 270}[turned], expand=True)
    if media_type == "image/png":
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=quality, exif=exif)
    return out.getvalue()
