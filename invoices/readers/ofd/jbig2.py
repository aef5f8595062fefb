"""JBIG2 pictures, in which old e-invoices keep their QR code. Pillow cannot read them, pdfium can, inside a PDF.

Source: ITU-T T.88, annex D (file header) and 7.2 (segment headers); PDF 32000-1, 7.4.7 (embedded streams).
"""

from __future__ import annotations

import struct

import pypdfium2
from PIL import Image

from invoices.readers import limits

SIGNATURE = b"\x97JB2\r\n\x1a\n"
_END_OF_PAGE, _END_OF_FILE, _PAGE_INFORMATION = 49, 51, 48


def decode(content: bytes) -> Image.Image | None:
    """The picture, or nothing when it cannot be read."""
    try:
        width, height, stream = _embedded(content)
        limits.check_pixels(width, height)
        with pypdfium2.PdfDocument(_one_picture_pdf(width, height, stream)) as document:
            image: Image.Image = document[0].render(scale=1).to_pil()
            return image.convert("L")
    except (ValueError, struct.error, IndexError, pypdfium2.PdfiumError):
        return None


def _embedded(content: bytes) -> tuple[int, int, bytes]:
    """Width, height, and the segments as a PDF wants them: without file header, end of page and end of file."""
    if not content.startswith(SIGNATURE):
        raise ValueError("no JBIG2 file")
    flags = content[8]
    position = 9 if flags & 2 else 13  # bit 1: number of pages unknown
    if not flags & 1:
        raise ValueError("random-access organisation is not used by invoices")
    width = height = 0
    kept = bytearray()
    while position < len(content):
        start = position
        position, kind, length = _segment(content, position)
        end = position + length
        if kind == _END_OF_FILE:
            break
        if kind == _PAGE_INFORMATION:
            width, height = struct.unpack(">II", content[position : position + 8])
        if kind != _END_OF_PAGE:
            kept += content[start:end]
        position = end
    if not width or not height:
        raise ValueError("no page")
    return width, height, bytes(kept)


def _segment(content: bytes, position: int) -> tuple[int, int, int]:
    """(position of the data, type, length of the data) of the segment at a position."""
    number, flags, count = struct.unpack(">IBB", content[position : position + 6])
    referred = count >> 5
    if referred > 4:
        raise ValueError("long list of references")
    size = 1 if number <= 256 else 2 if number <= 65536 else 4
    position += 6 + referred * size + (4 if flags & 0x40 else 1)
    (length,) = struct.unpack(">I", content[position : position + 4])
    if length > len(content):
        raise ValueError("length unknown or beyond the end")
    return position + 4, flags & 0x3F, length


def _one_picture_pdf(width: int, height: int, stream: bytes) -> bytes:
    """The smallest PDF that shows one JBIG2 stream at one point a pixel."""
    show = f"q {width} 0 0 {height} 0 0 cm /I Do Q".encode()
    picture = (
        f"<</Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 1"
        f"/Filter/JBIG2Decode/Length {len(stream)}>>"
    ).encode()
    page = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R>>"
    )
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page.encode(),
        picture + b"stream\n" + stream + b"\nendstream",
        f"<</Length {len(show)}>>".encode() + b"stream\n" + show + b"\nendstream",
    ]
    out = bytearray(b"%PDF-1.5\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj".encode() + body + b"endobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF".encode()
    return bytes(out)
