"""The words the VAT rules use: kinds of invoice, ways of deducting, reasons of a decision."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class InvoiceKind(models.TextChoices):
    """What an invoice is to the VAT rules. Several printed headings may be one kind."""

    SPECIAL = "special", _("special VAT invoice")  # 增值税专用发票, on paper and electronic
    VEHICLE = "vehicle", _("vehicle sales invoice")  # 机动车销售统一发票, counts as a special one
    CUSTOMS = "customs", _("customs payment certificate")  # 海关进口增值税专用缴款书
    RAIL = "rail", _("rail ticket")  # 铁路电子客票
    AIR = "air", _("air itinerary")  # 航空运输电子客票行程单
    ROAD = "road", _("road or water ticket")  # 公路、水路等其他客票
    RIDE = "ride", _("e-invoice for passenger transport")  # 旅客运输服务电子普通发票: 网约车, 客运
    TOLL = "toll", _("e-invoice for road tolls")  # 通行费电子发票
    BRIDGE_TOLL = "bridge_toll", _("bridge or gate toll")  # 桥、闸通行费发票
    ORDINARY = "ordinary", _("ordinary invoice")  # 普通发票, with 数电普票
    TICKET = "ticket", _("taxi, fixed-amount or machine ticket")  # 出租车、定额、机打发票
    FISCAL = "fiscal", _("fiscal receipt")  # 财政票据, 收据
    UNKNOWN = "unknown", _("unknown kind")


class VatMethod(models.TextChoices):
    PRINTED = "printed", _("the tax printed on it")
    INCLUDED = "included", _("the tax printed on it, else included in the price: price ÷ (1 + rate) × rate")
    NONE = "none", _("nothing")


class VatReason(models.TextChoices):
    DEDUCTIBLE = "deductible", _("deductible")
    KIND = "kind", _("this kind of invoice gives no input VAT")
    UNKNOWN_KIND = "unknown_kind", _("unknown kind of invoice: look at it and decide")
    NO_RULE = "no_rule", _("no rule for this kind and day")
    USE = "use", _("not for this use: entertainment, catering, staff welfare")
    SMALL_TAXPAYER = "small_taxpayer", _("the company is a small-scale taxpayer")
    OTHER_BUYER = "other_buyer", _("made out to another buyer")
    NO_BUYER = "no_buyer", _("names no buyer")
    NO_TRAVELLER = "no_traveller", _("does not name the traveller")
    NO_TAX = "no_tax", _("no tax printed on it")
    BY_HAND = "by_hand", _("decided by hand")
