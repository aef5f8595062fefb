"""The sources inside an OFD invoice: attached data, tags that name text on the page, the document's data, and its face.

Tags hold no values: each names text objects whose glyphs are the value (`¥` and `4449.00` are two objects, and some
issuers tag only the `¥`). In the document's data 合计金额 is the amount without tax.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from invoices.readers import errors, faces, kinds, layout, limits, text, xbrl, xml
from invoices.readers.base import Reading, Source
from invoices.readers.limits import local
from invoices.readers.ofd.content import ASCENT, DESCENT, Glyph, PageContent
from invoices.readers.ofd.package import Document, PagePart, child_text

POINT = 72 / 25.4  # a millimetre in points
_UPRIGHT = 1e-3

Objects = dict[tuple[str, str], list[layout.Glyph]]  # (page id, object id) → what the object shows

# Last part of a tag's name → key. Two families: of the old e-invoices, and of 数电票 (`EInvoiceData.…`).
_TAGS = {
    "invoicecode": "invoice_code",
    "invoiceno": "number",
    "invoicenumber": "number",
    "issuedate": "date",
    "issuetime": "date",
    "invoicecheckcode": "check_code_last6",
    "buyername": "buyer_name",
    "buyertaxid": "buyer_tax_id",
    "buyeridnum": "buyer_tax_id",
    "sellername": "seller_name",
    "sellertaxid": "seller_tax_id",
    "selleridnum": "seller_tax_id",
    "taxexclusivetotalamount": "amount_excl_tax",
    "totalamwithouttax": "amount_excl_tax",
    "taxtotalamount": "tax",
    "totaltaxam": "tax",
    "taxinclusivetotalamount": "total",
    "totaltax-includedamount": "total",
}
_CUSTOM_DATAS = {
    "发票代码": "invoice_code",
    "发票号码": "number",
    "开票日期": "date",
    "校验码": "check_code_last6",
    "销售方名称": "seller_name",
    "销售方纳税人识别号": "seller_tax_id",
    "购买方名称": "buyer_name",
    "购买方纳税人识别号": "buyer_tax_id",
    "合计金额": "amount_excl_tax",
    "合计税额": "tax",
    "价税合计": "total",
}


def readings(document: Document) -> list[Reading]:
    """One reading a source, only those that say something."""
    contents = [(page, list(_glyphs(document, page))) for page in document.pages]
    found = [
        *attached(document.attachments()),
        _tagged(document, contents),
        _custom(document),
        faces.read([_face(document, number, page, glyphs) for number, (page, glyphs) in enumerate(contents, start=1)]),
    ]
    return [reading for reading in found if reading.values]


def attached(files: Iterator[tuple[str, bytes]]) -> Iterator[Reading]:
    """Readings of the attached XML that is an invoice's; anything else attached is passed over."""
    for _path, content in files:
        try:
            root = limits.parse_xml(content)
            yield xbrl.from_root(root) if xbrl.is_xbrl(root) else xml.from_root(root)
        except (errors.BadXml, errors.UnknownXml):
            continue


def _glyphs(document: Document, page: PagePart) -> Iterator[Glyph]:
    return (drawn for drawn in PageContent(document, page).drawn() if isinstance(drawn, Glyph))


def _face(document: Document, number: int, page: PagePart, glyphs: list[Glyph]) -> layout.Page:
    """The page for the rules that read faces: upright glyphs, in points."""
    box = document.page_box(page)
    placed = (shown for glyph in glyphs if (shown := _shown(glyph)))
    return layout.Page(number, box[2] * POINT, box[3] * POINT, layout.distinct(placed))


def _shown(glyph: Glyph) -> layout.Glyph | None:
    """The glyph with its place on the page; nothing for white space and turned text."""
    said = text.clean(glyph.char)
    upright = abs(glyph.matrix[1]) < _UPRIGHT and glyph.matrix[0] > 0
    return layout.Glyph(said, _box(glyph)) if said and upright else None


def _box(glyph: Glyph) -> layout.Box:
    a, _b, _c, d, x, y = glyph.matrix
    width = glyph.width if a == 1 else glyph.size * a * (glyph.width / glyph.size if glyph.size else 1)
    size = glyph.size * d
    return layout.Box(x * POINT, (y - ASCENT * size) * POINT, (x + width) * POINT, (y + DESCENT * size) * POINT)


def _tagged(document: Document, contents: list[tuple[PagePart, list[Glyph]]]) -> Reading:
    objects: Objects = {}
    for page, glyphs in contents:
        for glyph in glyphs:
            if shown := _shown(glyph):
                objects.setdefault((page.page_id, glyph.object_id), []).append(shown)
    reading = Reading()
    for root in _tag_roots(document):
        for element in root.iter():
            key = _TAGS.get(local(element).rpartition(".")[2].lower())
            said = _said(element, objects) if key and key not in reading.values else ""
            if key and said:
                xml.fill(reading, key, said, Source.OFD)
    return reading


def _said(element: etree._Element, objects: Objects) -> str:
    """The text a tag points to, as it is read on the page; of several pages, the first that shows any.

    Some tags carry their value themselves (`ObjectData`).
    """
    pages: dict[str, list[layout.Glyph]] = {}
    for reference in element:
        if local(reference) == "ObjectData" and reference.text:
            return reference.text
        if local(reference) == "ObjectRef":
            page = reference.get("PageRef", "")
            pages.setdefault(page, []).extend(objects.get((page, (reference.text or "").strip()), ()))
    glyphs = next((glyphs for glyphs in pages.values() if glyphs), [])
    return " ".join(line.text for line in layout.lines_of(glyphs))


def _tag_roots(document: Document) -> Iterator[etree._Element]:
    """The files the list of tags names. Old producers write `<:eInvoice xmlns:="">`, so they are read leniently."""
    location = child_text(document.root, "CustomTags")
    if not location:
        return
    path = document.resolve(document.path, location)
    listed = document.optional_part(path, lenient=True)
    for element in listed.iter() if listed is not None else ():
        if local(element) == "FileLoc" and element.text:
            root = document.optional_part(document.resolve(path, element.text.strip()), lenient=True)
            if root is not None:
                yield root


def _custom(document: Document) -> Reading:
    reading = Reading()
    for name, value in document.custom_datas().items():
        if key := _CUSTOM_DATAS.get(name):
            xml.fill(reading, key, value, Source.OFD)
    heading = kinds.by_heading(document.custom_datas().get("模板编号", ""))
    kind = kinds.refined(heading, reading.text("invoice_code"))
    if kind:
        reading.name_kind(kind, Source.OFD)
    return reading
