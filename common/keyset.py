"""Keyset paging: the next page begins after the last row of this one, however many rows there are.

An order is a tuple as `order_by` takes it, ending in something unique, all ascending or all descending, without empty
values. The cursor is the last row's values of the order, as text that may stand in an address; one that somebody
tampered with starts anew.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

Row = TypeVar("Row", bound=Model)
Order = Sequence[str]


def page(rows: QuerySet[Row], order: Order, *, after: str | None, limit: int) -> tuple[list[Row], str]:
    """The rows after a cursor, and the cursor of what follows them ("" at the end). One statement."""
    if values := read(rows.model, order, after or ""):
        rows = rows.filter(following(order, values))
    found = list(rows.order_by(*order)[: limit + 1])
    return found[:limit], cursor_of(found[limit - 1], order) if len(found) > limit else ""


def following(order: Order, values: Sequence[Any]) -> LessThan | GreaterThan:
    """The condition for the rows behind these values: a comparison of whole rows, which an index answers."""
    columns = _row(*(F(name.lstrip("-")) for name in order))
    bound = _row(*(Value(value) for value in values))
    return LessThan(columns, bound) if order[0].startswith("-") else GreaterThan(columns, bound)


def backwards(order: Order) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def values_of(row: Model, order: Order) -> list[Any]:
    return [getattr(row, name.lstrip("-")) for name in order]


def cursor_of(row: Model, order: Order) -> str:
    text = json.dumps([_exact(value) for value in values_of(row, order)], cls=DjangoJSONEncoder)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(model: type[Model], order: Order, cursor: str) -> list[Any]:
    """The values in a cursor; none when it is empty or not one of ours."""
    try:
        kept = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(kept, list):
            return []
        values = [_value(_field(model, name), value) for name, value in zip(order, kept, strict=True)]
    except (binascii.Error, UnicodeError, ValueError, TypeError, ValidationError):
        return []
    return [] if None in values else values


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name.lstrip("-"))
    if not isinstance(field, Field):
        raise TypeError(f"{name} is not a column of {model.__name__}")
    return field


def _value(field: Field[Any, Any], kept: Any) -> Any:
    """A value that the column can hold; a number too large for it is a ValidationError."""
    value = field.to_python(kept)
    field.run_validators(value)
    return value


def _exact(value: Any) -> Any:
    """Moments with their microseconds, which Django's encoder would cut."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def _row(*expressions: F | Value) -> Func:
    return Func(*expressions, template="(%(expressions)s)", output_field=BooleanField())
