"""Photos and scans: kept, turned upright, and their QR code read. What no code says is typed beside the picture.

Reading printed text from pictures comes behind the same interface, as another source with less confidence.
"""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from invoices.readers import errors, limits, qr
from invoices.readers.base import Reading

FORMATS = ("JPEG", "PNG", "WEBP")
LONG_SIDE = 3000  # pixels: more only costs time when looking for a QR code


def open_picture(content: bytes) -> Image.Image:
    """The picture upright, in RGB. Its header is looked at before anything is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(content), formats=FORMATS)
        limits.check_pixels(*image.size)
        if image.format == "JPEG":
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        image.load()
        return _on_white(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        width, height = _size(content)
        raise errors.PictureTooLarge(width=width, height=height, limit=limits.MAX_PIXELS // 1_000_000) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise errors.BadPicture() from error


def _size(content: bytes) -> tuple[int, int]:
    """Of a picture Pillow will not open: the words of a PNG's header, else nothing."""
    if content.startswith(b"\x89PNG"):
        return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")
    return 0, 0


def _on_white(image: Image.Image) -> Image.Image:
    """Transparent parts become paper."""
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("RGB")
    return image.convert("RGB")


def read(image: Image.Image) -> Reading:
    """The QR code's fields. Codes of several invoices in one picture: a person says which it is."""
    if max(image.size) > LONG_SIDE:
        image = ImageOps.contain(image, (LONG_SIDE, LONG_SIDE))
    found = qr.readings(qr.texts(image))
    if not found:
        return Reading()
    reading = found[0]
    identities = {other.identity for other in found}
    if len(identities) > 1:
        reading.note("several_invoices", count=str(len(identities)))
        reading.doubt(*reading.values)
    return reading
