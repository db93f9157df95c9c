"""Owns who can be named in a case's forms: the units and desks around its village, and the units whose part is open.

Laws: a name that is typed is one of those that are offered, or the key of what the directory lists; anything else is
told beside the form, and nothing is done. A unit's part is answered by whoever holds that unit, and by nobody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.actions.platform import Platform
from server.actions.show_case import CasePage
from server.actions.tell_names import holders_around, names_of
from server.console.case_forms import CASE_FORMS
from server.console.step_forms import Pair, StepForm, with_choices
from server.domain.cases.joint import open_units, parts_of
from server.domain.cases.procedures import PASSES_ON
from server.domain.people.entitlement import Directory
from server.domain.people.reach import is_listed, speaks_for
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, text, texts
from server.storage.people import AccountRow

_UNIT = "unit:"


async def case_forms(platform: Platform, account: AccountRow, case: CasePage) -> list[StepForm]:
    """The forms of what this account can do now, in a desk's order, with what can be named in each."""
    fields, directory = case.record.fields, await platform.directory()
    around = await holders_around(platform, text(fields, "village")) if set(case.steps) & set(PASSES_ON) else {}
    open_parts = await names_of(platform, open_units(fields))
    own_parts = {unit: name for unit, name in open_parts.items() if speaks_for(account.scope, unit, directory)}
    offered: Mapping[str, tuple[str, Mapping[str, str]]] = {
        "case.accept": ("joint", {unit: name for unit, name in around.items() if unit.startswith(_UNIT)}),
        "case.transfer": ("transfer.to", around),
        "case.pass_up": ("passing_up.to", around),
        "case.part_answer": ("part_answer.unit", own_parts),
        "case.part_drop": ("part_drop.unit", open_parts),
    }
    leads = text(fields, "holder")
    found = []
    for step, form in CASE_FORMS.items():
        if step not in case.steps or (step == "case.part_answer" and not own_parts):
            continue
        path, names = offered.get(step, ("", {}))
        found.append(with_choices(form, path, _pairs(names, leads)) if path else form)
    return found


def _pairs(names: Mapping[str, str], but: str) -> dict[str, Pair]:
    return {key: (name, name) for key, name in names.items() if key != but}


def _passed_to(group: object) -> tuple[str, ...]:
    return (text(group, "to"),) if isinstance(group, dict) else ()


def unlisted(step: str, fields: Fields, directory: Directory) -> list[Problem]:
    """Who was named in the step and is not listed: told before anything is tried."""
    named = {
        "case.accept": ("joint", texts(fields, "joint")),
        **{step: (field, _passed_to(fields.get(field))) for step, field in PASSES_ON.items()},
    }
    field, holders = named.get(step, ("", ()))
    if step in PASSES_ON and not any(holders):
        return [problem("holder_unnamed", field)]
    return [problem("holder_unknown", field, value=one) for one in holders if one and not is_listed(one, directory)]


async def told_parts(platform: Platform, case: Fields) -> Sequence[Mapping[str, object]]:
    """Each unit of a joint handling: its name, its last day, and what it answered."""
    parts = parts_of(case)
    names = await names_of(platform, [part.unit for part in parts])
    return [
        {
            "name": names[part.unit],
            "due": part.due.isoformat(),
            "is_open": part.is_open,
            "agrees": part.agrees,
            "dropped": part.dropped_on is not None,
            "text": part.text,
        }
        for part in parts
    ]
