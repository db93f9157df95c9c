"""Owns the base item (基本目录): the catalogue's row of one item in law, at the level that exercises it.

Law: one code at one level is one record, wherever it is made; a unit's item and a claim name it by its code.
"""

from __future__ import annotations

from datetime import date

from server.domain.catalogue.codes import EXERCISE_LEVELS, CodeInvalid, parse_base_code
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.catalogue.item_life import ItemState
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, parse_date, text
from sync.core.ids import derived_id


def base_item_id(level: str, code: str) -> str:
    """The record id that everyone derives. `level` is the exercise level's digit, 1 state to 6 village."""
    return derived_id("base_item", level, code)


def check_base_item(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What keeps a base item from being published."""
    found = check_shapes("base_item", fields)
    if found:
        return found
    try:
        code = parse_base_code(text(fields, "code"))
        if parent := text(fields, "parent"):
            parse_base_code(parent)
    except CodeInvalid as invalid:
        return [problem(invalid.code, "code")]
    if text(fields, "level") not in (*EXERCISE_LEVELS,):
        found.append(problem("value_unknown", "level", label="行使层级", value=text(fields, "level")))
    kind = text(fields, "type")
    if kind and kind not in DICTIONARIES["item_type"]:
        found.append(problem("value_unknown", "type", label="事项类型", value=kind))
    elif kind and not code.synthetic and code.item_type != kind:
        found.append(problem("code_type_differs", "type", value=code.item_type))
    if text(fields, "status") not in ItemState.__members__.values():
        found.append(problem("state_unknown", "status", value=text(fields, "status")))
    starts, ends = parse_date(fields.get("valid_from")), parse_date(fields.get("valid_until"))
    if starts and ends and ends < starts:
        found.append(problem("validity_order", "valid_until"))
    return found


def is_valid_on(base: Fields, on: date) -> bool:
    """Whether it stands in the catalogue that day."""
    starts, ends = parse_date(base.get("valid_from")), parse_date(base.get("valid_until"))
    if text(base, "status") == ItemState.CANCELLED:
        return False
    return (starts is None or starts <= on) and (ends is None or on <= ends)
