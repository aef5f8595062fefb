"""How an upload ended, in words: kept as a code with parameters, worded when it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common import files
from common.errors import BusinessError, Wording
from common.templatetags.ui import money
from invoices import labels
from invoices.models import Upload
from invoices.readers import errors as reader_errors


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page says beside a file's name. `state` is a mark's: ok, wait, warn, bad."""

    state: str
    text: str


_PLAIN: dict[str, tuple[str, Wording]] = {
    "to_type": ("warn", gettext_lazy("Kept; type what is on the picture")),
    "same_file": ("warn", gettext_lazy("Duplicate: this very file is in your wallet already")),
    "failed": (
        "bad",
        gettext_lazy("Could not be read because of a fault of ours. It is kept; please tell an administrator."),
    ),
    "reader_down": (
        "bad",
        gettext_lazy("Could not be read: the reader was not running for a day. Upload the file once more."),
    ),
}
_FILE_ERRORS: dict[str, type[BusinessError]] = {
    kind.code: kind for kind in (files.EmptyFile, files.FileTooLarge, files.WrongType)
}


def of(upload: Upload) -> Outcome | None:
    """None while the file is still waiting or being read."""
    if upload.finished_at is None:
        return None
    return worded(str(upload.outcome.get("code", "")), upload.outcome.get("params") or {}, name=upload.name)


def worded(code: str, params: dict[str, Any], *, name: str) -> Outcome:
    if code in _PLAIN:
        state, wording = _PLAIN[code]
        return Outcome(state, str(wording))
    if code in _WORDED:
        return _WORDED[code](params)
    return Outcome("bad", _refusal(code, params, name))


def _refusal(code: str, params: dict[str, Any], name: str) -> str:
    """The sentence of the error that refused the file; it has the file's name in it."""
    if code in _FILE_ERRORS:
        return _FILE_ERRORS[code](**params).message
    return reader_errors.by_code(code, {**params, "name": params.get("name") or name}).message


def _amount(params: dict[str, Any]) -> str:
    total = params.get("total")
    return str(money(Decimal(total), params.get("currency", ""))) if total else ""


def _read(params: dict[str, Any]) -> Outcome:
    return Outcome("ok", _("Read, %(amount)s") % {"amount": _amount(params)})


def _to_confirm(params: dict[str, Any]) -> Outcome:
    return Outcome("warn", _("Please confirm: %(fields)s") % {"fields": labels.listed(params["keys"])})


def _added(params: dict[str, Any]) -> Outcome:
    return Outcome("ok", _("Added to the invoice you have, %(amount)s") % {"amount": _amount(params)})


def _contradicts(params: dict[str, Any]) -> Outcome:
    text = _("Differs from the file you have: %(fields)s. Please look which is right")
    return Outcome("bad", text % {"fields": labels.listed(params["keys"])})


def _used(params: dict[str, Any]) -> Outcome:
    if params.get("document"):
        return Outcome("bad", _("Duplicate, used in %(document)s") % {"document": params["document"]})
    return Outcome("bad", _("Duplicate, used in a document of somebody else"))


def _held(params: dict[str, Any]) -> Outcome:
    if params.get("holder"):
        return Outcome("bad", _("Duplicate, in the wallet of %(holder)s") % {"holder": params["holder"]})
    return Outcome("bad", _("Duplicate: already in a colleague's wallet. Ask finance"))


def _several(params: dict[str, Any]) -> Outcome:
    count = int(params["count"])
    return Outcome("ok", ngettext("%(count)d invoice inside", "%(count)d invoices inside", count) % {"count": count})


_WORDED = {
    "read": _read,
    "to_confirm": _to_confirm,
    "added": _added,
    "contradicts": _contradicts,
    "used": _used,
    "held": _held,
    "several": _several,
}
