"""Owns how a kind's fields are told: a field's name, meaning and shape, and the kind as the sum of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property


class Shape(Enum):
    """What a value must look like; the value holds how people are told (Chinese, English)."""

    TEXT = ("文字", "text")
    LONG_TEXT = ("长文字", "a longer text")
    INTEGER = ("整数", "a whole number")
    DAYS = ("天数（0至3650）", "a number of days from 0 to 3650")
    BOOLEAN = ("是或否", "true or false")
    DATE = ("日期（2026-01-31）", "a date like 2026-01-31")
    MOMENT = ("带时区的时间", "a date and time with its offset")
    PLACE = ("12位区划代码", "a division code of 12 digits")
    RECORD = ("记录编号", "a record id")
    LIST = ("列表", "a list")
    OBJECT = ("一组值", "a group of values")
    ANY = ("任意值", "any value")


@dataclass(frozen=True)
class Field:
    """One field of a kind. `required` fields must be there whatever the record's state."""

    name: str
    zh: str
    meaning: str
    shape: Shape = Shape.TEXT
    required: bool = False
    computed: bool = False


@dataclass(frozen=True)
class KindFields:
    """All fields of a kind; `families` are prefixes ("form.") with the shape and meaning of what follows."""

    kind: str
    fields: Mapping[str, Field]
    families: Mapping[str, Field]

    def find(self, name: str) -> Field | None:
        if name in self.fields:
            return self.fields[name]
        prefix, dot, rest = name.partition(".")
        return self.families.get(prefix + dot) if dot and rest else None

    @cached_property
    def required(self) -> tuple[str, ...]:
        """What must be there whatever the record's state, by name."""
        return tuple(sorted(name for name, field in self.fields.items() if field.required))

    @property
    def computed(self) -> frozenset[str]:
        """What no device may write."""
        return frozenset(name for name, field in self.fields.items() if field.computed)


def kind_fields(kind: str, *fields: Field) -> KindFields:
    """A kind from its fields; those whose name ends in a dot are families."""
    plain = {field.name: field for field in fields if not field.name.endswith(".")}
    families = {field.name: field for field in fields if field.name.endswith(".")}
    return KindFields(kind, plain, families)
