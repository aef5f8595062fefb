"""What the people of 远山集团 spend money on: occasions by the nature of their cost centre, spread over the months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from demo import hours
from demo.people import PEOPLE, UNITS, Person


@dataclass(frozen=True, slots=True)
class Occasion:
    """A title and the kinds of invoices that come of it; `days` of allowance where it was a journey."""

    title: str
    papers: tuple[str, ...]
    days: int = 0
    purpose: str = ""  # for entertainment: whom


OCCASIONS: dict[str, tuple[Occasion, ...]] = {
    "sales": (
        Occasion("上海客户拜访", ("rail", "hotel", "local", "meals", "rail"), 2, "华岚连锁采购部，4 人"),
        Occasion("广州食品展参展", ("air", "hotel", "local", "local"), 3),
        Occasion("宁波渠道商走访", ("rail", "local", "meals"), 0, "宁波渠道商，6 人"),
        Occasion("门店陈列物料", ("print", "courier")),
        Occasion("市内交通与通讯", ("local", "local", "telecom")),
        Occasion("新品推介会", ("conference", "print", "meals"), 0, "媒体与渠道代表，12 人"),
        Occasion("客户资料快递", ("courier",)),
    ),
    "research": (
        Occasion("北京技术交流", ("air", "hotel", "local"), 3),
        Occasion("架构培训", ("training", "rail")),
        Occasion("测试耗材", ("office",)),
        Occasion("成都用户调研", ("air", "hotel", "local", "local"), 3),
    ),
    "production": (
        Occasion("样品寄送", ("courier", "courier")),
        Occasion("苏州供应商审核", ("rail", "hotel", "local"), 1),
        Occasion("仓库耗材", ("office",)),
    ),
    "administration": (
        Occasion("办公用品采购", ("office", "office")),
        Occasion("通讯费", ("telecom",)),
        Occasion("新人培训", ("training",)),
        Occasion("外出办事交通", ("local", "local")),
        Occasion("年度体检", ("welfare",)),
    ),
}
ADVANCES = ("参展备用金", "出差借款", "活动现场备用金", "招标保证金")
# What the first visitor finds on the desks: who sent it, which of her occasions, answers so far.
UNANSWERED = (("linzhixia", 0, 0), ("zhoumuzhi", 3, 0), ("wenyifan", 4, 0), ("linzhixia", 2, 1), ("zhoumuzhi", 4, 1))
BUSY = {"linzhixia": 3, "zhoumuzhi": 3, "wenyifan": 2, "songlingyu": 2, "dujiayun": 2}  # who files more than others


@dataclass(frozen=True, slots=True)
class Plan:
    """One document to come: who, when the occasion ended, what it was. Without an occasion: an advance."""

    person: Person
    company: str
    at: datetime
    occasion: Occasion | None
    title: str


def plans(rng: Random, *, today: date, count: int, months: int = 11) -> Iterator[Plan]:
    """So many documents over the past months, the latest days a little busier, so that there is something to decide."""
    people = [
        (person, code)
        for code, staff in PEOPLE.items()
        for person in staff
        for _ in range(BUSY.get(person.username, 1))
    ]
    nature = {unit.code: unit.nature for units in UNITS.values() for unit in units}
    for number in range(count):
        person, company = rng.choice(people)
        back = rng.uniform(0, 9) if number % 4 == 0 else rng.uniform(0, months * 30)
        day = datetime.combine(today - timedelta(days=back), time(9 + int(rng.random() * 8), rng.randint(0, 59)))
        at = hours.working(day.replace(tzinfo=hours.SHANGHAI))
        if rng.random() < 0.08:
            yield Plan(person, company, at, None, rng.choice(ADVANCES))
            continue
        occasion = rng.choice(OCCASIONS[nature[person.department]])
        yield Plan(person, company, at, occasion, occasion.title)


def unanswered(now: datetime) -> Iterator[tuple[Plan, int]]:
    """Claims of the last hours with the number of approvals they have, so that no desk of the logins is empty."""
    staff = {person.username: (person, company) for company, people in PEOPLE.items() for person in people}
    nature = {unit.code: unit.nature for units in UNITS.values() for unit in units}
    for number, (username, choice, answers) in enumerate(UNANSWERED):
        person, company = staff[username]
        occasion = OCCASIONS[nature[person.department]][choice]
        yield Plan(person, company, now - timedelta(minutes=50 + 35 * number), occasion, occasion.title), answers
