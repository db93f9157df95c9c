"""Owns how an item is edited at the console: its steps' forms, which fields a page lets be typed, and what was changed.

Laws: only what its person changed is published, judged by what the page showed and not by what stands now, so that
nobody undoes a colleague's edit by not looking at it. A value that cannot be read goes on as typed: the checks say why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from server.console.catalogue_words import CODED, GROUPS, codes_of, field_label, value_words
from server.console.step_forms import Ask, Input, Pair, StepForm
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.fields.shapes import Shape
from server.domain.record_fields import KINDS, Fields, groups

NEW_ROWS = 2
MATERIAL_TEXTS = ("name", "form", "copies")
_FROM: Pair = ("生效日期", "Holds from")
_AT_ONCE: Pair = ("不填为立即生效", "At once when it is left empty")
_SUSPEND: Pair = ("暂停原因（会告知申请人）", "Why (told to who applies)")
_CANCEL: Pair = ("取消原因（会告知申请人）", "Why (told to who applies)")
_READ_ONLY = frozenset({"base_item", "code", "level", "rule", "amounts", "parent"})
_WORDS = {"是": True, "否": False}


def _effective() -> Input:
    return Input("effective_from", _FROM, Ask.DAY, required=False, hint=_AT_ONCE)


LIFE_FORMS: tuple[StepForm, ...] = (
    StepForm("item.suspend", ("暂停", "Suspend"), (Input("status_reason", _SUSPEND, Ask.TEXT), _effective())),
    StepForm("item.resume", ("恢复", "Resume"), (_effective(),)),
    StepForm(
        "item.cancel",
        ("取消", "Cancel"),
        (Input("status_reason", _CANCEL, Ask.TEXT), _effective()),
        grave=True,
    ),
)
LIFE_BY_VERB: Mapping[str, StepForm] = {form.verb: form for form in LIFE_FORMS}


@dataclass(frozen=True)
class EditInput:
    """One field as the page asks for it. `choices`: code → words, for a coded field."""

    name: str
    label: str
    value: str
    shape: Shape
    choices: Mapping[str, str] | None = None


def edit_inputs(kind: str, fields: Fields, english: bool = False) -> list[tuple[Pair, list[EditInput]]]:
    """The fields that can be typed, by group, with what stands."""
    return [
        (title, [_input(kind, name, fields, english) for name in names if can_type(name)])
        for title, names in GROUPS[kind]
    ]


def can_type(name: str) -> bool:
    return name not in _READ_ONLY


def _input(kind: str, name: str, fields: Fields, english: bool) -> EditInput:
    field = KINDS[kind].fields[name]
    coded = name in CODED and field.shape is not Shape.LIST
    return EditInput(
        name,
        field_label(kind, name, english),
        typed(kind, name, fields),
        field.shape,
        codes_of(CODED[name], english) if coded else None,
    )


def typed(kind: str, name: str, fields: Fields) -> str:
    """A field as it stands in its input: codes as codes, lists with marks between."""
    value = fields.get(name)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "、".join(value)
    return value_words("", value)


def edits_from(kind: str, posted: Mapping[str, str]) -> dict[str, Any]:
    """What was changed on the page, as the step writes it; None for what was emptied."""
    found: dict[str, Any] = {}
    for _, names in GROUPS[kind]:
        for name in filter(can_type, names):
            now, was = (_plain(posted.get(f"{side}.{name}", "")) for side in ("in", "was"))
            if now != was:
                found[name] = _value(KINDS[kind].fields[name].shape, now)
    if kind == "item" and (rows := _materials(posted)) is not None:
        found["materials"] = rows
    return found


def _plain(said: str) -> str:
    return said.replace("\r\n", "\n").strip()


def _value(shape: Shape, said: str) -> object:
    if not said:
        return None
    match shape:
        case Shape.INTEGER | Shape.DAYS:
            return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else said
        case Shape.LIST:
            return [one.strip() for one in said.replace("，", "、").replace("\n", "、").split("、") if one.strip()]
        case Shape.BOOLEAN | Shape.ANY:
            return _WORDS.get(said, said)
        case _:
            return said


def material_rows(fields: Fields) -> list[Fields]:
    """The item's materials, and empty rows to write new ones in."""
    return [*groups(fields, "materials"), *({} for _ in range(NEW_ROWS))]


def materials_json(fields: Fields) -> str:
    """What the page showed, to travel back with what was typed."""
    return msgspec.json.encode(groups(fields, "materials")).decode()


def _materials(posted: Mapping[str, str]) -> list[dict[str, object]] | None:
    """None when nothing was changed. A row without a name goes; what a row holds besides is kept."""
    try:
        before = msgspec.json.decode(posted.get("was.materials", ""), type=list[dict[str, Any]])
    except (msgspec.MsgspecError, RecursionError):
        return None
    after: list[dict[str, object]] = []
    for place in range(len(before) + NEW_ROWS):
        row = dict(before[place]) if place < len(before) else {}
        for name in MATERIAL_TEXTS:
            _put_text(row, name, _plain(posted.get(f"in.materials.{place}.{name}", "")))
        necessity = posted.get(f"in.materials.{place}.necessity", "")
        if necessity in DICTIONARIES["material_necessity"]:
            row["necessity"] = int(necessity)
        if posted.get(f"in.materials.{place}.cancelled"):
            row["cancelled"] = True
        else:
            row.pop("cancelled", None)
        if row.get("name"):
            numbers = [one["no"] for one in (*before, *after) if isinstance(one.get("no"), int)]
            row.setdefault("no", max(numbers, default=0) + 1)
            after.append(row)
    return after if after != before else None


def _put_text(row: dict[str, object], name: str, said: str) -> None:
    """What was left alone keeps its type: copies are a number as long as they are written as one."""
    if str(row.get(name, "") or "") == said:
        return
    if not said:
        row.pop(name, None)
    else:
        row[name] = int(said) if name == "copies" and said.isascii() and said.isdecimal() else said
