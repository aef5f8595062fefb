"""Fonts for drawing Chinese pages. The first that is installed is taken; all are free and in Debian."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

CHINESE = "ReimburseChinese"
FILES = (  # reportlab reads TrueType outlines only: Noto's CJK collection is not among these
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
)
_NOT_EMBEDDED = "STSong-Light"  # named in the PDF and left to the viewer: better than nothing


@cache
def chinese() -> str:
    """The name of a registered font with Chinese characters."""
    for file in FILES:
        if Path(file).exists():
            try:
                pdfmetrics.registerFont(TTFont(CHINESE, file, subfontIndex=0))
            except TTFError:
                continue
            return CHINESE
    pdfmetrics.registerFont(UnicodeCIDFont(_NOT_EMBEDDED))
    return _NOT_EMBEDDED


def latin(name: str) -> str:
    """A built-in font in the manner of the one an invoice names, for its plain letters and digits."""
    folded = name.lower()
    if "courier" in folded:
        return "Courier"
    return "Times-Roman" if "times" in folded or "song" in folded or "宋" in name or "楷" in name else ""
