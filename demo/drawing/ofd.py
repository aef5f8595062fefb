"""Sheets written as an OFD (GB/T 33190) the way the tax service's programs do.

The form is a template, the values stand on the page, tags point at them; the document has data of its own, and the
issuer's data file where the kind has one.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from xml.sax.saxutils import escape, quoteattr

from demo.drawing import forms
from demo.drawing.facts import InvoiceFacts
from demo.drawing.sheet import Fill, Mark, Picture, Ring, Sheet, Stroke, Text
from demo.drawing.style import PLAIN, Style
from invoices.readers.base import Kind

_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FIXED_TIME = (2026, 1, 1, 0, 0, 0)  # in the zip, so that the same facts give the same bytes
_SONG, _COURIER = 5, 6

# Tag → where it stands in the tree of tags of each of the two families.
_SHORT = {
    "InvoiceCode": "InvoiceCode",
    "InvoiceNo": "InvoiceNo",
    "IssueDate": "IssueDate",
    "InvoiceCheckCode": "InvoiceCheckCode",
    "BuyerName": "Buyer/BuyerName",
    "BuyerTaxID": "Buyer/BuyerTaxID",
    "SellerName": "Seller/SellerName",
    "SellerTaxID": "Seller/SellerTaxID",
    "TaxExclusiveTotalAmount": "TaxExclusiveTotalAmount",
    "TaxTotalAmount": "TaxTotalAmount",
    "TaxInclusiveTotalAmount": "TaxInclusiveTotalAmount",
    "InvoiceClerk": "InvoiceClerk",
    "Note": "Note",
}
_DATA = "EInvoiceData"
_LONG = {
    "InvoiceNo": "TaxSupervisionInfo/InvoiceNumber",
    "IssueDate": "TaxSupervisionInfo/IssueTime",
    "BuyerName": f"{_DATA}/BuyerInformation/BuyerName",
    "BuyerTaxID": f"{_DATA}/BuyerInformation/BuyerIdNum",
    "SellerName": f"{_DATA}/SellerInformation/SellerName",
    "SellerTaxID": f"{_DATA}/SellerInformation/SellerIdNum",
    "TaxExclusiveTotalAmount": f"{_DATA}/BasicInformation/TotalAmWithoutTax",
    "TaxTotalAmount": f"{_DATA}/BasicInformation/TotalTaxAm",
    "TaxInclusiveTotalAmount": f"{_DATA}/BasicInformation/TotalTax-includedAmount",
    "TaxInclusiveTotalAmountInWords": f"{_DATA}/BasicInformation/TotalTax-includedAmountInChinese",
}


def draw(
    facts: InvoiceFacts, style: Style = PLAIN, *, rng: Random | None = None, attach: Mapping[str, bytes] | None = None
) -> bytes:
    """The invoice as an OFD; `attach` names data files (`original_invoice.xml`, `rai_issuer_….xml`)."""
    style = replace(style, joined_values=False)  # a tag points at a value alone
    return Writer(facts, forms.sheets(facts, style), style, rng or Random(0), attach or {}).package()


class Writer:
    def __init__(
        self,
        facts: InvoiceFacts,
        sheets: Sequence[Sheet],
        style: Style,
        rng: Random,
        attach: Mapping[str, bytes],
    ) -> None:
        self.facts, self.sheets, self.style, self.rng, self.attach = facts, sheets, style, rng, attach
        self.parts: dict[str, bytes] = {}
        self.media: dict[bytes, int] = {}
        self.tags: dict[str, list[tuple[int, int]]] = {}  # tag → (page id, object id)
        self._next = 100

    def package(self) -> bytes:
        for index, sheet in enumerate(self.sheets):
            self._page(index, sheet)
        self._resources()
        self._tags()
        self._document()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for name in sorted(self.parts, key=lambda name: name != "OFD.xml"):
                package.writestr(zipfile.ZipInfo(name, _FIXED_TIME), self.parts[name], zipfile.ZIP_DEFLATED)
        return out.getvalue()

    def _id(self) -> int:
        self._next += 1
        return self._next

    def _write(self, path: str, body: str) -> None:
        self.parts[path] = (_HEAD + body).encode()

    def _page(self, index: int, sheet: Sheet) -> None:
        marks = sheet.ordered(self.rng)
        form = [mark for mark in marks if self._is_form(mark)]
        filled = [mark for mark in marks if not self._is_form(mark)]
        page_id = index + 1
        box = f"<ofd:Area><ofd:PhysicalBox>0 0 {sheet.width:g} {sheet.height:g}</ofd:PhysicalBox></ofd:Area>"
        for path, reference, group in (
            (f"Doc_0/Tpls/Tpl_{index}/Content.xml", "", form),
            (
                f"Doc_0/Pages/Page_{index}/Content.xml",
                f'<ofd:Template TemplateID="{50 + index}" ZOrder="Background"/>',
                filled,
            ),
        ):
            objects = "".join(self._object(mark, page_id) for mark in group)
            layer = f'<ofd:Content><ofd:Layer ID="{self._id()}">{objects}</ofd:Layer></ofd:Content>'
            self._write(path, f"<ofd:Page {_NS}>{box}{reference}{layer}</ofd:Page>")

    @staticmethod
    def _is_form(mark: Mark) -> bool:
        return isinstance(mark, Stroke | Fill) or (isinstance(mark, Text) and mark.form)

    def _object(self, mark: Mark, page_id: int) -> str:
        identity = self._id()
        if isinstance(mark, Text):
            if mark.tag:
                self.tags.setdefault(mark.tag, []).append((page_id, identity))
            return _text(mark, identity)
        if isinstance(mark, Picture):
            media = self.media.setdefault(mark.png, 1000 + len(self.media))
            blend = ' BlendMode="Multiply"' if mark.over else ""
            return (
                f'<ofd:ImageObject ID="{identity}" CTM="{mark.width:g} 0 0 {mark.height:g} 0 0"{blend}'
                f' Boundary="{mark.x:g} {mark.y:g} {mark.width:g} {mark.height:g}" ResourceID="{media}"/>'
            )
        return _path(mark, identity)

    def _resources(self) -> None:
        names = ((_SONG, "宋体"), (_COURIER, "Courier New"))
        fonts = "".join(f'<ofd:Font ID="{identity}" FontName="{name}"/>' for identity, name in names)
        self._write("Doc_0/PublicRes.xml", f"<ofd:Res {_NS}><ofd:Fonts>{fonts}</ofd:Fonts></ofd:Res>")
        entries = ""
        for png, identity in self.media.items():
            name = f"image_{identity}.png"
            self.parts[f"Doc_0/Res/{name}"] = png
            entries += (
                f'<ofd:MultiMedia ID="{identity}" Type="Image"><ofd:MediaFile>{name}</ofd:MediaFile></ofd:MultiMedia>'
            )
        body = f'<ofd:Res {_NS} BaseLoc="Res"><ofd:MultiMedias>{entries}</ofd:MultiMedias></ofd:Res>'
        self._write("Doc_0/DocumentRes.xml", body)

    def _tags(self) -> None:
        long = self.style.long_tag_names and self.facts.kind.is_digital
        places = _LONG if long else _SHORT
        tree: dict[str, object] = {}
        for tag, references in self.tags.items():
            if place := places.get(tag):
                *parents, leaf = place.split("/")
                branch = tree
                for parent in parents:
                    branch = branch.setdefault(parent, {})  # type: ignore[assignment]
                branch[leaf] = "".join(
                    f'<ofd:ObjectRef PageRef="{page}">{identity}</ofd:ObjectRef>' for page, identity in references
                )
        self._write("Doc_0/Tags/CustomTag.xml", f'<ofd:root {_NS} version="1.0">{_nested(tree)}</ofd:root>')
        listed = '<ofd:CustomTag TypeID="root"><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag>'
        self._write("Doc_0/Tags/CustomTags.xml", f"<ofd:CustomTags {_NS}>{listed}</ofd:CustomTags>")

    def _document(self) -> None:
        templates = "".join(
            f'<ofd:TemplatePage ID="{50 + i}" BaseLoc="Tpls/Tpl_{i}/Content.xml"/>' for i in range(len(self.sheets))
        )
        pages = "".join(
            f'<ofd:Page ID="{i + 1}" BaseLoc="Pages/Page_{i}/Content.xml"/>' for i in range(len(self.sheets))
        )
        attachments = ""
        if self.attach:
            self._attachments()
            attachments = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>"
        self._write(
            "Doc_0/Document.xml",
            f"<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>{self._next}</ofd:MaxUnitID>{templates}"
            "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>"
            f"</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages>"
            f"<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>{attachments}</ofd:Document>",
        )
        datas = "".join(f"<ofd:CustomData Name={quoteattr(k)}>{escape(v)}</ofd:CustomData>" for k, v in self._datas())
        self._write(
            "OFD.xml",
            f'<ofd:OFD {_NS} DocType="OFD" Version="1.1"><ofd:DocBody><ofd:DocInfo>'
            f"<ofd:DocID>{self.facts.number:0>32}</ofd:DocID><ofd:CreationDate>{self.facts.issued_on}</ofd:CreationDate>"
            f"<ofd:Creator>Reimburse demo</ofd:Creator><ofd:CustomDatas>{datas}</ofd:CustomDatas></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )

    def _attachments(self) -> None:
        listed = ""
        for name, content in self.attach.items():
            self.parts[f"Doc_0/Attachs/{name}"] = content
            title = name.rpartition(".")[0]
            listed += (
                f'<ofd:Attachment ID="{self._id()}" Name={quoteattr(title)} Format="xml" Visible="false">'
                f"<ofd:FileLoc>{escape(name)}</ofd:FileLoc></ofd:Attachment>"
            )
        self._write("Doc_0/Attachs/Attachments.xml", f"<ofd:Attachments {_NS}>{listed}</ofd:Attachments>")

    def _datas(self) -> Iterator[tuple[str, str]]:
        """合计金额 is the amount without tax, as everywhere."""
        facts = self.facts
        if facts.kind in (Kind.RAIL, Kind.AIR, Kind.FISCAL):
            return
        yield "template-version", "1.0.20.0422"
        if facts.code:
            yield "发票代码", facts.code
        yield "发票号码", facts.number
        yield "开票日期", f"{facts.issued_on:%Y年%m月%d日}"
        if facts.check_code:
            yield "校验码", facts.check_code
        yield "销售方纳税人识别号", facts.seller.tax_id
        if facts.buyer.tax_id:
            yield "购买方纳税人识别号", facts.buyer.tax_id
        yield "合计金额", f"{facts.amount}"
        yield "合计税额", f"{facts.tax}"


def _nested(tree: Mapping[str, object]) -> str:
    return "".join(
        f"<ofd:{name}>{_nested(inner) if isinstance(inner, dict) else inner}</ofd:{name}>"
        for name, inner in tree.items()
    )


def _text(text: Text, identity: int) -> str:
    """Glyphs with their steps; equal steps in a run are written `g n v`."""
    runs: list[list[float]] = []
    for step in text.steps():
        if runs and abs(runs[-1][1] - step) < 1e-6:
            runs[-1][0] += 1
        else:
            runs.append([1, step])
    delta = " ".join(f"g {int(n)} {v:g}" if n > 1 else f"{v:g}" for n, v in runs)
    top = text.y - text.size
    colour = " ".join(str(part) for part in text.colour)
    font = _COURIER if text.mono else _SONG
    delta_x = f' DeltaX="{delta}"' if delta else ""
    box = f"{text.start():.4f} {top:.4f} {text.width() + 1:.4f} {text.size * 1.3:.4f}"
    return (
        f'<ofd:TextObject ID="{identity}" Boundary="{box}"'
        f' Font="{font}" Size="{text.size:g}"><ofd:FillColor Value="{colour}"/>'
        f'<ofd:TextCode X="0" Y="{text.size:g}"{delta_x}>{escape(text.text)}</ofd:TextCode></ofd:TextObject>'
    )


def _path(mark: Stroke | Ring | Fill, identity: int) -> str:
    if isinstance(mark, Stroke):
        data = "M " + " L ".join(f"{x:g} {y:g}" for x, y in mark.points)
        return _path_object(identity, data, mark.width, mark.colour, fill=False)
    if isinstance(mark, Fill):
        x, y, right, bottom = mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        data = f"M {x:g} {y:g} L {right:g} {y:g} L {right:g} {bottom:g} L {x:g} {bottom:g} C"
        return _path_object(identity, data, 0.1, mark.colour, fill=True)
    x, y, r = mark.x, mark.y, mark.radius
    k = r * 0.5523  # of a circle's four curves
    data = (
        f"M {x + r:g} {y:g} B {x + r:g} {y + k:g} {x + k:g} {y + r:g} {x:g} {y + r:g}"
        f" B {x - k:g} {y + r:g} {x - r:g} {y + k:g} {x - r:g} {y:g}"
        f" B {x - r:g} {y - k:g} {x - k:g} {y - r:g} {x:g} {y - r:g}"
        f" B {x + k:g} {y - r:g} {x + r:g} {y - k:g} {x + r:g} {y:g}"
    )
    arm = r * 0.707
    if mark.crossed:
        data += (
            f" M {x - arm:g} {y - arm:g} L {x + arm:g} {y + arm:g} M {x - arm:g} {y + arm:g} L {x + arm:g} {y - arm:g}"
        )
    return _path_object(identity, data, 0.225, mark.colour, fill=False)


def _path_object(identity: int, data: str, width: float, colour: tuple[int, int, int], *, fill: bool) -> str:
    value = " ".join(str(part) for part in colour)
    filling = f'<ofd:FillColor Value="{value}"/>' if fill else ""
    return (
        f'<ofd:PathObject ID="{identity}" Boundary="0 0 210 297" LineWidth="{width:g}" Fill="{str(fill).lower()}">'
        f'<ofd:StrokeColor Value="{value}"/>{filling}<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>'
    )
