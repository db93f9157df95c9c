"""Lights: how many shine where, which shine longest, and a light with what it is about and how far it was taken.

Laws: areas are in the order of their codes, never by a number; nobody is counted. Each stage stands with who took it,
when and why; the next is offered to who may take it, and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.responses import Response

from server.actions.list_watching import SHINING, LightRow, count_lights, list_lights, summed
from server.actions.refusals import NotFound
from server.actions.tell_names import names_of
from server.console import watching_words as words
from server.console.narrowing import Narrowing, narrowed
from server.console.navigation import PEOPLE
from server.console.record_pages import (
    LINES,
    Told,
    after_of,
    done,
    form_asked,
    forms_now,
    open_record,
    record_page,
    seen_state,
    try_step,
)
from server.console.render import page
from server.console.step_forms import StepForm, with_choices
from server.console.visit import Visit
from server.console.watching_forms import LIGHT_FORMS
from server.domain.people.reach import account_holder, holds, unit_holder
from server.domain.people.roles import Scope, may_read
from server.domain.record_fields import Fields, groups, text
from server.domain.supervision import lights
from server.domain.supervision.escalation import Stage, next_stage
from sync.central.known import Record

BASE = "/console/lights"
AREAS_SHOWN = 60
"""A city has thousands of villages; those with the first codes are shown, and the whole is summed."""


@dataclass(frozen=True)
class StageTaken:
    """One of the six: `taken` with who, when and why; `is_next` when it is the one that a supervisor may take."""

    code: str
    taken: bool
    is_next: bool
    at: str = ""
    by: str = ""
    why: str = ""


async def show(visit: Visit) -> Response:
    """`?level=`, `?state=` (without: all that shine), `?by=unit` counts by unit, `?place=`, `?unit=`, `?after=`."""
    query, platform, only = visit.request.query_params, visit.console.platform, await _only(visit)
    account = only.account
    level = query.get("level", "") if query.get("level", "") in words.LEVELS else ""
    state = query.get("state", "") if query.get("state", "") in words.LIGHT_STATES else SHINING
    by_unit = query.get("by") == "unit" or bool(only.unit)
    found = await list_lights(
        platform,
        account,
        state=state,
        levels=(level,) if level else tuple(words.LEVELS),
        after=after_of(visit),
        limit=LINES + 1,
    )
    counts = await count_lights(platform, account, by_unit=by_unit)
    # The levels above the list count what the list holds, by whatever the table below is counted.
    is_whole = not by_unit or only.unit or not account.scope.places
    whole = summed(counts if is_whole else await count_lights(platform, account))
    rows, family = found[:LINES], "unit" if by_unit else "place"
    asked = [f"{family}:{one.area}" for one in counts[:AREAS_SHOWN]]
    return page(
        visit,
        "lights.html",
        rows=rows,
        only=only,
        more=_key(rows[-1]) if len(found) > LINES else "",
        counts=counts[:AREAS_SHOWN],
        hidden_areas=len(counts[AREAS_SHOWN:]),
        whole=whole,
        family=family,
        by_unit=by_unit,
        reads_orders=may_read(visit.role, "task"),
        level=level,
        state_shown=state,
        names=await names_of(platform, [*asked, *(row.holder for row in rows), *(f"place:{r.place}" for r in rows)]),
        words=words,
    )


async def _only(visit: Visit) -> Narrowing:
    """Of one place, or of one unit. Raises NotFound for what is out of reach."""
    unit = visit.request.query_params.get("unit", "")[:40]
    if not unit:
        return await narrowed(visit)
    platform, holder = visit.console.platform, unit_holder(unit)
    if not holds(visit.account.scope, holder, await platform.directory()):
        raise NotFound(f"no unit {unit}")
    narrow = replace(visit.account, scope=Scope(units=frozenset({unit})))
    name = (await names_of(platform, [holder]))[holder]
    return Narrowing(narrow, name=name, query=f"&{urlencode({'unit': unit})}", unit=unit)


def _key(row: LightRow) -> str:
    return f"{row.level_since}~{row.id}"


async def show_one(visit: Visit) -> Response:
    return await _page(visit, await open_record(visit, "light"))


async def _page(
    visit: Visit, light: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    fields = light.fields
    stages = stages_of(fields)
    return await record_page(
        visit,
        "light.html",
        light,
        forms=_forms(visit, light),
        every=LIGHT_FORMS,
        base=f"{BASE}/{light.id}",
        tried=tried,
        problems=problems,
        status=status,
        named=[account_holder(one.by) for one in stages if one.by],
        stages=stages,
        about_path=about_path(visit, fields),
        order_path=f"/console/tasks/{order}"
        if (order := text(fields, "order")) and may_read(visit.role, "task")
        else "",
        words=words,
    )


def stages_of(light: Fields) -> list[StageTaken]:
    """All six in their order; a light that was raised again begins anew, so the last of each stands."""
    noted = {text(one, "stage"): one for one in groups(light, "steps")}
    reached, coming = text(light, "stage"), next_stage(light)
    order = list(Stage)
    upto = order.index(Stage(reached)) if reached in Stage.__members__.values() else -1
    return [
        StageTaken(
            code=stage.value,
            taken=place <= upto,
            is_next=stage is coming,
            **({name: text(noted.get(stage.value, {}), name) for name in ("at", "by", "why")} if place <= upto else {}),
        )
        for place, stage in enumerate(order)
    ]


def about_path(visit: Visit, light: Fields) -> str:
    """Where what the light is about can be seen; "" when there is no page for this role."""
    family, _, holder = text(light, "holder").partition(":")
    match text(light, "about_kind"):
        case "case":
            return f"/console/desk/{text(light, 'about')}"
        case "look_back" if may_read(visit.role, "claim"):
            return f"/console/campaigns/look-backs/{text(light, 'about')}"
        case "device" if family == "account" and visit.role in PEOPLE:
            return f"/console/helpers/{holder}"
    return ""


def _forms(visit: Visit, light: Record) -> list[StepForm]:
    """The next stage is the only one that can be chosen; where there is none, nothing is asked."""
    coming = next_stage(light.fields)
    return [
        with_choices(form, "stage", {coming.value: words.STAGES[coming.value]}) if coming else form
        for form in forms_now(visit, lights.STEPS, LIGHT_FORMS, light)
        if form.step != "light.escalate" or coming
    ]


async def take(visit: Visit) -> Response:
    """POST /lights/{id}/{verb}"""
    light, form = await open_record(visit, "light"), form_asked(visit, "light", LIGHT_FORMS)
    problems = await try_step(visit, light, form, seen=seen_state(visit))
    if not problems:
        return done(visit, f"{BASE}/{light.id}", form)
    return await _page(visit, await open_record(visit, "light"), tried=form.step, problems=problems, status=409)
