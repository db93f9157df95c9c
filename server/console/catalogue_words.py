"""The words of the catalogue: states, levels, lists, the groups of an item's fields, and a value as it is read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from server.console.differences import Part, parts, whole_parts
from server.console.field_words import label_of
from server.console.step_forms import Pair
from server.console.words import whole_date_words
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.catalogue.eligibility import RuleInvalid, parse_rule
from server.domain.record_fields import Fields, groups, text

STATES: Mapping[str, Pair] = {
    "active": ("在办", "On offer"),
    "suspended": ("暂停", "Suspended"),
    "cancelled": ("取消", "Cancelled"),
}
LEVELS: Mapping[str, Pair] = {
    "1": ("国家级", "State"),
    "2": ("省级", "Province"),
    "3": ("市级", "City"),
    "4": ("县级", "County"),
    "5": ("乡镇（街道）", "Town"),
    "6": ("村（社区）", "Village"),
}
LISTS: Mapping[str, Pair] = {
    "village": ("村级标准清单", "Villages' standard list"),
    "town": ("乡镇标准清单", "Towns' standard list"),
    "county": ("县级清单", "Counties' list"),
    "city": ("市级清单", "City's list"),
    "all": ("全市目录", "Whole catalogue"),
}
NECESSITY: Mapping[str, Pair] = {
    "1": ("必要", "needed"),
    "2": ("非必要", "not always needed"),
    "3": ("可容缺后补", "may come later"),
}
# field of an item → the dictionary of its codes
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
CODED: Mapping[str, str] = {
    "type": "item_type",
    "level": "use_level",
    "decided_at": "use_level",
    "project_type": "project_type",
    "legal_days_unit": "time_unit",
    "promise_days_unit": "time_unit",
    "server_types": "server_type",
    "online_depth": "online_depth",
}
UNITS: Mapping[str, Pair] = {"G": ("工作日", "working days"), "Z": ("自然日", "calendar days")}
WORKING_DAYS = "G"
UNIT_OF: Mapping[str, str] = {"legal_days": "legal_days_unit", "promise_days": "promise_days_unit"}
YES_NO: Mapping[bool, Pair] = {True: ("是", "Yes"), False: ("否", "No")}
ENGLISH_CODES: Mapping[str, Mapping[str, str]] = {
    "item_type": {
        "01": "Permit",
        "02": "Penalty",
        "03": "Coercion",
        "04": "Levy",
        "05": "Payment",
        "06": "Inspection",
        "07": "Confirmation",
        "08": "Award",
        "09": "Ruling",
        "10": "Other power",
        "20": "Public service",
    },
    "use_level": {code: pair[1] for code, pair in LEVELS.items()},
    "project_type": {"1": "At once", "2": "Promised"},
    "time_unit": {code: pair[1] for code, pair in UNITS.items()},
    "server_type": {
        "1": "Person",
        "2": "Company",
        "3": "Public institution",
        "4": "Social organisation",
        "5": "Company without legal personality",
        "6": "Authority",
        "9": "Other body",
    },
    "online_depth": {
        "1": "I: guide and forms online",
        "2": "II: appointment and pre-check online",
        "3": "III: applied for online, one visit",
        "4": "IV: wholly online, no visit",
    },
}
"""The codes of the catalogue's dictionaries in English; in Chinese they are called what the dictionary says."""
GROUPS: Mapping[str, tuple[tuple[Pair, tuple[str, ...]], ...]] = {
    "item": (
        (
            ("基本信息", "What it is"),
            ("name", "base_item", "code", "type", "level", "decided_at", "dept", "target", "server_types"),
        ),
        (("条件与依据", "Who may ask, and by what law"), ("condition", "basis", "rule", "helper_cannot")),
        (
            ("时限与到场", "How long, how often"),
            (
                *("project_type", "review_days", "legal_days", "legal_days_unit", "promise_days", "promise_days_unit"),
                *("promise_days_note", "visits", "visits_reason"),
            ),
        ),
        (
            ("怎样办", "How"),
            (
                *("handling_forms", "online", "online_depth", "online_note", "offline_note", "flow"),
                *("special_procedure", "intermediary"),
            ),
        ),
        (("收费与发放", "Money"), ("fee", "fee_items", "fee_basis", "pay_online", "amounts")),
        (
            ("结果与送达", "What comes of it"),
            ("result", "result_type", "result_sample", "delivery", "mail_materials", "mail_result"),
        ),
        (
            ("地点与联系", "Where and when"),
            ("where", "hours", "consult_phone", "complain_phone", "complain_address", "area", "questions"),
        ),
    ),
    "base_item": (
        (("基本信息", "What it is"), ("name", "code", "level", "type", "dept", "central_dept", "parent")),
        (("依据与有效期", "Law and validity"), ("basis", "valid_from", "valid_until", "handled", "has_child")),
    ),
}


def pair_words(table: Mapping[str, Pair], key: str, english: bool) -> str:
    pair = table.get(key)
    return key if pair is None else pair[english]


def status_words(status: str, english: bool) -> str:
    return pair_words(STATES, status, english)


def list_words(catalogue: str, english: bool, names: Mapping[str, str] | None = None) -> str:
    """ "village:341800" as people call it; `names`: of places, by their codes."""
    level, _, under = catalogue.partition(":")
    place = (names or {}).get(under.ljust(12, "0"), under)
    return f"{pair_words(LISTS, level, english)} · {place}"


def field_label(kind: str, name: str, english: bool = False) -> str:
    label = label_of(kind, name, english)
    return label[:1].upper() + label[1:] if english else label


def shown_words(fields: Fields, name: str, english: bool = False) -> str:
    """A field's value among the others: a number of days with its unit. "" also for the unit, which is said there."""
    if name in UNIT_OF.values():
        return ""
    unit = UNIT_OF.get(name)
    if unit is None or not isinstance(fields.get(name), int):
        return value_words(name, fields.get(name), english)
    said = UNITS.get(text(fields, unit) or WORKING_DAYS, (text(fields, unit), text(fields, unit)))[english]
    if not english:
        return f"{fields[name]}个{said}"
    return f"1 {said.removesuffix('s')}" if fields[name] == 1 else f"{fields[name]} {said}"


def value_words(name: str, value: object, english: bool = False) -> str:
    """A field's value as a text, a line for each row of a list of groups. What somebody wrote is shown as it was
    written, in either language.
    """
    if name == "materials" and isinstance(value, list):
        return "\n".join(material_words(row, english) for row in groups({"materials": value}, "materials"))
    if name == "rule":
        return rule_words(value, english)
    if name == "status":
        return status_words(str(value or ""), english)
    match value:
        case None | "" | []:
            return ""
        case bool():
            return YES_NO[value][english]
        case str() if _is_day(value):
            return whole_date_words(value, english)
        case str() | int():
            return _coded(name, str(value), english)
        case [dict(), *_] as rows:
            return "\n".join(_group(row) for row in rows if isinstance(row, dict))
        case [*values]:
            return (", " if english else "、").join(value_words(name, one, english) for one in values)
        case dict():
            return _group(value)
        case _:
            return str(value)


def change_parts(name: str, before: object, after: object, english: bool = False) -> tuple[Part, ...]:
    """How a field changed. Of codes and days nobody wrote the letters: one word stands in the place of another."""
    was, now = value_words(name, before, english), value_words(name, after, english)
    is_whole = name in CODED or name == "status" or any(isinstance(one, int) or _is_day(one) for one in (before, after))
    return whole_parts(was, now) if is_whole else parts(was, now)


def _is_day(value: object) -> bool:
    return isinstance(value, str) and _DAY.fullmatch(value) is not None


def _coded(name: str, code: str, english: bool) -> str:
    if name not in CODED:
        return code
    return codes_of(CODED[name], english).get(code, code)


def codes_of(dictionary: str, english: bool = False) -> Mapping[str, str]:
    """Code → what it is called."""
    return ENGLISH_CODES[dictionary] if english else DICTIONARIES[dictionary]


def rule_words(rule: object, english: bool = False) -> str:
    """Who may ask, as a person reads it; what is no rule stays as it is."""
    try:
        tests = parse_rule(rule)
    except RuleInvalid:
        return _group(rule) if isinstance(rule, Mapping) else str(rule)
    said = [test.words(without=group == "none")[english] for group, rows in tests.items() for test in rows]
    return ("; " if english else "；").join(said)


def _group(row: Mapping[str, object]) -> str:
    said = [f"{name}：{value_words('', value)}" for name, value in row.items() if value not in (None, "", [])]
    return "；".join(said)


def material_words(row: Fields, english: bool = False) -> str:
    """One material on one line."""
    said = [NECESSITY.get(str(row.get("necessity")), ("", ""))[english], text(row, "form")]
    if row.get("copies"):
        said.append(f"× {row['copies']}" if english else f"{row['copies']}份")
    if text(row, "instead"):
        said.append(text(row, "instead"))
    if row.get("cancelled") is True:
        said.append("cancelled" if english else "已取消")
    told = (", " if english else "，").join(one for one in said if one)
    around = " ({})" if english else "（{}）"
    return f"{row.get('no', '')} {text(row, 'name')}" + (around.format(told) if told else "")
