"""The body of an event: CloudEvents 1.0 in JSON, made once when the delivery is made and sent unchanged ever after.

`data.document` is the document as it was last submitted, with its lines and the recognised data of their invoices,
under what the entry itself says about its state. `data.event` is what this event adds.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from common.models import AuditEntry
from directory.models import Company, Employee
from oa.catalogue import SCHEMA

STATE = ("kind", "number", "status", "total", "currency", "round")  # what every entry about a document carries


def of(
    entry: AuditEntry,
    *,
    company: Company,
    actor: Employee | None,
    submitted: AuditEntry | None,
    sequence: int,
) -> str:
    """The JSON text. `submitted` is the last entry before or at this one that has the whole document."""
    event = {
        "specversion": "1.0",
        "id": str(entry.event_id),
        "source": f"/companies/{company.code}",
        "type": entry.kind,
        "subject": str(entry.subject_id),
        "time": entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"urn:reimburse:event:{entry.kind}:{SCHEMA}",
        "sequence": str(sequence),
        "sequencetype": "Integer",
        "data": {
            "company": {"code": company.code, "name": company.name, "tax_id": company.tax_id},
            "document": _document(entry, submitted),
            "event": _event(entry, submitted),
            "actor": _actor(entry, actor),
            "on_behalf_of": entry.on_behalf_of_name or None,
        },
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _document(entry: AuditEntry, submitted: AuditEntry | None) -> dict[str, Any] | None:
    if entry.subject_type != "document":
        return None
    snapshot = submitted.data if submitted else {}
    state = {key: entry.data[key] for key in STATE if key in entry.data}
    return {"id": str(entry.subject_id), **snapshot, **state}


def _event(entry: AuditEntry, submitted: AuditEntry | None) -> dict[str, Any]:
    if submitted is not None and submitted.pk == entry.pk:
        return {}
    return {key: value for key, value in entry.data.items() if key not in STATE}


def _actor(entry: AuditEntry, actor: Employee | None) -> dict[str, str] | None:
    """Who did it, by the name of that day; nobody where the system acted by itself."""
    if actor is None:
        return None
    return {"id": str(actor.public_id), "staff_number": actor.staff_number, "name": entry.actor_name}
