"""Bulletins: the periods, an edition with its charts and every formula; freezing, correcting, objecting; files.

Laws: a town's own bulletin is for who reaches the town; a draft for who supervises. Figures are shown as frozen, with
the counts behind each; what the charts trace is counted now, and the page says so. Files are behind a fresh factor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from server.actions.build_bulletin import (
    Edition,
    PeriodInvalid,
    build_bulletin,
    list_bulletins,
    read_bulletin,
    span_of,
    verify_bulletin,
)
from server.actions.export_bulletin import WRITERS, shown
from server.actions.export_table import Told, Watermark
from server.actions.freeze_bulletin import (
    BulletinMoved,
    BulletinUnfinished,
    BulletinUnfounded,
    Seen,
    freeze_bulletin,
)
from server.actions.object_to_bulletin import object_to_bulletin
from server.actions.refusals import NotFound
from server.actions.trace_outcomes import Trace, trace_areas, trace_outcomes
from server.console import bulletin_words
from server.console.bulletin_charts import Multiple, charts_of, multiples_of, panels_of
from server.console.exporting import Export, ask_why, export, reason_of
from server.console.pages.desk import _place_names
from server.console.render import page
from server.console.visit import Visit
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import may_change, may_read
from server.domain.places import Level
from server.domain.record_fields import Fields, integer, text, texts
from server.domain.supervision.bulletins import TABLES, BulletinState, Span, is_over, names_of, table_of
from server.domain.supervision.indicators import CODES, INDICATORS, N_MIN, Counts, band, has_figures
from server.domain.supervision.tasks import check_objection
from server.merge_policies.judging import china_day
from sync.central.known import Record

OBJECTION_MAX = 500


async def show(visit: Visit) -> Response:
    """`?place=` a town's own; `?span=daily` the daily briefs."""
    place = await _place(visit)
    daily = visit.request.query_params.get("span") == Span.DAILY
    rows = await list_bulletins(visit.console.platform, place=place, span=Span.DAILY if daily else Span.MONTHLY)
    if not may_read(visit.role, "bulletin"):
        rows = [row for row in rows if row.state != BulletinState.DRAFT]
    return await _list_page(visit, rows, place=place, daily=daily)


async def _list_page(
    visit: Visit, rows: Sequence[Edition], *, place: str = "", daily: bool = False, said: str = "", status: int = 200
) -> Response:
    return page(
        visit,
        "bulletins.html",
        status=status,
        rows=rows,
        daily=daily,
        words=bulletin_words,
        may_build=_may(visit),
        said=said,
        **await _towns(visit, place),
    )


def _may(visit: Visit) -> bool:
    return may_change(visit.role, "bulletin.draft")


async def _place(visit: Visit) -> str:
    """The town whose own is asked for, "" for the city's. Raises NotFound for a town out of reach."""
    place = visit.request.query_params.get("place", "")[:12]
    if place and not place_in_scope(visit.account.scope, place, await visit.console.platform.directory()):
        raise NotFound("no bulletin")
    return place


async def _towns(visit: Visit, place: str) -> dict[str, object]:
    """The towns in reach, by name, and the one that was chosen."""
    directory = await visit.console.platform.directory()
    names = await _place_names(visit, ["-"])
    towns = [
        (code, names.get(code, code))
        for code, one in sorted(directory.places.items())
        if one.level is Level.TOWN and place_in_scope(visit.account.scope, code, directory)
    ]
    return {"place": place, "towns": towns, "place_name": names.get(place, "")}


async def _edition(visit: Visit, *, place: str, edition: int = 0) -> Record:
    """Raises NotFound for what is not there, and a draft for who does not supervise."""
    try:
        found = await read_bulletin(
            visit.console.platform, visit.request.path_params["period"], place=place, edition=edition
        )
    except PeriodInvalid:
        raise NotFound("no such period") from None
    if found is None or (text(found.fields, "state") == BulletinState.DRAFT and not may_read(visit.role, "bulletin")):
        raise NotFound("no bulletin")
    return found


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0


async def show_one(visit: Visit) -> Response:
    """`?edition=` an earlier one; `?verify=1` counts everything again."""
    return await _bulletin_page(visit)


async def _bulletin_page(visit: Visit, *, said: str = "", status: int = 200) -> Response:
    query, platform = visit.request.query_params, visit.console.platform
    place = await _place(visit)
    held = await _edition(visit, place=place, edition=_number(query.get("edition", "")))
    fields = held.fields
    period = text(fields, "period")
    directory = await platform.directory()
    _, since, before = span_of(period)
    trace = await trace_outcomes(platform, since, before, directory.below(place) if place else ())
    verified = await verify_bulletin(platform, period) if query.get("verify") and not place else None
    return page(
        visit,
        "bulletin.html",
        status=status,
        held=held,
        fields=fields,
        period=period,
        tables=tables_of(fields),
        names=names_of(fields),
        indicators=INDICATORS,
        least=N_MIN,
        trace=trace,
        charts=charts_of(visit, trace, period),
        panels=panels_of(visit, fields),
        multiples=await _multiples(visit, fields, trace, since, before) if not place else [],
        verified=verified,
        may_build=_may(visit) and not place,
        is_over=is_over(period, china_day(platform.clock.wall_ms())),
        words=bulletin_words,
        said=said,
        objecting=await _objecting(visit, fields) if not place else {},
        objected=query.get("done") == "object",
        typed=visit.form,
        **await _towns(visit, place),
    )


async def _objecting(visit: Visit, fields: Fields) -> dict[str, str]:
    """The counties and towns in reach for which somebody of this role may still object to it, with their names."""
    platform = visit.console.platform
    today, directory = china_day(platform.clock.wall_ms()), await platform.directory()
    if not may_change(visit.role, "task.open") or check_objection(fields, today):
        return {}
    names = names_of(fields)
    areas = (area for name in ("counties", "towns") for area in table_of(fields, name) if area in directory.places)
    return {area: names.get(area, area) for area in areas if place_in_scope(visit.account.scope, area, directory)}


async def _multiples(visit: Visit, fields: Fields, trace: Trace, since: str, before: str) -> list[Multiple]:
    """The counties of the bulletin beside each other, day by day."""
    platform = visit.console.platform
    directory = await platform.directory()
    areas = {code: directory.subtree(code) for code in table_of(fields, "counties") if code in directory.places}
    return multiples_of(visit, await trace_areas(platform, since, before, areas), trace.rest, names_of(fields))


@dataclass(frozen=True)
class ShownTable:
    """`rows`: area → (figure, counts behind it) in the indicators' order; `few`: areas with too few cases for any
    figure, which are named and have no row.
    """

    name: str
    best: Sequence[str]
    rows: Mapping[str, Sequence[tuple[str, str]]]
    few: Sequence[str]


def tables_of(fields: Fields) -> list[ShownTable]:
    found = []
    for name in TABLES:
        table = table_of(fields, name)
        if not table:
            continue
        volumes = [counts.pairs[CODES.index("volume")] for counts in table.values()]
        rows = {area: _cells(counts, volumes) for area, counts in table.items() if has_figures(counts)}
        few = [area for area in table if area not in rows]
        found.append(ShownTable(name, list(texts(fields, f"best_{name}")), rows, few))
    return found


def _cells(counts: Counts, volumes: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
    cells = []
    for one, pair in zip(INDICATORS, counts.pairs, strict=True):
        value = (
            bulletin_words.BANDS[band(pair, volumes)] if one.code == "volume" else shown(one, pair).partition(" ")[0]
        )
        cells.append((value, f"{pair[0]:,}/{pair[1]:,}"))
    return cells


async def build(visit: Visit) -> Response:
    """POST /bulletins: drafts a period, anew when it is a draft still."""
    period = visit.form.get("period", "").strip()[:10]
    try:
        built = await build_bulletin(visit.console.platform, period, by=visit.account)
    except PeriodInvalid:
        said = visit.t("期应写作 2026-11 或 2026-11-22。", "A period is written 2026-11 or 2026-11-22.")
    except NotFound:
        said = visit.t("这一期已定稿，请打开它并更正。", "This period is frozen: open it and correct it.")
    else:
        return RedirectResponse(f"/console/bulletins/{text(built.fields, 'period')}", 303)
    return await _list_page(visit, await list_bulletins(visit.console.platform), said=said, status=409)


async def freeze(visit: Visit) -> Response:
    """POST /bulletins/{period}/freeze: the edition that the page showed, or nothing."""
    held = await _edition(visit, place="")
    seen = Seen(_number(visit.form.get("edition", "")), visit.form.get("hash", ""), visit.form.get("build", ""))
    try:
        await freeze_bulletin(visit.console.platform, text(held.fields, "period"), seen=seen, by=visit.account)
    except (NotFound, BulletinMoved):
        return await _changed(visit)
    except BulletinUnfinished:
        told = visit.t("没有定稿：这一期还没有结束。", "Not frozen: this period is not over.")
        return await _bulletin_page(visit, said=told, status=409)
    except BulletinUnfounded:
        told = visit.t(
            "没有定稿：数字与明细对不上，请重新编制后再看。",
            "Not frozen: it does not follow from its rows. Build it anew.",
        )
        return await _bulletin_page(visit, said=told, status=409)
    return RedirectResponse(f"/console/bulletins/{text(held.fields, 'period')}", 303)


async def correct(visit: Visit) -> Response:
    """POST /bulletins/{period}/correct: drafts the next edition, saying why."""
    held, why = await _edition(visit, place=""), visit.form.get("why", "").strip()[:500]
    if not why:
        return await _bulletin_page(
            visit, said=visit.t("请写明更正了什么。", "Please say what is corrected."), status=422
        )
    try:
        await build_bulletin(visit.console.platform, text(held.fields, "period"), why=why, by=visit.account)
    except NotFound:
        return await _changed(visit)
    return RedirectResponse(f"/console/bulletins/{text(held.fields, 'period')}", 303)


async def object_to(visit: Visit) -> Response:
    """POST /bulletins/{period}/object: a task for the city's desk; too late is said."""
    held, place, said = await _edition(visit, place=""), visit.form.get("place", ""), visit.form.get("text", "").strip()
    period = text(held.fields, "period")
    if place not in await _objecting(visit, held.fields):
        problem = visit.t("现在不能提出异议：已过三个工作日。", "Too late to object: three working days are over.")
        return await _bulletin_page(visit, said=problem, status=409)
    if not said:
        return await _bulletin_page(visit, said=visit.t("请写明哪里不对。", "Please say what is wrong."), status=422)
    taken = await object_to_bulletin(visit.console.platform, visit.account, period, place, said[:OBJECTION_MAX])
    if not taken.outcome.code.has_effect:
        told = visit.t(
            "没有提交：请改一下写法，不要写姓名和号码。",
            "Not sent: word it without names or numbers.",
        )
        return await _bulletin_page(visit, said=told, status=409)
    return RedirectResponse(f"/console/bulletins/{period}?done=object", 303)


async def _changed(visit: Visit) -> Response:
    said = visit.t(
        "没有执行：这一期刚刚变了，请看最新内容再做。", "Not done: this period has just changed. Look again."
    )
    return await _bulletin_page(visit, said=said, status=409)


async def export_one(visit: Visit) -> Response:
    """POST /bulletins/{period}/export: `place` a town or "", `edition`; written anew from the frozen rows, marked; the
    look is logged. Without a reason it asks for one.
    """
    form, directory = visit.form, await visit.console.platform.directory()
    place = form.get("place", "")[:12]
    if place and not place_in_scope(visit.account.scope, place, directory):
        raise NotFound("no bulletin")
    held = await _edition(visit, place=place, edition=_number(form.get("edition", "")))
    fields = held.fields
    period, edition = text(fields, "period"), integer(fields, "edition")
    if not reason_of(visit):
        what = visit.t(f"通报 {period} 第{edition}版", f"Bulletin {period}, edition {edition}")
        problem = visit.t("请写明为什么导出。", "Please say why.") if "why" in form else ""
        asked, back = (("place", place), ("edition", str(edition))), f"/console/bulletins/{period}?place={place}"
        return ask_why(visit, asked, what, back, problem, tuple(WRITERS))

    async def write(path: Path, mark: Watermark, _told: Told) -> None:
        await asyncio.to_thread(WRITERS[path.suffix], fields, path, mark)

    name = f"bangban-{period}-{edition}"
    return await export(visit, Export(name=name, kind="bulletin", about=held.id, write=write, suffixes=tuple(WRITERS)))
