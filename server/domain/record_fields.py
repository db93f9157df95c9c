"""Owns the table of every record kind's fields (server/domain/fields/), and the reading of one field's value.

Laws: a record is a flat map of field to JSON value without floats. A field not listed here is kept as it
is: a newer phone may know more. Computed fields are written by the centre alone. A field under a prefix
("form.phone") is a field of its own, so that two people filling two of them never meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TypeAlias

from server.domain.fields.bulletins import BULLETIN_KINDS
from server.domain.fields.campaigns import CAMPAIGN_KINDS
from server.domain.fields.cases import CASE_KINDS
from server.domain.fields.catalogue import CATALOGUE_KINDS
from server.domain.fields.followup import FOLLOWUP_KINDS
from server.domain.fields.people import PEOPLE_KINDS
from server.domain.fields.shapes import KindFields, Shape
from server.domain.fields.supervision import SUPERVISION_KINDS
from server.domain.places import is_place
from server.domain.problems import Problem, problem

Fields: TypeAlias = Mapping[str, object]

TEXT_LENGTH_MAX = 500
LONG_TEXT_LENGTH_MAX = 4000
LIST_LENGTH_MAX = 500
MOMENT_LENGTH_MAX = 64
DAYS_MAX = 3650
"""Ten years: what is more, or less than none, is no time that anybody was given."""
_ID = re.compile(r"[0-9a-f]{32}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


KINDS: dict[str, KindFields] = {
    table.kind: table
    for table in (
        *PEOPLE_KINDS,
        *CASE_KINDS,
        *CATALOGUE_KINDS,
        *CAMPAIGN_KINDS,
        *BULLETIN_KINDS,
        *SUPERVISION_KINDS,
        *FOLLOWUP_KINDS,
    )
}


def check_shapes(kind: str, fields: Fields, required_only: Iterable[str] = ()) -> list[Problem]:
    """Missing required fields (also those named in `required_only`) and values of the wrong shape."""
    table = KINDS[kind]
    must = sorted({*table.required, *required_only}) if required_only else table.required
    found = [
        problem("field_missing", name, label=table.fields[name].zh)
        for name in must
        if not (value := fields.get(name)) and _is_empty(value)
    ]
    return found + check_values(kind, fields)


def check_values(kind: str, fields: Fields) -> list[Problem]:
    """Values of the wrong shape, wherever they are kept."""
    return [
        _misfit(KINDS[kind], name, value)
        for name, value in fields.items()
        if (fits := _fitting(kind, name)) is not None and not fits(value) and not _is_empty(value)
    ]


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])


@dataclass(frozen=True)
class _Rule:
    """What a shape asks of a value, and how long a text or list may be. `fits` is both in one call, since it is asked
    for every field of every record that is written.
    """

    holds: Callable[[object], bool]
    fits: Callable[[object], bool]
    longest: int = LONG_TEXT_LENGTH_MAX


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _always_short(holds: Callable[[object], bool]) -> _Rule:
    """Of what holds, nothing is too long."""
    return _Rule(holds, holds)


_RULES: Mapping[Shape, _Rule] = {
    Shape.TEXT: _Rule(
        _is_text, lambda value: isinstance(value, str) and len(value) <= TEXT_LENGTH_MAX, TEXT_LENGTH_MAX
    ),
    Shape.LONG_TEXT: _Rule(_is_text, lambda value: isinstance(value, str) and len(value) <= LONG_TEXT_LENGTH_MAX),
    Shape.INTEGER: _always_short(lambda value: isinstance(value, int) and not isinstance(value, bool)),
    Shape.DAYS: _always_short(
        lambda value: isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= DAYS_MAX
    ),
    Shape.BOOLEAN: _always_short(lambda value: isinstance(value, bool)),
    Shape.DATE: _always_short(lambda value: parse_date(value) is not None),
    Shape.MOMENT: _always_short(lambda value: parse_moment(value) is not None),
    Shape.PLACE: _always_short(is_place),
    Shape.RECORD: _always_short(lambda value: isinstance(value, str) and _ID.fullmatch(value) is not None),
    Shape.LIST: _Rule(
        lambda value: isinstance(value, list),
        lambda value: isinstance(value, list) and len(value) <= LIST_LENGTH_MAX,
        LIST_LENGTH_MAX,
    ),
    Shape.OBJECT: _always_short(lambda value: isinstance(value, dict)),
    Shape.ANY: _Rule(
        lambda value: True, lambda value: not (isinstance(value, str | list) and len(value) > LONG_TEXT_LENGTH_MAX)
    ),
}


# Kinds and fields are few, and this is asked for every field of every record that is written.
@lru_cache(maxsize=4096)
def _fitting(kind: str, name: str) -> Callable[[object], bool] | None:
    """What a field's value must fit; None when nobody knows the field."""
    field = KINDS[kind].find(name)
    return _RULES[field.shape].fits if field is not None else None


def _misfit(table: KindFields, name: str, value: object) -> Problem:
    field = table.find(name)
    assert field is not None, "only a known field can misfit"
    rule = _RULES[field.shape]
    if rule.holds(value):
        return problem("field_too_long", name, label=field.zh, limit=rule.longest)
    zh, en = field.shape.value
    return problem("field_shape", name, label=field.zh, shape_zh=zh, shape_en=en)


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
    return _read_date(value) if isinstance(value, str) and len(value) == 10 else None


# One day is in thousands of records, and a record's own days are looked at by several checks.
@lru_cache(maxsize=4096)
def _read_date(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(value: object) -> datetime | None:
    """A date-time with its offset; one without could mean any hour, and one at the end of years has no other zone's."""
    return _read_moment(value) if isinstance(value, str) and 17 <= len(value) <= MOMENT_LENGTH_MAX else None


@lru_cache(maxsize=1024)
def _read_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 1 < moment.year < 9999 else None
