"""Invented companies with valid tax ids. Names are put together from parts; any likeness is chance."""

from __future__ import annotations

from random import Random

from demo.drawing.facts import Party
from invoices.readers.checks import ID_ALPHABET

AREAS = {
    "110105": ("北京", "北京市", "北京市朝阳区"),
    "310115": ("上海", "上海市", "上海市浦东新区"),
    "320102": ("南京", "江苏省", "南京市玄武区"),
    "330106": ("杭州", "浙江省", "杭州市西湖区"),
    "420106": ("武汉", "湖北省", "武汉市武昌区"),
    "440106": ("广州", "广东省", "广州市天河区"),
    "440305": ("深圳", "深圳市", "深圳市南山区"),
    "510107": ("成都", "四川省", "成都市武侯区"),
    "610113": ("西安", "陕西省", "西安市雁塔区"),
    "370102": ("济南", "山东省", "济南市历下区"),
}
_WORDS = (
    "云帆",
    "星澜",
    "启明",
    "瑞和",
    "恒信",
    "远达",
    "博识",
    "锦程",
    "天朗",
    "汇丰源",
    "嘉禾",
    "清源",
    "百川",
    "鼎盛",
    "卓越",
    "晨曦",
    "宏图",
    "金桥",
    "海纳",
    "中润",
    "聚贤",
    "悦来",
    "同心",
    "万象",
)
_TRADES = (
    "科技",
    "商贸",
    "信息技术",
    "文化传播",
    "酒店管理",
    "餐饮管理",
    "物流",
    "建筑工程",
    "咨询",
    "旅行社",
    "印务",
    "教育科技",
    "电子商务",
    "新材料",
)
_FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限责任公司")
_STREETS = (
    "人民路",
    "解放大道",
    "中山北路",
    "学府街",
    "科技园一路",
    "长江路",
    "文三路",
    "建国门外大街",
    "光谷大道",
    "天府大道",
)
_BANKS = ("中国工商银行", "中国建设银行", "招商银行", "中国银行", "交通银行")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "军",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "建国",
    "婷婷",
    "志强",
    "晓东",
    "雨桐",
    "子轩",
)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714
PERSON = Party(name="个人")


def tax_id(rng: Random, area: str) -> str:
    """A unified social credit code (GB 32100): 9, kind, area, organisation code, check character."""
    body = "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(8))
    values = [int(char, 36) for char in body]
    rest = 11 - sum(weight * value for weight, value in zip(_ORGANISATION_WEIGHTS, values, strict=True)) % 11
    code = f"91{area}{body}{'0' if rest == 11 else 'X' if rest == 10 else rest}"
    weighted = sum(ID_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(code))
    return code + ID_ALPHABET[(31 - weighted % 31) % 31]


def company(rng: Random, *, area: str = "", trade: str = "", long_name: bool = False) -> Party:
    area = area or rng.choice(list(AREAS))
    city, _province, district = AREAS[area]
    word, form = rng.choice(_WORDS), rng.choice(_FORMS)
    trade = trade or rng.choice(_TRADES)
    name = f"{word}{trade}（{city}）{form}" if rng.random() < 0.25 else f"{city}{word}{trade}{form}"
    if long_name:
        name += f"{rng.choice(['华东', '华南', '高新区', '自贸试验区'])}{rng.choice(_WORDS)}分公司"
    return Party(
        name=name,
        tax_id=tax_id(rng, area),
        address=f"{district}{rng.choice(_STREETS)}{rng.randint(1, 999)}号{rng.randint(1, 30)}层",
        phone=f"0{rng.choice(['10', '21', '571', '755'])}-{rng.randint(20_000_000, 89_999_999)}",
        bank=f"{rng.choice(_BANKS)}{city}{rng.choice(['高新', '城东', '开发区', '营业部'])}支行",
        account="".join(str(rng.randint(0, 9)) for _ in range(rng.choice([16, 17, 19]))),
    )


def person(rng: Random) -> str:
    return rng.choice(_SURNAMES) + rng.choice(_GIVEN)


def bureau(party: Party) -> str:
    """The tax bureau's area that a company's id belongs to."""
    return AREAS.get(party.tax_id[2:8], ("北京", "北京市", ""))[1]
