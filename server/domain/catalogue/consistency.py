"""Owns the consistency checks of an implementation list (实施清单): one table, each check with its code.

Laws: the values are the whole list's, by the names of claim_fields, inherited ones included. A broken check is a reason
for a reviewer to return the list; the few that are `binding` contradict the law or the list itself, and keep an item
from being published. No check refuses anyone's typing. The words of each code stand in server/domain/problems.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import chain

from server.domain.cases.materials import NEVER_ASKED_WAYS
from server.domain.catalogue.codes import CodeInvalid, parse_implementing_code
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, groups, integer, text, texts

PREFIX = "f."
LICENSING = "01"  # 行政许可
VILLAGE_LEVEL = "6"
LICENSING_STEPS = ("受理", "审核", "审批", "办结", "送达")
_NO = frozenset({"", "0", "否", "无", "false", "no", "不收费"})
_CATCH_ALL = ("其他材料", "其它材料", "其他相关材料", "等材料", "有关材料")
_PERSONS = ("自然人", "个人", "居民", "公民", "老人")
_BODIES = ("企业", "法人", "社会组织", "事业单位")
_REPEALED = ("废止", "已失效")

Broken = Callable[[Fields], str | None]
"""The list's values → what is wrong, "" when the check's words say it all; None when nothing is."""


@dataclass(frozen=True)
class Check:
    """`field`: the one to look at. `binding`: an item that breaks it is not published."""

    code: str
    field: str
    broken: Broken
    binding: bool = False


def said(values: Fields, name: str) -> str:
    value = values.get(name)
    return "" if value is None else str(value).strip()


def yes(values: Fields, name: str) -> bool:
    return said(values, name).lower() not in _NO


def number(values: Fields, name: str) -> int | None:
    found = said(values, name)
    return int(found) if found.isascii() and found.isdecimal() and len(found) < 10 else None


def _when(holds: Callable[[Fields], object]) -> Broken:
    """A check that is broken when this holds."""
    return lambda values: "" if holds(values) else None


def _promise_over_statutory(values: Fields) -> bool:
    """Days of different units are not compared: 30 calendar days may be less or more than 20 working days."""
    legal, promise = number(values, "legal_days"), number(values, "promise_days")
    units = {said(values, unit) or "G" for unit in ("legal_days_unit", "promise_days_unit")}
    return bool(legal) and promise is not None and promise > (legal or 0) and len(units) == 1


def _catch_all(values: Fields) -> str | None:
    names = "、".join(material_names(values))
    return next((phrase for phrase in _CATCH_ALL if phrase in names), None)


def _few_steps(values: Fields) -> str | None:
    if said(values, "type") != LICENSING:
        return None
    told = "".join(texts(values, "flow")) or said(values, "flow")
    missing = [one for one in LICENSING_STEPS if one not in told]
    return "、".join(missing) if missing else None


def _unsaid_materials(values: Fields) -> str | None:
    """Rows that do not say in what form and how many; a list in plain words is not looked into."""
    rows = [row for row in groups(values, "materials") if not _never_asked(row)]
    unsaid = [text(row, "name") for row in rows if not row.get("form") or row.get("copies") in (None, "")]
    return "、".join(unsaid) if unsaid else None


def _forms_without_blank(values: Fields) -> str | None:
    """A form to fill in needs the blank and a filled sample to download, unless the system fills it."""
    rows = [row for row in groups(values, "materials") if row.get("type") == 2 and not _never_asked(row)]
    bare = [text(row, "name") for row in rows if not row.get("blank") and not row.get("instead")]
    return "、".join(bare) if bare else None


def _topic_conflict(values: Fields) -> bool:
    """Persons look among the personal topics, bodies among theirs: an item under the other is not found."""
    served = said(values, "served") + "".join(texts(values, "server_types"))
    persons = any(word in served for word in _PERSONS) or "1" in texts(values, "server_types")
    bodies = any(word in served for word in _BODIES) or bool({"2", "3", "4", "5"} & {*texts(values, "server_types")})
    user, corp = yes(values, "user_topics"), yes(values, "corp_topics")
    if not (user or corp) or not (persons or bodies):
        return False
    return (persons and not bodies and not user) or (bodies and not persons and not corp)


def _without_area_code(name: str) -> Broken:
    # Seven or eight digits are a land line without its area code; mobiles and short lines are as they are.
    return _when(lambda values: sum(c.isdecimal() for c in said(values, name)) in (7, 8))


def _code_wrong(values: Fields) -> bool:
    try:
        return bool(code := said(values, "code")) and parse_implementing_code(code) is None
    except CodeInvalid:
        return True


CHECKS: tuple[Check, ...] = (
    Check("implementing_code", "code", _when(_code_wrong)),
    Check("catch_all_material", "materials", _catch_all),
    Check(
        "village_licence",
        "level",
        _when(lambda values: (said(values, "type"), said(values, "level")) == (LICENSING, VILLAGE_LEVEL)),
    ),
    Check("promise_over_statutory", "promise_days", _when(_promise_over_statutory), binding=True),
    Check(
        "instant_conflict",
        "promise_days",
        _when(lambda values: said(values, "project_type") == "1" and number(values, "promise_days")),
        binding=True,
    ),
    Check(
        "promised_conflict",
        "promise_days",
        _when(lambda values: said(values, "project_type") == "2" and number(values, "promise_days") == 0),
        binding=True,
    ),
    Check(
        "result_type_conflict",
        "result_type",
        _when(
            lambda values: (
                said(values, "result_name").endswith("证")
                and said(values, "result_type") not in ("", "出证", "出证办结")
            )
        ),
    ),
    Check(
        "scene_reason_missing",
        "scene_reason",
        _when(lambda values: number(values, "scene_num") and not said(values, "scene_reason")),
    ),
    Check(
        "mail_missing",
        "mail_materials",
        _when(
            lambda values: (
                number(values, "scene_num") == 0 and not yes(values, "online") and not yes(values, "mail_materials")
            )
        ),
    ),
    Check(
        "depth_scene_conflict",
        "online_depth",
        _when(lambda values: number(values, "scene_num") and said(values, "online_depth") == "4"),
        binding=True,
    ),
    Check("fee_basis_missing", "fee_basis", _when(lambda values: yes(values, "fee") and not said(values, "fee_basis"))),
    Check("fee_items_missing", "fee_items", _when(lambda values: yes(values, "fee") and not yes(values, "fee_items"))),
    Check(
        "free_pay_conflict",
        "pay_online",
        _when(lambda values: not yes(values, "fee") and yes(values, "pay_online")),
        binding=True,
    ),
    Check(
        "phones_equal",
        "complain_phone",
        _when(
            lambda values: (
                said(values, "consult_phone") and said(values, "consult_phone") == said(values, "complain_phone")
            )
        ),
    ),
    Check("phone_area_code", "consult_phone", _without_area_code("consult_phone")),
    Check("phone_area_code", "complain_phone", _without_area_code("complain_phone")),
    Check("topic_conflict", "user_topics", _when(_topic_conflict)),
    Check("flow_incomplete", "flow", _few_steps),
    Check(
        "questions_missing",
        "questions",
        _when(lambda values: said(values, "type") == LICENSING and not yes(values, "questions")),
    ),
    Check(
        "result_sample_missing",
        "result_sample",
        _when(
            lambda values: (
                said(values, "result_type") in ("出证", "出证办结", "出文") and not said(values, "result_sample")
            )
        ),
    ),
    Check("material_form_missing", "materials", _unsaid_materials),
    Check("blank_form_missing", "materials", _forms_without_blank),
    Check(
        "basis_repealed",
        "legal_basis",
        _when(lambda values: any(word in said(values, "legal_basis") for word in _REPEALED)),
    ),
)


def broken_checks(values: Fields) -> list[Problem]:
    """Every check that the list breaks, in the table's order."""
    return list(chain.from_iterable(_told(check, values) for check in CHECKS))


def publication_problems(values: Fields) -> tuple[list[Problem], list[Problem]]:
    """What keeps an item with these values from being published, and what its reviewer should look at."""
    refusals = [one for check in CHECKS if check.binding for one in _told(check, values)]
    advice = [one for check in CHECKS if not check.binding for one in _told(check, values)]
    return refusals, advice


def _told(check: Check, values: Fields) -> Iterable[Problem]:
    wrong = check.broken(values)
    return () if wrong is None else (problem(check.code, PREFIX + check.field, value=wrong),)


def compared_problems(
    values: Fields, *, base: Fields | None = None, standard: Fields | None = None, other_places: Collection[str] = ()
) -> list[Problem]:
    """What shows only beside something else: the base item by its own fields, the standard list by the names of
    claim_fields, and the names of places that are not this one's, which a copied template still holds.
    """
    found: list[Problem] = []
    if base is not None:
        found += _against_base(values, base)
    if standard is not None:
        found += _against_standard(values, standard)
    local = " ".join(said(values, name) for name in ("address", "helper_name", "conditions", "flow"))
    found += [
        problem("copied_place", PREFIX + "address", value=name) for name in other_places if name and name in local
    ]
    return found


def _against_base(values: Fields, base: Fields) -> list[Problem]:
    found = []
    if said(values, "name") and said(values, "name") != text(base, "name"):
        found.append(problem("name_differs", PREFIX + "name", value=text(base, "name")))
    code = said(values, "code")
    if len(code) in (31, 33) and code[19:31] != text(base, "code"):
        found.append(problem("code_differs", PREFIX + "code", value=text(base, "code")))
    if said(values, "type") and text(base, "type") and said(values, "type") != text(base, "type"):
        found.append(problem("type_differs", PREFIX + "type", value=text(base, "type")))
    return found


def _against_standard(values: Fields, standard: Fields) -> list[Problem]:
    listed = set(material_names(standard))
    cancelled = {text(row, "name") for row in groups(standard, "materials") if _never_asked(row)}
    found = []
    for name in material_names(values):
        if name in cancelled:
            found.append(problem("material_cancelled", PREFIX + "materials", name=name))
        elif listed and name not in listed:
            found.append(problem("material_not_listed", PREFIX + "materials", value=name))
    return found


def material_names(values: Fields) -> tuple[str, ...]:
    """The materials that a list asks for, by name: groups, or words with marks between them."""
    if rows := groups(values, "materials"):
        return tuple(text(row, "name") for row in rows if not _never_asked(row))
    marks = str.maketrans(dict.fromkeys(";；,，\n", "、"))
    return tuple(one.strip() for one in said(values, "materials").translate(marks).split("、") if one.strip())


def _never_asked(row: Fields) -> bool:
    """A row that stands in the list only to say that it is asked for no more."""
    return row.get("cancelled") is True or integer(row, "cut") in NEVER_ASKED_WAYS
