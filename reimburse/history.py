"""What happened to a document, in words, and what was changed between one round and the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from common.errors import Wording
from common.models import AuditEntry

# By the verb of the entry's kind; places are the entry's data.
WORDS: Mapping[str, Wording] = {
    "created": gettext_lazy("started the draft"),
    "submitted": gettext_lazy("sent it"),
    "withdrawn": gettext_lazy("took it back"),
    "returned": gettext_lazy("sent it back"),
    "approved": gettext_lazy("approval is complete"),
    "rejected": gettext_lazy("rejected it for good"),
    "transferred": gettext_lazy("handed the turn over"),
    "drafted": gettext_lazy("voucher drafted"),
    "changed": gettext_lazy("voucher changed"),
    "vat_decided": gettext_lazy("input VAT decided"),
    "posted": gettext_lazy("voucher posted"),
    "reversed": gettext_lazy("voucher reversed"),
}
DECISIONS: Mapping[str, Wording] = {
    "approve": pgettext_lazy("decision", "approved"),
    "reject": pgettext_lazy("decision", "rejected"),
    "return": pgettext_lazy("decision", "returned"),
}
# Of these the outcome follows at once as an entry of its own; the decision itself says it already.
SAID_BY_DECISION = frozenset({"returned", "rejected"})

FIELDS: Mapping[str, Wording] = {
    "title": gettext_lazy("Title"),
    "cost_centre": gettext_lazy("Cost centre"),
    "project": gettext_lazy("Project"),
    "due_on": gettext_lazy("To be settled by"),
    "total": gettext_lazy("Total"),
    "expense_type": gettext_lazy("Expense type"),
    "spent_on": gettext_lazy("Date"),
    "purpose": gettext_lazy("What for"),
    "amount": gettext_lazy("Amount"),
}
HEAD = ("title", "cost_centre", "project", "due_on", "total")
LINE = ("expense_type", "spent_on", "purpose", "amount", "cost_centre", "project")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different: where ("" for the head), which field, before and after."""

    where: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    at: datetime
    who: str
    on_behalf_of: str
    what: str
    comment: str = ""
    step: str = ""
    changes: Sequence[Change] = field(default=())


def of(entries: Sequence[AuditEntry]) -> list[Event]:
    """The document's trail as a person reads it, oldest first."""
    events: list[Event] = []
    sent: Mapping[str, Any] | None = None
    for entry in entries:
        verb = entry.kind.partition(".")[2]
        if verb in SAID_BY_DECISION:
            continue
        changes: Sequence[Change] = ()
        if verb == "submitted":
            changes = list(compare(sent, entry.data)) if sent else ()
            sent = entry.data
        events.append(_event(entry, verb, changes))
    return events


def _event(entry: AuditEntry, verb: str, changes: Sequence[Change]) -> Event:
    if verb == "decided":
        what = str(DECISIONS.get(entry.data.get("action", ""), entry.kind))
    else:
        what = str(WORDS.get(verb, entry.kind))
    english = (get_language() or "").startswith("en")
    step = entry.data.get("step_name_en") if english else ""
    return Event(
        at=entry.at,
        who=entry.actor_name or _("the system"),
        on_behalf_of=entry.on_behalf_of_name,
        what=what,
        comment=entry.data.get("comment", ""),
        step=step or entry.data.get("step_name", ""),
        changes=changes,
    )


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What is different between two snapshots of a document."""
    yield from _fields("", HEAD, before, after)
    old = {line["id"]: line for line in before.get("lines", [])}
    new = {line["id"]: line for line in after.get("lines", [])}
    for key, line in new.items():
        where = _("line %(number)s") % {"number": line["position"]}
        if key not in old:
            yield Change(where, _("line"), "", _summary(line))
            continue
        yield from _fields(where, LINE, old[key], line)
        yield from _invoices(where, old[key], line)
    for key, line in old.items():
        if key not in new:
            yield Change(_("line %(number)s") % {"number": line["position"]}, _("line"), _summary(line), "")
    yield from _lists(_("attachments"), before.get("attachments", []), after.get("attachments", []))
    yield from _lists(_("settled advances"), _settled(before), _settled(after))


def _fields(where: str, names: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in names:
        old, new = _text(before.get(name)), _text(after.get(name))
        if old != new:
            yield Change(where, str(FIELDS[name]), old, new)


def _invoices(where: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for change in _lists(_("invoices"), _numbers(before), _numbers(after)):
        yield Change(where, change.what, change.before, change.after)


def _lists(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    gone = [item for item in before if item not in after]
    added = [item for item in after if item not in before]
    if gone or added:
        yield Change("", what, "、".join(gone), "、".join(added))


def _numbers(line: Mapping[str, Any]) -> list[str]:
    return [invoice["number"] for invoice in line.get("invoices", [])]


def _settled(snapshot: Mapping[str, Any]) -> list[str]:
    return [f"{row['advance']} {row['amount']}" for row in snapshot.get("settlements", [])]


def _summary(line: Mapping[str, Any]) -> str:
    parts = (line.get("expense_type"), line.get("spent_on"), line.get("purpose"), line.get("amount"))
    return " ".join(text for text in map(_text, parts) if text)


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name", ""))
    return "" if value is None else str(value)
