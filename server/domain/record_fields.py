"""Owns the table of every record kind's fields (server/domain/fields/), and the reading of one field's value.

Laws: a record is a flat map of field to JSON value without floats. A field not listed here is kept as it
is: a newer phone may know more. Computed fields are written by the centre alone. A field under a prefix
("form.phone") is a field of its own, so that two people filling two of them never meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

from server.domain.fields.campaigns import CAMPAIGN_KINDS
from server.domain.fields.cases import CASE_KINDS
from server.domain.fields.catalogue import CATALOGUE_KINDS
from server.domain.fields.people import PEOPLE_KINDS
from server.domain.fields.shapes import Field, KindFields, Shape
from server.domain.fields.supervision import SUPERVISION_KINDS
from server.domain.places import is_place
from server.domain.problems import Problem, problem

Fields: TypeAlias = Mapping[str, object]

TEXT_LENGTH_MAX = 500
LONG_TEXT_LENGTH_MAX = 4000
LIST_LENGTH_MAX = 500
_ID = re.compile(r"[0-9a-f]{32}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


KINDS: dict[str, KindFields] = {
    table.kind: table for table in (*PEOPLE_KINDS, *CASE_KINDS, *CATALOGUE_KINDS, *CAMPAIGN_KINDS, *SUPERVISION_KINDS)
}


def check_shapes(kind: str, fields: Fields, required_only: Iterable[str] = ()) -> list[Problem]:
    """Missing required fields (also those named in `required_only`) and values of the wrong shape."""
    table = KINDS[kind]
    must = sorted({*table.required, *required_only}) if required_only else table.required
    found = [
        problem("field_missing", name, label=table.fields[name].zh) for name in must if _is_empty(fields.get(name))
    ]
    for name, value in fields.items():
        field = table.find(name)
        if field is None or _is_empty(value):
            continue
        # Most fields are short texts, and a case's own are families of any value: found without looking further.
        shape = field.shape
        if type(value) is str and len(value) <= TEXT_LENGTH_MAX and (shape is Shape.TEXT or shape is Shape.ANY):
            continue
        if shape is Shape.OBJECT and type(value) is dict:
            continue
        found += _check_shape(field, name, value)
    return found


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])


def _check_shape(field: Field, name: str, value: object) -> Sequence[Problem]:
    if not _has_shape(field.shape, value):
        zh, en = field.shape.value
        return [problem("field_shape", name, label=field.zh, shape_zh=zh, shape_en=en)]
    if isinstance(value, str | list) and len(value) > (limit := _length_max(field.shape)):
        return [problem("field_too_long", name, label=field.zh, limit=limit)]
    return ()


def _length_max(shape: Shape) -> int:
    if shape is Shape.LIST:
        return LIST_LENGTH_MAX
    return TEXT_LENGTH_MAX if shape is Shape.TEXT else LONG_TEXT_LENGTH_MAX


def _has_shape(shape: Shape, value: object) -> bool:
    match shape:
        case Shape.TEXT | Shape.LONG_TEXT:
            return isinstance(value, str)
        case Shape.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Shape.BOOLEAN:
            return isinstance(value, bool)
        case Shape.DATE:
            return parse_date(value) is not None
        case Shape.MOMENT:
            return parse_moment(value) is not None
        case Shape.PLACE:
            return is_place(value)
        case Shape.RECORD:
            return isinstance(value, str) and _ID.fullmatch(value) is not None
        case Shape.LIST:
            return isinstance(value, list)
        case Shape.OBJECT:
            return isinstance(value, dict)
        case Shape.ANY:
            return True


def text(fields: Fields, name: str) -> str:
    """The text of a field, "" when it is absent or something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def integer(fields: Fields, name: str, default: int = 0) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """The texts of a list field; a single text counts as a list of one."""
    value = fields.get(name)
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple([entry for entry in value if isinstance(entry, str)]) if isinstance(value, list) else ()


def groups(fields: Fields, name: str) -> tuple[Fields, ...]:
    """The groups of a list field."""
    value = fields.get(name)
    return tuple(entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()


def family(fields: Fields, prefix: str) -> dict[str, object]:
    """What follows a prefix: family({"form.a": 1}, "form.") is {"a": 1}."""
    return {name[len(prefix) :]: value for name, value in fields.items() if name.startswith(prefix)}


def parse_date(value: object) -> date | None:
    """Only the ten characters 2026-01-31: other ISO spellings would compare differently as text."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def parse_moment(value: object) -> datetime | None:
    """A date-time with its offset; one without could mean any hour."""
    if not isinstance(value, str) or len(value) < 17:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
