"""Numbers without gaps."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from common import numbers
from common.models import NumberSeries

CLIENTS, EACH = 6, 5


def next_one() -> int:
    return numbers.next_number(company_id=1, prefix="BX", period="2026")


@pytest.mark.django_db
def test_each_series_counts_by_itself() -> None:
    def number(company: int, prefix: str, period: str) -> int:
        return numbers.next_number(company_id=company, prefix=prefix, period=period)

    assert [number(1, "BX", "2026"), number(1, "BX", "2026"), number(2, "BX", "2026")] == [1, 2, 1]
    assert [number(1, "JK", "2026"), number(1, "BX", "2027")] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_number_given_in_a_transaction_that_fails_is_given_again() -> None:
    with transaction.atomic():
        assert next_one() == 1
        transaction.set_rollback(True)
    assert next_one() == 1


def given_to_all(give: Callable[[], int]) -> list[int]:
    start = Barrier(CLIENTS)

    def client(_number: int) -> list[int]:
        start.wait()
        given = []
        try:
            for _ in range(EACH):
                with transaction.atomic():
                    given.append(give())
        finally:
            connection.close()
        return given

    with ThreadPoolExecutor(CLIENTS) as pool:
        return sorted(number for given in pool.map(client, range(CLIENTS)) for number in given)


@pytest.mark.django_db(transaction=True)
def test_clients_at_once_get_all_numbers_once_and_without_a_gap() -> None:
    assert given_to_all(next_one) == list(range(1, CLIENTS * EACH + 1))


@pytest.mark.django_db(transaction=True)
def test_reading_the_last_one_and_adding_would_give_numbers_twice() -> None:
    NumberSeries.objects.create(company_id=1, prefix="BX", period="2026", last=0)
    looked = Barrier(CLIENTS)

    def naive() -> int:
        last = NumberSeries.objects.get(company_id=1).last
        looked.wait()  # all look before any of them writes
        NumberSeries.objects.filter(company_id=1).update(last=last + 1)
        return last + 1

    given = given_to_all(naive)
    assert len(set(given)) < len(given)
