"""The same key is answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from common import idempotency, numbers
from common.models import IdempotentAnswer, NumberSeries

SOURCE = "test:1"


def give_number(key: str, body: dict[str, str]) -> int:
    """A service as ours are: one transaction, the answer kept at its end, a repeat given what was answered."""
    digest = idempotency.body_hash(body)
    try:
        with transaction.atomic():
            answer = idempotency.stored_answer(source=SOURCE, key=key, digest=digest)
            if answer is None:
                answer = numbers.next_number(company_id=1, prefix="BX", period="2026")
                idempotency.keep(source=SOURCE, key=key, digest=digest, answer=answer)
    except idempotency.Repeated:
        answer = idempotency.stored_answer(source=SOURCE, key=key, digest=digest)
    assert isinstance(answer, int)
    return answer


@pytest.mark.django_db
def test_a_repeat_gets_the_first_answer_and_changes_nothing() -> None:
    assert [give_number("k", {"a": "1"}) for _ in range(3)] == [1, 1, 1]
    assert NumberSeries.objects.get().last == 1


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused() -> None:
    give_number("k", {"a": "1"})
    with pytest.raises(idempotency.KeyReused):
        give_number("k", {"a": "2"})
    assert NumberSeries.objects.get().last == 1


@pytest.mark.django_db
def test_a_key_is_its_sources_own() -> None:
    idempotency.keep(source="a", key="k", digest="d", answer=1)
    assert idempotency.stored_answer(source="b", key="k", digest="d") is None


@pytest.mark.django_db
def test_the_order_in_which_a_body_is_written_does_not_matter() -> None:
    assert idempotency.body_hash({"a": 1, "b": 2}) == idempotency.body_hash({"b": 2, "a": 1})
    assert idempotency.body_hash({"a": 1}) != idempotency.body_hash({"a": "1"})


@pytest.mark.django_db(transaction=True)
def test_what_fails_leaves_no_key_behind() -> None:
    with transaction.atomic():
        idempotency.keep(source=SOURCE, key="k", digest="d", answer=1)
        transaction.set_rollback(True)
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_do_the_work_once_and_all_get_the_same_answer() -> None:
    def one(_number: int) -> int:
        try:
            return give_number("k", {"a": "1"})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(20)))
    assert set(answers) == {1}
    assert NumberSeries.objects.get().last == 1  # the losers' numbers were rolled back
