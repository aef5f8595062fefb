"""What was bought: the expense type whose words stand on an invoice, and the everyday word and icon for its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from common.errors import Wording

# Where a word stands says how much it proves: what was bought, what sort of ticket it is, who sold it.
_WEIGHT_ITEM, _WEIGHT_KIND, _WEIGHT_SELLER = 4, 3, 1


class Bought(Protocol):
    """An invoice, as far as it tells what was bought."""

    kind: str
    seller_name: str
    facts: dict[str, Any]


class WithWords(Protocol):
    """An expense type with the words that suggest it, separated by spaces (`directory.models.ExpenseType`)."""

    keywords: str


Type = TypeVar("Type", bound=WithWords)


@dataclass(frozen=True, slots=True)
class Category:
    """The everyday word and icon of a purchase; the accountants' word is the expense type."""

    code: str
    label: Wording
    icon: str
    words: tuple[str, ...] = ()


CATEGORIES = (
    Category("rail", _("rail"), "train", ("铁路", "火车", "高铁")),
    Category("air", _("flight"), "plane", ("航空", "机票", "民航")),
    Category("toll", _("toll"), "road", ("通行费", "过路", "高速公路", "路桥")),
    Category("parking", _("parking"), "parking", ("停车",)),
    Category("fuel", _("fuel"), "gas-station", ("汽油", "柴油", "加油", "充电服务", "石油", "石化")),
    Category(
        "ride", _("local transport"), "car", ("出租", "网约车", "客运服务", "运输服务", "出行", "打车", "公交", "地铁")
    ),
    Category("hotel", _("lodging"), "bed", ("住宿", "酒店", "宾馆", "旅馆", "客栈")),
    Category("coffee", _("coffee"), "coffee", ("咖啡", "茶饮", "奶茶")),
    Category("meals", _("meals"), "tools-kitchen-2", ("餐饮", "餐费", "饭店", "餐厅", "火锅", "食府", "酒楼")),
    Category("parcel", _("parcel"), "package", ("快递", "速递", "收派", "邮政", "物流", "寄递")),
    Category("print", _("printing"), "printer", ("印刷", "打印", "图文", "复印", "制作费", "广告制作")),
    Category("books", _("books"), "book-2", ("图书", "书籍", "出版物", "印刷品", "期刊")),
    Category("phone", _("telecoms"), "phone", ("通信", "电信", "话费", "流量", "宽带")),
    Category("computer", _("devices"), "device-laptop", ("计算机", "电脑", "笔记本", "显示器", "打印机", "电子元件")),
    Category(
        "software", _("software and services"), "device-desktop", ("软件", "信息技术", "信息系统", "云服务", "技术服务")
    ),
    Category("training", _("training"), "school", ("培训", "教育", "会议", "会展")),
    Category("health", _("health"), "first-aid-kit", ("医疗", "药", "门诊", "诊疗", "体检")),
    Category("office", _("office supplies"), "paperclip", ("办公", "文具", "纸", "笔", "硒鼓", "墨盒")),
    Category("rent", _("rent and property"), "building", ("租赁", "房租", "物业")),
    Category("advice", _("advice"), "briefcase", ("咨询", "法律", "审计", "鉴证", "公证")),
)
OTHER = Category("other", _("other"), "receipt-2")


def expense_type(invoice: Bought, types: Sequence[Type]) -> Type | None:
    """The type whose words say most about the invoice; of equals the first. None when no word stands on it."""
    best: Type | None = None
    highest = 0
    for candidate in types:
        score = _score(invoice, candidate.keywords.split())
        if score > highest:
            best, highest = candidate, score
    return best


def category(invoice: Bought) -> Category:
    """What the card calls the purchase."""
    scored = [(_score(invoice, one.words), -place, one) for place, one in enumerate(CATEGORIES)]
    score, _place, found = max(scored, key=lambda entry: entry[:2])
    return found if score else OTHER


def _score(invoice: Bought, words: Sequence[str]) -> int:
    """A long word proves more than a short one that happens to be inside another."""
    items = item_names(invoice)
    score = 0
    for word in words:
        if any(word in item for item in items):
            score += _WEIGHT_ITEM * len(word)
        elif word in invoice.kind:
            score += _WEIGHT_KIND * len(word)
        elif word in invoice.seller_name:
            score += _WEIGHT_SELLER * len(word)
    return score


def item_names(invoice: Bought) -> list[str]:
    """The printed lines with the tax office's class in stars: `*住宿服务*住宿费`."""
    return [str(item.get("name", "")) for item in invoice.facts.get("items", [])]
