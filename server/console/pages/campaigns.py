"""Rounds of claiming: how far each is, what waits for review, a claim beside the standard it departs from, look-backs.

Laws: what is shown is of units and places in the account's scope. A step names the state its page showed; a refused one
changes nothing and keeps what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import RedirectResponse, Response

from server.actions.draw_look_back import draw_look_back
from server.actions.list_catalogue import list_implementations
from server.actions.list_claims import list_campaigns, list_claims, list_look_backs
from server.actions.open_campaign import open_campaign, standard_lists
from server.actions.refusals import NotFound
from server.actions.report_progress import report_progress
from server.actions.take_step import read_record
from server.actions.tell_names import item_names, names_of, record_names
from server.console import campaign_forms, catalogue_words
from server.console.field_words import label_of
from server.console.record_pages import LINES, done, open_record, say_step, seen_pairs, seen_state
from server.console.render import page
from server.console.step_forms import StepForm, fields_from
from server.console.visit import Visit
from server.domain.catalogue.base_items import base_item_id
from server.domain.catalogue.claim_fields import CLAIM_FIELDS, return_reasons
from server.domain.catalogue.claims import ClaimState, next_state, parse_state
from server.domain.catalogue.consistency import compared_problems
from server.domain.catalogue.item_values import inherited_words, list_values
from server.domain.catalogue.look_back import LOOK_BACK_STEPS, LookBackState
from server.domain.catalogue.progress import By, total
from server.domain.catalogue.return_reasons import REASON_CODES, reason_words
from server.domain.people.roles import may_change
from server.domain.record_fields import Fields, family, text
from server.domain.steps import steps_from
from sync.central.known import Record
from sync.core.ids import timed_id

QUEUE = (ClaimState.SUBMITTED, ClaimState.CHECKED, ClaimState.APPROVED, ClaimState.RETURNED, ClaimState.PUBLISHED)
NEXT_BY: Mapping[By, By | None] = {By.COUNTY: By.TOWN, By.TOWN: By.VILLAGE, By.VILLAGE: By.UNIT, By.UNIT: None}
HANDS = ("claimed_by", "submitted_by", "checked_by", "approved_by")
Told = Mapping[str, object]


async def show(visit: Visit) -> Response:
    return await _campaigns_page(visit)


async def _campaigns_page(visit: Visit, *, problems: Sequence[Told] = (), status: int = 200) -> Response:
    return page(
        visit,
        "campaigns.html",
        status=status,
        rows=await list_campaigns(visit.console.platform),
        may_open=may_change(visit.role, "campaign.open"),
        problems=problems,
        posted=visit.form,
        words=campaign_forms,
    )


async def open_round(visit: Visit) -> Response:
    """POST /campaigns: freezes what is asked and lets the claiming begin."""
    said, platform = visit.form, visit.console.platform
    number = said.get("round", "")
    fields: dict[str, Any] = {name: said.get(name, "").strip()[:80] for name in ("name", "start", "end")}
    fields["round"] = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else 1
    fields["catalogue"] = f"all:{next(iter(sorted(visit.account.scope.places)), '')[:6]}"
    campaign = timed_id(visit.console.now(), platform.randomness(10))
    opened = await open_campaign(platform, visit.account, campaign, fields)
    outcome = opened.written.outcomes[0]
    if not outcome.code.has_effect:
        return await _campaigns_page(visit, problems=outcome.detail.get("problems", []), status=409)
    return RedirectResponse(f"/console/campaigns/{campaign}", 303)


async def show_progress(visit: Visit) -> Response:
    """`?by=` county, town, village or unit; `?in=` a place whose parts alone are told."""
    query, platform = visit.request.query_params, visit.console.platform
    asked, within = query.get("by", By.COUNTY.value), query.get("in", "")[:12]
    by = By(asked) if asked in By.__members__.values() else By.COUNTY
    told = await report_progress(platform, visit.request.path_params["id"], by=by, scope=visit.account.scope)
    directory = await platform.directory()
    if within and within not in directory.places:
        raise NotFound("no such place")
    inside = directory.subtree(within) if within else frozenset()
    rows = {
        area: row
        for area, row in told.rows.items()
        if not within or (directory.units[area].place if by is By.UNIT and area in directory.units else area) in inside
    }
    names = await names_of(platform, [f"place:{within}"] if within else [])
    return page(
        visit,
        "campaign.html",
        told=told,
        whole=total(rows.values()) if within else told.all,
        rows=rows,
        by=by.value,
        below=next_by.value if (next_by := NEXT_BY[by]) else "",
        within=within,
        within_name=names.get(f"place:{within}", ""),
        words=campaign_forms,
        levels=[one.value for one in (By.COUNTY, By.TOWN, By.VILLAGE, By.UNIT)],
    )


async def show_claims(visit: Visit) -> Response:
    """`?state=` one state of the review; `?after=` the last claim of the page before."""
    query = visit.request.query_params
    asked = parse_state(query.get("state", "")) or ClaimState.SUBMITTED
    campaign = visit.request.path_params["id"]
    found = await list_claims(
        visit.console.platform, visit.account, campaign, asked, after=query.get("after", "")[:32], limit=LINES + 1
    )
    rows = found[:LINES]
    return page(
        visit,
        "claims.html",
        campaign=campaign,
        rows=rows,
        more=rows[-1].id if len(found) > LINES else "",
        chosen=asked.value,
        states=[one.value for one in QUEUE],
        words=campaign_forms,
        items=await item_names(visit.console.platform, [row.base_item for row in rows]),
        names=await names_of(
            visit.console.platform,
            [holder for row in rows for holder in (f"unit:{row.unit}", f"account:{row.claimed_by}")],
        ),
    )


async def show_claim(visit: Visit) -> Response:
    return await _claim_page(visit, await open_record(visit, "claim"))


async def _claim_page(
    visit: Visit, held: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    fields = held.fields
    standard = await _standard(visit, fields)
    own, inherited = family(fields, "f."), inherited_words(standard)
    whole = {**inherited, **own}
    level = text(own, "level") or text(standard, "level")
    named = await read_record(visit.console.platform, "base_item", base_item_id(level, text(fields, "base_item")))
    base = named.fields if named is not None else None
    return page(
        visit,
        "claim.html",
        status=status,
        held=held,
        fields=fields,
        item_name=text(whole, "name") or await _item_name(visit, fields),
        finished=_finished(visit, (*campaign_forms.CLAIM_FORMS.values(), campaign_forms.RETURN), status),
        values=[
            (name, label_of("claim", f"f.{name}", visit.english), inherited.get(name), own.get(name))
            for name in CLAIM_FIELDS
        ],
        found=return_reasons(whole) + compared_problems(whole, base=base, standard=list_values(standard)),
        reasons=[(code, reason_words(code)) for code in sorted(REASON_CODES)],
        forms=_claim_forms(visit, fields, campaign_forms.CLAIM_FORMS.values()),
        returns=_claim_forms(visit, fields, (campaign_forms.RETURN,)),
        seen=await seen_pairs(visit, held),
        posted=visit.form,
        tried=tried,
        problems=problems,
        words=campaign_forms,
        value_words=catalogue_words.value_words,
        change_parts=catalogue_words.change_parts,
        names=await names_of(
            visit.console.platform,
            [
                f"unit:{text(fields, 'unit')}",
                *(
                    f"account:{text(fields, one)}"
                    for one in ("claimed_by", "submitted_by", "checked_by", "approved_by")
                ),
            ],
        ),
    )


async def _item_name(visit: Visit, fields: Fields) -> str:
    """What the record is about, as its base catalogue calls it."""
    code = text(fields, "base_item")
    return (await item_names(visit.console.platform, [code])).get(code, code)


def _finished(visit: Visit, forms: Sequence[StepForm], status: int) -> StepForm | None:
    """The step that was just taken and led back here."""
    asked = visit.request.query_params.get("done", "")
    return next((form for form in forms if form.step == asked), None) if status == 200 else None


def _claim_forms(visit: Visit, fields: Fields, forms: Any) -> list[StepForm]:
    state = parse_state(fields.get("state"))
    return [form for form in forms if next_state(form.step, state) is not None and may_change(visit.role, form.step)]


async def _standard(visit: Visit, fields: Fields) -> Fields:
    """The standard list that the claim's place inherits; nothing where there is none."""
    platform = visit.console.platform
    under = standard_lists(text(fields, "place"), await platform.directory())
    for row in await list_implementations(platform, text(fields, "base_item"), limit=LINES):
        held = await read_record(platform, "item", row.id)
        if held is not None and text(held.fields, "catalogue") in under:
            return held.fields
    return {}


async def take(visit: Visit) -> Response:
    """POST /campaigns/claims/{id}/{verb}"""
    held = await open_record(visit, "claim")
    step = f"claim.{visit.request.path_params['verb']}"
    form = campaign_forms.RETURN if step == campaign_forms.RETURN.step else campaign_forms.CLAIM_FORMS.get(step)
    if form is None:
        raise NotFound("no such step")
    said = fields_from(form, visit.form)
    if form is campaign_forms.RETURN:
        said["return_reasons"] = campaign_forms.reasons_from(visit.form)
    problems = await say_step(visit, "claim", held.id, step, said, seen=seen_state(visit))
    if problems:
        return await _claim_page(visit, held, tried=step, problems=problems, status=409)
    return done(visit, f"/console/campaigns/claims/{held.id}", form)


async def show_look_backs(visit: Visit) -> Response:
    """`?state=` one state; `?after=` the last of the page before."""
    query, campaign = visit.request.query_params, visit.request.path_params["id"]
    asked = query.get("state", "")
    state = asked if asked in LookBackState.__members__.values() else LookBackState.SAMPLED.value
    found = await list_look_backs(
        visit.console.platform, visit.account, campaign, state, after=query.get("after", "")[:32], limit=LINES + 1
    )
    rows = found[:LINES]
    return page(
        visit,
        "look_backs.html",
        campaign=campaign,
        rows=rows,
        more=rows[-1].id if len(found) > LINES else "",
        chosen=state,
        may_draw=may_change(visit.role, "look_back.draw"),
        words=campaign_forms,
        names=await names_of(visit.console.platform, [f"unit:{row.unit}" for row in rows]),
        items=await record_names(visit.console.platform, [("look_back", row.id) for row in rows]),
    )


async def draw(visit: Visit) -> Response:
    """POST /campaigns/{id}/look-backs: the seed is said aloud and kept, so that everybody can draw again."""
    seed, campaign = visit.form.get("seed", "").strip()[:60], visit.request.path_params["id"]
    if not seed:
        raise NotFound("a draw without a seed")  # the form asks for it
    await draw_look_back(visit.console.platform, visit.account, campaign, seed)
    return RedirectResponse(f"/console/campaigns/{campaign}/look-backs", 303)


async def show_look_back(visit: Visit) -> Response:
    return await _look_back_page(visit, await open_record(visit, "look_back"))


async def _look_back_page(
    visit: Visit, held: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    can = steps_from(LOOK_BACK_STEPS, text(held.fields, "state"))
    fit = {step for step in can if may_change(visit.role, step)}
    return page(
        visit,
        "look_back.html",
        status=status,
        held=held,
        fields=held.fields,
        item_name=await _item_name(visit, held.fields),
        finished=_finished(visit, (*campaign_forms.LOOK_BACK_FORMS.values(), *campaign_forms.FINDS.values()), status),
        forms=[form for step, form in campaign_forms.LOOK_BACK_FORMS.items() if step in fit],
        finds=[form for step, form in campaign_forms.FINDS.items() if step in fit],
        reasons=[(code, reason_words(code)) for code in sorted(REASON_CODES)],
        seen=await seen_pairs(visit, held),
        posted=visit.form,
        tried=tried,
        problems=problems,
        words=campaign_forms,
        names=await names_of(visit.console.platform, [f"unit:{text(held.fields, 'unit')}"]),
    )


async def take_look_back(visit: Visit) -> Response:
    """POST /campaigns/look-backs/{id}/{verb}"""
    held = await open_record(visit, "look_back")
    step = f"look_back.{visit.request.path_params['verb']}"
    form = campaign_forms.LOOK_BACK_FORMS.get(step) or campaign_forms.FINDS.get(step)
    if form is None:
        raise NotFound("no such step")
    said = fields_from(form, visit.form)
    if step in campaign_forms.FINDS:
        said["findings"] = campaign_forms.reasons_from(visit.form)
    problems = await say_step(visit, "look_back", held.id, step, said, seen=seen_state(visit))
    if problems:
        return await _look_back_page(visit, held, tried=step, problems=problems, status=409)
    return done(visit, f"/console/campaigns/look-backs/{held.id}", form)
