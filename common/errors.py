"""What goes wrong in the business, said so that a person can act on it.

An error carries a code and parameters; it is worded in the reader's language when it is shown, not when it is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Wording = str | Promise


class BusinessError(Exception):
    """The one class views catch. Subclasses set `wording`, an English msgid with %(name)s places.

    `status` is the HTTP answer: 409 when the state of the world is in the way, 422 when the input is, 403 when the
    person is, 503 when a part of ours is busy.
    """

    code: ClassVar[str] = "business"
    status: ClassVar[int] = 409
    wording: ClassVar[Wording] = _("This cannot be done now.")

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code, params)

    @property
    def message(self) -> str:
        return str(self.wording) % self.params

    def __str__(self) -> str:
        return self.message


class NotAllowed(BusinessError):
    code = "not_allowed"
    status = 403
    wording = _("You may not do this. Ask an administrator of your company for the right.")


class WrongState(BusinessError):
    code = "wrong_state"
    wording = _(
        "“%(subject)s” is %(state)s by now, so this can no longer be done. Reload the page to see where it stands."
    )


class Stale(BusinessError):
    code = "stale"
    wording = _(
        "“%(subject)s” was changed in the meantime, in another window or by somebody else. "
        "Reload the page and try again."
    )


Severity = Literal["block", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found: what, how grave, at which line. Worded by `common.findings.word` when shown.

    `where` is a line's public id, or "" for the document as a whole.
    """

    code: str
    severity: Severity = "block"
    where: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class NotReady(BusinessError):
    """Raised with every finding that blocks, so that the document is mended once and not nine times."""

    code = "not_ready"
    status = 422
    wording = _("%(count)s things have to be mended first.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(count=len(self.findings))
