"""A clerk's day: the queue by urgency, and a case on one page with everything that can be done to it now.

Laws: the list holds no personal data; opening a case logs the look. A step names the state its page showed, so a stale
page, a second click or the back button changes nothing twice. What was typed into a refused step is still there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import RedirectResponse, Response

from server.actions.list_cases import CaseRow, count_cases, find_cases, list_cases
from server.actions.list_followup import After
from server.actions.list_lying import list_lying
from server.actions.overview import age_spans
from server.actions.refusals import NotFound
from server.actions.share_case import open_case, others_at
from server.actions.show_case import CasePage, show_case
from server.actions.show_file import show_file
from server.actions.take_step import take_step
from server.console import case_words, watching_words
from server.console.case_forms import CASE_FORMS
from server.console.case_holders import case_forms, told_parts, unlisted
from server.console.field_words import label_of, problem_said
from server.console.followup_forms import CONSENT_REVOKE
from server.console.followup_words import ORDER_STATES
from server.console.licence_forms import LICENCE_KEEP, LICENCE_USE, LICENCE_VERIFY, OF_ONE, offering
from server.console.looking import reason_of_look
from server.console.narrowing import narrowed
from server.console.pages import together
from server.console.pages.consents import revocable
from server.console.pages.disputes import shown
from server.console.pages.live import stream_of_scope
from server.console.record_pages import problems_of, seen_pairs, seen_state
from server.console.render import page, problem_page
from server.console.step_forms import StepForm, fields_from
from server.console.visit import Visit
from server.domain.catalogue.licences import TRUST_WORDS
from server.domain.people.roles import may_change
from server.merge_policies.judging import china_day
from server.storage.places import all_places
from sync.core.clock import iso

LINES = 50
MORE = "more"
"""The button of a form that asks for more lines."""


async def show(visit: Visit) -> Response:
    """`?state=` one state; `?number=` either number; `?after=` the key of the page before; `?place=` what lies there,
    with `?since=` and `?upto=` the days between which it falls due.
    """
    query, platform, stream = visit.request.query_params, visit.console.platform, await stream_of_scope(visit)
    number, state = query.get("number", "").strip()[:40], query.get("state", "")[:40]
    rows: Sequence[CaseRow]
    since, upto = query.get("since", "")[:10], query.get("upto", "")[:10]
    only = await narrowed(visit, state=state, since=since, upto=upto)
    if only.place and not number:
        found = await list_lying(
            platform,
            visit.account,
            only.place,
            state=state,
            since=since,
            upto=upto or "9",
            after=_after(query.get("after", "")),
            limit=LINES + 1,
        )
        rows, more = found[:LINES], found[LINES - 1].key if len(found) > LINES else ""
    elif number:
        rows = await find_cases(platform, visit.account, number)
        more = ""
    else:
        found = await list_cases(
            platform, visit.account, state=state, after=_after(query.get("after", "")), limit=LINES + 1
        )
        rows, more = found[:LINES], found[LINES - 1].key if len(found) > LINES else ""
    return page(
        visit,
        "desk.html",
        live=stream,
        rows=rows,
        counts=await count_cases(platform, visit.account),
        chosen=state,
        only=only,
        together=together.offered(visit, state) if len(rows) > 1 and not number and not only.place else [],
        number=number,
        more=more,
        span=_span(since, upto, visit),
        places=await _place_names(visit, [row.place for row in rows]),
    )


def _span(since: str, upto: str, visit: Visit) -> str:
    """What the overview calls the days between which these fall due; "" for others."""
    spans = age_spans(china_day(visit.console.now()))
    named = {(since, upto): name for name, (since, upto) in spans.items()} | {("", spans["late"][1]): "overdue"}
    name = named.get((since, upto), "")
    return case_words.span_words(name, visit.english) if name else ""


def _after(key: str) -> After | None:
    day, mark, ident = key.partition("~")
    return After(day[:40], ident[:32]) if mark else None


async def _place_names(visit: Visit, codes: Sequence[str]) -> Mapping[str, str]:
    if not codes:
        return {}
    async with visit.console.platform.database.read() as snapshot:
        return {one.code: one.name for one in await all_places(snapshot)}


async def show_one(visit: Visit) -> Response:
    """Where the law asks why, a page asks first."""
    return await case_page(visit)


async def case_page(
    visit: Visit, *, tried: str = "", problems: Sequence[Mapping[str, object]] = (), status: int = 200
) -> Response:
    record, platform, reason = visit.request.path_params["id"], visit.console.platform, reason_of_look(visit)
    case = await show_case(platform, visit.account, record, reason, unmasked=bool(visit.unmask))
    await open_case(platform, visit.account, record, visit.console.tell)
    consent = await revocable(visit, str(case.record.fields.get("consent", "")))
    seen = await seen_pairs(visit, case.record)
    materials = {f"material.{one.no}": one.name for one in case.materials}
    return page(
        visit,
        "case.html",
        status=status,
        live=f"/console/desk/{record}/live?rev={case.record.rev}",
        # Without what was just done: news of somebody else's step must not say it again.
        here=f"/console/desk/{record}",
        finished=_finished(visit) if status == 200 else None,
        others=await others_at(platform, visit.account, record),
        record_id=record,
        case=case,
        seen=seen,
        fields=case.record.fields,
        forms=await case_forms(platform, visit.account, case),
        licence_forms={
            "use": offering(LICENCE_USE, case),
            "keep": offering(LICENCE_KEEP, case),
            **{form.verb: form for form in OF_ONE.values()},
        },
        may_use_licences=may_change(visit.role, LICENCE_USE.step),
        may_verify_licences=may_change(visit.role, LICENCE_VERIFY.step),
        trust_words={one.value: words for one, words in TRUST_WORDS.items()},
        epoch=dict(seen)["epoch"],
        parts=await told_parts(platform, case.record.fields),
        tried=tried,
        problems=problems,
        posted=visit.form,
        reason=reason,
        place_name=(await _place_names(visit, ["-"])).get(str(case.record.fields.get("village", "")), ""),
        label=lambda name: materials.get(name) or label_of("case", name, visit.english, case.item),
        shown=shown,
        material_words=case_words.material_words,
        means_words=case_words.means_words,
        consent_words=lambda code: problem_said(code, visit.english),
        step_words=case_words.step_words,
        outcome_words=case_words.outcome_words,
        light_words=watching_words,
        order_words=ORDER_STATES,
        due_words=case_words.due_words,
        rows=rows_of(case),
        revoke_form=CONSENT_REVOKE,
        revocable=consent.id if consent is not None else "",
        revoke_seen=await seen_pairs(visit, consent) if consent is not None else (),
        answers={
            label_of("case", name, visit.english, case.item): value
            for name, value in case.record.fields.items()
            if name.startswith("form.")
        },
    )


def _finished(visit: Visit) -> StepForm | None:
    """The step that was just taken and led back here."""
    done = visit.request.query_params.get("done", "")[:40]
    return {**CASE_FORMS, CONSENT_REVOKE.step: CONSENT_REVOKE}.get(done) or CASE_FORMS.get(f"case.{done}")


def rows_of(case: CasePage) -> list[dict[str, object]]:
    """The item's materials; what is missing is ticked in a return already. `wanted`: nothing of it is here. `by`: the
    licence that was used for this case stands for it.
    """
    asked = {str(one["no"]) for one in case.to_ask_for}
    used = {one.kind for one in case.licences if one.usable and any(use.case == case.record.id for use in one.uses)}
    return [
        {
            "no": one.no,
            "name": one.name,
            "ticked": one.no in asked,
            "wanted": not one.state,
            "by": "licence" if used.intersection(one.licences) else "paper",
        }
        for one in case.materials
        if not one.cancelled and (one.ask != "covered" or one.licences)
    ]


async def take(visit: Visit) -> Response:
    """POST /desk/{id}/{verb}; with `more` nothing is taken, the form comes back with more lines."""
    path = visit.request.path_params
    record, step = path["id"], f"case.{path['verb']}"
    if step not in CASE_FORMS:
        raise NotFound(f"no step {step}")
    if MORE in visit.form:
        return await case_page(visit, tried=step)
    platform = visit.console.platform
    case = await show_case(platform, visit.account, record, reason_of_look(visit))
    offered = {one.step: one for one in await case_forms(platform, visit.account, case)}
    form = offered.get(step, CASE_FORMS[step])
    fields = fields_from(form, visit.form, rows_of(case))
    if unknown := unlisted(step, fields, await platform.directory()):
        told = [{"zh": one.zh, "en": one.en} for one in unknown]
        return await case_page(visit, tried=step, problems=told, status=422)
    if step == "case.deliver" and isinstance(fields.get("handover"), dict):
        fields["handover"]["at"] = iso(visit.console.now())
    seen = seen_state(visit)
    taken = await take_step(platform, visit.account, kind="case", record=record, name=step, fields=fields, seen=seen)
    if taken.outcome.code.has_effect:
        return RedirectResponse(f"/console/desk/{record}?done={form.verb}", 303)
    problems = problems_of(taken, seen)
    return await case_page(visit, tried=step, problems=problems, status=409)


async def show_picture(visit: Visit) -> Response:
    """A material's picture, re-encoded here. Where the law asks why, the reason given for the case's page counts for a
    while; opened by its address alone, a page asks first.
    """
    path, console = visit.request.path_params, visit.console
    picture = await show_file(
        console.platform, console.blobs, visit.account, path["id"], path["file"], reason_of_look(visit)
    )
    if picture is None:
        waits = (
            ("照片还没有到", "The picture is not here yet"),
            ("文字先到，照片随后会到；请稍后再看。", "Text comes first, pictures follow: look again later."),
        )
        return problem_page(visit, 404, *waits)
    return Response(picture, media_type="image/jpeg", headers={"cache-control": "no-store"})
