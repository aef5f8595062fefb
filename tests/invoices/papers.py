"""Small invoice files made by hand, for what happens around reading; the readers have drawn ones of every kind."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import segno
from PIL import Image

from directory.models import Company
from tests.builders import TODAY
from tests.invoices.build import SELLER, SELLER_TAX_ID


@dataclass(frozen=True)
class Paper:
    """What a 数电票 says; `changed` makes another version of it."""

    number: str
    buyer: str
    buyer_tax_id: str
    total: str = "1360.00"
    untaxed: str = "1283.02"
    tax: str = "76.98"
    issued_on: date = TODAY
    item: str = "*住宿服务*住宿费"
    seller: str = SELLER

    def changed(self, **changes: Any) -> Paper:
        return replace(self, **changes)

    def xml(self) -> bytes:
        return f"""<?xml version="1.0" encoding="utf-8"?>
<EInvoice>
  <Header><EIid>{self.number}</EIid><InherentLabel>
    <GeneralOrSpecialVAT><LabelCode>02</LabelCode><LabelName>普通发票</LabelName></GeneralOrSpecialVAT>
  </InherentLabel></Header>
  <EInvoiceData>
    <SellerInformation><SellerIdNum>{SELLER_TAX_ID}</SellerIdNum><SellerName>{self.seller}</SellerName></SellerInformation>
    <BuyerInformation><BuyerIdNum>{self.buyer_tax_id}</BuyerIdNum><BuyerName>{self.buyer}</BuyerName></BuyerInformation>
    <BasicInformation>
      <TotalAmWithoutTax>{self.untaxed}</TotalAmWithoutTax><TotalTaxAm>{self.tax}</TotalTaxAm>
      <TotalTax-includedAmount>{self.total}</TotalTax-includedAmount><RequestTime>{self.issued_on}</RequestTime>
    </BasicInformation>
    <IssuItemInformation>
      <ItemName>{self.item}</ItemName><Amount>{self.untaxed}</Amount><TaxRate>0.06</TaxRate>
      <ComTaxAm>{self.tax}</ComTaxAm><TotaltaxIncludedAmount>{self.total}</TotaltaxIncludedAmount>
    </IssuItemInformation>
  </EInvoiceData>
  <TaxSupervisionInfo><InvoiceNumber>{self.number}</InvoiceNumber><IssueTime>{self.issued_on} 10:00:00</IssueTime>
  </TaxSupervisionInfo>
</EInvoice>""".encode()

    def photo(self) -> bytes:
        """A picture with the invoice's QR code on it and nothing else that can be read."""
        page = Image.new("RGB", (1200, 800), "white")
        out = io.BytesIO()
        segno.make(f"01,32,,{self.number},{self.total},{self.issued_on:%Y%m%d},,A1B2").save(out, kind="png", scale=6)
        page.paste(Image.open(out), (40, 40))
        return _png(page)


def paper(company: Company, number: str = "26332000000417825936", **changes: Any) -> Paper:
    return Paper(number, company.name, company.tax_id).changed(**changes)


def plain_photo(shade: int = 200) -> bytes:
    """A picture nothing can be read from."""
    return _png(Image.new("RGB", (900, 600), (shade, shade, shade)))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
