"""The catalogue: base items and items, an item with its versions, who departs from it, and what a site shows.

Laws: the catalogue is public to staff and changed by reviewers alone. A step names the state its page showed; what was
typed into a refused step is still there, each reason beside its field. "Check" changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import RedirectResponse, Response

from server.actions.list_catalogue import (
    BaseItemRow,
    ItemRow,
    list_base_items,
    list_departures,
    list_holders,
    list_implementations,
    list_items,
    show_versions,
)
from server.actions.refusals import NotFound
from server.actions.show_at_site import find_sites, show_at_site
from server.actions.take_step import read_record, take_step
from server.actions.tell_names import names_of
from server.console import catalogue_words
from server.console.catalogue_forms import (
    LIFE_BY_VERB,
    LIFE_FORMS,
    edit_inputs,
    edits_from,
    material_rows,
    materials_json,
)
from server.console.navigation import CASE_DESKS
from server.console.record_pages import LINES, problems_of, seen_state
from server.console.render import page
from server.console.step_forms import fields_from
from server.console.visit import Visit
from server.domain.catalogue.consistency import publication_problems
from server.domain.catalogue.item_life import ITEM_STEPS, item_state
from server.domain.catalogue.item_values import item_name, list_values
from server.domain.check_context import CheckContext
from server.domain.people.reach import place_holder
from server.domain.people.roles import may_change
from server.domain.problems import Problem
from server.domain.record_checks import check_record
from server.domain.record_fields import Fields, text
from server.merge_policies.judging import china_day
from sync.central.known import Record
from sync.core.chain import encode_hash

KIND_OF: Mapping[str, str] = {"items": "item", "base": "base_item"}


@dataclass(frozen=True)
class Tried:
    """What a person just tried: the step, the reasons it was refused, and what would become of the item."""

    step: str = ""
    problems: Sequence[Mapping[str, object]] = ()
    edits: Mapping[str, Any] = field(default_factory=dict)
    only_checked: bool = False


async def show(visit: Visit) -> Response:
    """`?level=` base items of a level; `?list=` a standard list; `?unit=` a unit's own; the villages' list without."""
    query, platform = visit.request.query_params, visit.console.platform
    lists, units = await list_holders(platform)
    level, unit = query.get("level", "")[:1], query.get("unit", "")[:64]
    chosen = query.get("list", "")[:40] or (lists[-1].key if lists and not level and not unit else "")
    search, status, after = (query.get(name, "")[:40] for name in ("search", "status", "after"))
    rows: Sequence[BaseItemRow | ItemRow]
    if level:
        based = await list_base_items(platform, level=level, search=search, status=status, after=after, limit=LINES + 1)
        rows, keys = based, [one.code for one in based]
    else:
        listed = await list_items(
            platform, unit=unit, catalogue=chosen, search=search, status=status, after=after, limit=LINES + 1
        )
        rows, keys = listed, [one.base_item for one in listed]
    more = keys[LINES - 1] if len(keys) > LINES else ""
    return page(
        visit,
        "catalogue.html",
        sees_requests=visit.role in CASE_DESKS,
        rows=rows[:LINES],
        more=more,
        lists=lists,
        list_places=await _list_places(visit, [one.key for one in lists]),
        units=units,
        level=level,
        unit=unit,
        chosen=chosen,
        search=search,
        in_state=status,
        words=catalogue_words,
    )


async def _list_places(visit: Visit, lists: Sequence[str]) -> Mapping[str, str]:
    """Code → name of the places whose standard lists these are."""
    codes = {one.partition(":")[2].ljust(12, "0") for one in lists}
    names = await names_of(visit.console.platform, map(place_holder, codes))
    return {code: names[place_holder(code)].removeprefix("place:") for code in codes}


async def show_one(visit: Visit) -> Response:
    return await _item_page(visit, Tried())


async def _standing(visit: Visit) -> Record:
    kind = KIND_OF.get(visit.request.path_params["of"], "")
    held = await read_record(visit.console.platform, kind, visit.request.path_params["id"]) if kind else None
    if held is None:
        raise NotFound("no such item")
    return held


async def _item_page(visit: Visit, tried: Tried, *, status: int = 200) -> Response:
    platform = visit.console.platform
    held = await _standing(visit)
    fields, is_item = held.fields, held.kind == "item"
    is_standard = is_item and ":" in text(fields, "catalogue") and not text(fields, "unit")
    async with platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
    refusals, advice = publication_problems(list_values({**fields, **tried.edits})) if is_item else ([], [])
    versions = await show_versions(platform, held.id, kind=held.kind)
    return page(
        visit,
        "catalogue_item.html",
        status=status,
        held=held,
        fields=fields,
        of=visit.request.path_params["of"],
        epoch=epoch,
        seen_hash=encode_hash(held.hash),
        words=catalogue_words,
        groups=catalogue_words.GROUPS[held.kind],
        versions=versions,
        departures=await list_departures(platform, held.id, limit=LINES) if is_standard else [],
        implementations=[]
        if is_item
        else await list_implementations(platform, text(fields, "code"), limit=LINES),
        is_standard=is_standard,
        may_edit=may_change(visit.role, f"{held.kind}.publish") and item_state(fields).value != "cancelled",
        life=_life_forms(visit, held),
        inputs=edit_inputs(held.kind, fields, visit.english),
        materials=material_rows(fields),
        materials_json=materials_json(fields),
        posted=visit.form,
        tried=tried,
        broken=_by_field(refusals),
        advised=_by_field(advice),
        told=_by_field([_problem(one) for one in tried.problems]),
        done=visit.request.query_params.get("done", "")[:20],
    )  # fmt: skip


def _problem(told: Mapping[str, object]) -> Problem:
    return Problem(str(told.get("code", "")), str(told.get("field", "")), str(told["zh"]), str(told["en"]))


def _life_forms(visit: Visit, held: Record) -> list[Any]:
    """What this account may do now with a whole item; base items follow the state's catalogue."""
    if held.kind != "item":
        return []
    state = item_state(held.fields)
    return [form for form in LIFE_FORMS if state in ITEM_STEPS[form.step].before and may_change(visit.role, form.step)]


def _by_field(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """Each beside the field to look at, by the item's own names."""
    found: dict[str, list[Problem]] = {}
    for one in problems:
        found.setdefault(item_name(one.field.removeprefix("f.")), []).append(one)
    return found


async def publish(visit: Visit) -> Response:
    """POST /catalogue/{of}/{id}/publish: a new version of what was changed, or with `do=check` only what is wrong."""
    held = await _standing(visit)
    edits = edits_from(held.kind, visit.form)
    step = f"{held.kind}.publish"
    if visit.form.get("do") == "check":
        found = _checked(visit, held, edits)
        return await _item_page(visit, Tried(step, found, edits, only_checked=True))
    if not edits:
        nothing = {"zh": "没有改动任何内容。", "en": "Nothing was changed on the page."}
        return await _item_page(visit, Tried(step, [nothing]), status=422)
    if day := visit.form.get("in.effective_from", "")[:10]:
        edits["effective_from"] = day
    return await _take(visit, held, "publish", edits)


def _checked(visit: Visit, held: Record, edits: Mapping[str, Any]) -> list[dict[str, object]]:
    whole: Fields = {name: value for name, value in {**held.fields, **edits}.items() if value is not None}
    context = CheckContext(on=china_day(visit.console.now()), before=held.fields)
    return [
        {"code": one.code, "field": one.field, "zh": one.zh, "en": one.en}
        for one in check_record(held.kind, whole, context)
    ]


async def take(visit: Visit) -> Response:
    """POST /catalogue/{of}/{id}/{verb}: suspends, resumes, cancels."""
    held, verb = await _standing(visit), visit.request.path_params["verb"]
    form = LIFE_BY_VERB.get(verb)
    if form is None or held.kind != "item":
        raise NotFound(f"no step {verb}")
    return await _take(visit, held, verb, fields_from(form, visit.form))


async def _take(visit: Visit, held: Record, verb: str, fields: dict[str, Any]) -> Response:
    step = f"{held.kind}.{verb}"
    seen = seen_state(visit)
    taken = await take_step(
        visit.console.platform,
        visit.account,
        kind=held.kind,
        record=held.id,
        name=step,
        fields=fields,
        seen=seen,
    )
    if taken.outcome.code.has_effect:
        of = visit.request.path_params["of"]
        return RedirectResponse(f"/console/catalogue/{of}/{held.id}?done={verb}", 303)
    return await _item_page(visit, Tried(step, problems_of(taken, seen), fields), status=409)


async def show_site(visit: Visit) -> Response:
    """GET /catalogue/items/{id}/site: `?search=` finds sites by name; `?unit=` shows one."""
    query, platform = visit.request.query_params, visit.console.platform
    record, search, unit = visit.request.path_params["id"], query.get("search", "")[:40], query.get("unit", "")[:64]
    held = await read_record(platform, "item", record)
    if held is None:
        raise NotFound("no such item")
    return page(
        visit,
        "catalogue_site.html",
        held=held,
        search=search,
        sites=await find_sites(platform, record, search) if search else [],
        at=await show_at_site(platform, record, unit) if unit else None,
        words=catalogue_words,
        groups=catalogue_words.GROUPS["item"],
    )
