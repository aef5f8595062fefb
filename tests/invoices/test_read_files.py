"""Reading what was received: at once where that works, else by a worker, and never twice or half."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from directory.models import Company, Employee
from invoices import outcomes, reading, services, tasks
from invoices.models import Holding, Invoice, InvoiceFile, Upload
from invoices.readers import process
from invoices.readers.errors import ReaderCrashed, ReaderTookTooLong, ReaderUnavailable
from invoices.reading import FoundInvoice
from invoices.services import storing
from invoices.services.read import BeingRead
from tests.builders import World, make_world
from tests.invoices.papers import paper
from tests.invoices.processes import running_reader

pytestmark = pytest.mark.usefixtures("english")

State = Upload.State


class FakeReader:
    """A reader that fails as told, one error a call, and then reads."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(
        self, content: bytes, *, name: str, today: date, timeout: float, patience: float
    ) -> list[FoundInvoice]:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return reading.read(content, name=name, today=today)


def with_reader(monkeypatch: pytest.MonkeyPatch, *failures: Exception) -> FakeReader:
    reader = FakeReader(*failures)
    monkeypatch.setattr(process, "read_file", reader)
    return reader


def received(company: Company, employee: Employee, content: bytes | None = None) -> Upload:
    content = content or paper(company).xml()
    return services.receive(company=company, employee=employee, name="a.xml", content=content, at=timezone.now())


def work() -> None:
    """Let the worker handle what is due, as if every pause had passed."""
    OutboxMessage.objects.filter(state="pending").update(available_at=timezone.now())
    outbox.drain()


def forget_claims() -> None:
    Upload.objects.filter(finished_at=None).update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_a_worker_reads_what_the_web_process_did_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_reader(monkeypatch)
    upload = received(world.company, world.alice)
    forget_claims()
    work()
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == (State.READ, 1)
    assert OutboxMessage.objects.get().state == "done"


def test_the_worker_waits_while_the_web_process_has_its_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = with_reader(monkeypatch)
    upload = received(world.company, world.alice)
    with pytest.raises(BeingRead):
        services.read_upload(upload_id=upload.pk, at=timezone.now())
    outbox.drain()
    message = OutboxMessage.objects.get()
    assert (reader.calls, message.state) == (0, "pending")
    assert message.available_at > timezone.now() + timedelta(seconds=3)


def test_a_finished_upload_is_not_read_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = with_reader(monkeypatch)
    upload = received(world.company, world.alice)
    services.read_now(upload_ids=[upload.pk], at=timezone.now())
    work()
    tasks.read(OutboxMessage.objects.get())
    assert reader.calls == 1
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    "failure", [ReaderUnavailable(), ReaderTookTooLong(seconds=2), ReaderCrashed(), RuntimeError("a fault of ours")]
)
def test_what_goes_wrong_at_once_is_left_to_the_worker(
    world: World, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    with_reader(monkeypatch, failure)
    upload = received(world.company, world.alice)
    services.read_now(upload_ids=[upload.pk], at=timezone.now())
    upload.refresh_from_db()
    assert (upload.state, upload.claimed_until, upload.attempts) == (State.WAITING, None, 0)
    work()
    upload.refresh_from_db()
    assert upload.state == State.READ


def test_files_beyond_the_patience_of_the_request_are_left_to_the_worker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = with_reader(monkeypatch)
    uploads = [received(world.company, world.alice) for _ in range(3)]
    services.read_now(upload_ids=[upload.pk for upload in uploads], at=timezone.now(), seconds=0)
    assert reader.calls == 0
    assert set(Upload.objects.values_list("state", "claimed_until")) == {(State.WAITING, None)}


def test_a_reader_killed_in_the_middle_is_asked_again_and_the_file_ends_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_reader(monkeypatch, ReaderCrashed(), ReaderUnavailable(), ReaderCrashed())
    upload = received(world.company, world.alice)
    services.read_now(upload_ids=[upload.pk], at=timezone.now())
    for _ in range(3):
        work()
    upload.refresh_from_db()
    assert (upload.state, outcomes.of(upload).text) == (State.READ, "Read, ¥1,360.00")  # type: ignore[union-attr]


def test_a_file_that_ends_the_reader_three_times_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = with_reader(monkeypatch, *(ReaderCrashed() for _ in range(9)))
    upload = received(world.company, world.alice)
    forget_claims()
    for _ in range(5):
        work()
    upload.refresh_from_db()
    assert (upload.state, reader.calls) == (State.REFUSED, 3)
    assert "a.xml" in outcomes.of(upload).text  # type: ignore[union-attr]
    assert OutboxMessage.objects.get().state == "done"


def test_a_reader_that_stays_away_for_a_day_is_told_to_the_owner(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_reader(monkeypatch, *(ReaderUnavailable() for _ in range(9)))
    upload = received(world.company, world.alice)
    forget_claims()
    work()
    upload.refresh_from_db()
    assert upload.state == State.WAITING
    Upload.objects.update(received_at=timezone.now() - timedelta(days=2))
    work()
    upload.refresh_from_db()
    assert upload.state == State.REFUSED
    assert "not running for a day" in outcomes.of(upload).text  # type: ignore[union-attr]
    assert OutboxMessage.objects.get().state == "dead"


def test_a_fault_of_ours_ends_with_a_sentence_and_a_dead_letter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_reader(monkeypatch, *(RuntimeError("broken") for _ in range(20)))
    upload = received(world.company, world.alice)
    forget_claims()
    for _ in range(10):
        work()
    upload.refresh_from_db()
    assert (upload.state, upload.outcome["code"]) == (State.REFUSED, "failed")
    assert OutboxMessage.objects.get().last_error == "RuntimeError: broken"


def test_what_fails_while_it_is_stored_leaves_nothing_half_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_reader(monkeypatch)
    upload = received(world.company, world.alice)
    monkeypatch.setattr(storing, "judge", _broken)
    with pytest.raises(ZeroDivisionError):
        services.store(upload_id=upload.pk, found=_found(world), at=timezone.now())
    assert not Invoice.objects.exists()
    assert not InvoiceFile.objects.exists()
    assert not Holding.objects.exists()
    upload.refresh_from_db()
    assert upload.finished_at is None


def _broken(*_: Any) -> None:
    raise ZeroDivisionError


def _found(world: World) -> list[FoundInvoice]:
    return reading.read(paper(world.company).xml(), name="a.xml", today=timezone.localdate())


# --- Two at once ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_files_of_one_invoice_stored_at_once_become_one_invoice_with_two_files() -> None:
    world = make_world()
    known = paper(world.company)
    uploads = [received(world.company, world.alice, content) for content in (known.xml(), known.photo())]
    found = [reading.read(content, name="a", today=timezone.localdate()) for content in (known.xml(), known.photo())]
    _at_once([lambda n=n: services.store(upload_id=uploads[n].pk, found=found[n], at=timezone.now()) for n in (0, 1)])
    assert (Invoice.objects.count(), InvoiceFile.objects.count(), Holding.objects.count()) == (1, 2, 1)
    assert set(Upload.objects.values_list("state", flat=True)) == {State.READ}
    assert Invoice.objects.get().unsure == []


@pytest.mark.django_db(transaction=True)
def test_of_two_people_with_one_invoice_at_once_the_first_keeps_it() -> None:
    world = make_world()
    people = [world.alice, world.bob, world.erin, world.carol]
    uploads = [received(world.company, person) for person in people]
    found = _found(world)
    _at_once([lambda u=u: services.store(upload_id=u.pk, found=found, at=timezone.now()) for u in uploads])
    assert Holding.objects.live().count() == 1
    states = sorted(Upload.objects.values_list("state", flat=True))
    assert states == [State.DUPLICATE, State.DUPLICATE, State.DUPLICATE, State.READ]


@pytest.mark.django_db(transaction=True)
def test_an_upload_stored_by_two_processes_at_once_is_stored_once() -> None:
    world = make_world()
    upload = received(world.company, world.alice)
    found = _found(world)
    _at_once([lambda: services.store(upload_id=upload.pk, found=found, at=timezone.now()) for _ in range(4)])
    assert (Invoice.objects.count(), InvoiceFile.objects.count()) == (1, 1)


def _at_once(works: list[Any]) -> None:
    start = threading.Barrier(len(works))
    errors: list[Exception] = []

    def run(one: Any) -> None:
        try:
            start.wait(20)
            one()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []


# --- The real reader process ------------------------------------------------------------------------------------------
@pytest.fixture
def reader(tmp_path: Path, settings: Any) -> Iterator[subprocess.Popen[bytes]]:
    settings.READER_SOCKET = tmp_path / "reader.sock"
    with running_reader(settings.READER_SOCKET) as running:
        yield running


def test_a_reader_that_hangs_in_the_middle_is_not_waited_for_and_nothing_is_lost(
    world: World, reader: subprocess.Popen[bytes]
) -> None:
    reader.send_signal(signal.SIGSTOP)
    upload = received(world.company, world.alice)
    services.read_now(upload_ids=[upload.pk], at=timezone.now(), seconds=0.5)
    upload.refresh_from_db()
    assert upload.state == State.WAITING
    reader.send_signal(signal.SIGCONT)
    work()
    upload.refresh_from_db()
    assert upload.state == State.READ


def test_a_reader_killed_with_a_file_in_its_hands_loses_nothing(
    world: World, reader: subprocess.Popen[bytes], tmp_path: Path, settings: Any
) -> None:
    upload = received(world.company, world.alice)
    reader.send_signal(signal.SIGSTOP)  # the file is sent, and nobody answers
    killer = threading.Timer(0.3, reader.kill)
    killer.start()
    services.read_now(upload_ids=[upload.pk], at=timezone.now(), seconds=10)
    killer.join()
    upload.refresh_from_db()
    assert (upload.state, Invoice.objects.count()) == (State.WAITING, 0)
    with running_reader(settings.READER_SOCKET):
        work()
    upload.refresh_from_db()
    assert (upload.state, Invoice.objects.count()) == (State.READ, 1)


def test_without_a_reader_the_file_is_kept_and_read_when_one_is_back(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.READER_SOCKET = tmp_path / "nobody.sock"
    upload = received(world.company, world.alice)
    services.read_now(upload_ids=[upload.pk], at=timezone.now())
    work()
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == (State.WAITING, 1)
    assert OutboxMessage.objects.get().state == "pending"
