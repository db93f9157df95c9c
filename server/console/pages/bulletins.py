"""Bulletins: the periods, an edition with its charts and every formula; building, freezing, correcting; files.

Laws: a town's own bulletin is for who reaches the town; a draft for who supervises. Figures are shown as frozen, with
the counts behind each; what the charts trace is counted now, and the page says so. Files are behind a fresh factor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from server.actions.build_bulletin import (
    Edition,
    PeriodInvalid,
    build_bulletin,
    city_of,
    freeze_bulletin,
    list_bulletins,
    read_bulletin,
    span_of,
    verify_bulletin,
)
from server.actions.export_bulletin import WRITERS, shown
from server.actions.log_read import log_read
from server.actions.refusals import NotFound
from server.actions.trace_outcomes import LONGEST_TOLD, Trace, trace_outcomes
from server.console import bulletin_words
from server.console.charts import Bar, ShareRow, columns, shares, trend
from server.console.pages.desk import _place_names
from server.console.render import HEADERS, page
from server.console.visit import Visit
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import may_change, may_read
from server.domain.places import Level
from server.domain.record_fields import Fields, integer, text, texts
from server.domain.supervision.bulletins import TABLES, BulletinState, Span, names_of, table_of
from server.domain.supervision.indicators import CODES, INDICATORS, N_MIN, NOTHING, Counts, Shape, band, figure
from sync.central.known import Record

PANEL_CODES = ("on_time", "told_once", "tolerance", "ratings", "valid")
PANELS_MAX = 12
MEDIA: Mapping[str, str] = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
}


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
        tables=_tables(fields),
        names=names_of(fields),
        indicators=INDICATORS,
        least=N_MIN,
        trace=trace,
        charts=_charts(visit, trace, period),
        panels=_panels(visit, fields),
        verified=verified,
        may_build=_may(visit) and not place,
        words=bulletin_words,
        said=said,
        **await _towns(visit, place),
    )


def _tables(fields: Fields) -> list[tuple[str, list[str], list[tuple[str, list[tuple[str, str]]]]]]:
    """Each table: its name, who is named best, and rows of (figure, counts behind it) in the indicators' order."""
    found = []
    for name in TABLES:
        table = table_of(fields, name)
        if table:
            volumes = [counts.pairs[CODES.index("volume")] for counts in table.values()]
            rows = [(area, _cells(counts, volumes)) for area, counts in table.items()]
            found.append((name, list(texts(fields, f"best_{name}")), rows))
    return found


def _cells(counts: Counts, volumes: Sequence[tuple[int, int]]) -> list[tuple[str, str]]:
    cells = []
    for one, pair in zip(INDICATORS, counts.pairs, strict=True):
        value = (
            bulletin_words.BANDS[band(pair, volumes)] if one.code == "volume" else shown(one, pair).partition(" ")[0]
        )
        cells.append((value, f"{pair[0]:,}/{pair[1]:,}"))
    return cells


def _charts(visit: Visit, trace: Trace, period: str) -> dict[str, object]:
    """What the trace shows, drawn; and in words what there is to see."""
    if not trace.total:
        return {}
    least = next((days for days, n in _running(trace.waits) if 2 * n >= sum(trace.waits.values())), 0)
    waited = [
        Bar(
            label=f"{days}+" if days == LONGEST_TOLD else str(days),
            value=count,
            title=visit.t(f"{days}个工作日：{count}件", f"{days} working days: {count}"),
        )
        for days, count in trace.waits.items()
    ]
    busiest = max(trace.finished, key=lambda day: trace.finished[day])
    return {
        "trend": trend(trace.finished, trace.rest, visit.t(f"{period} 每天办结件数", f"Finished a day in {period}")),
        "waits": columns(waited, visit.t("办结用了几个工作日", "Working days until finished")),
        "busiest": busiest,
        "most": trace.finished[busiest],
        "at_rest": sum(count for day, count in trace.finished.items() if day in trace.rest),
        "median": least,
        "same_day": trace.waits.get(0, 0),
        "longest": trace.waits.get(LONGEST_TOLD, 0),
        "longest_days": LONGEST_TOLD,
    }


def _running(waits: Mapping[int, int]) -> list[tuple[int, int]]:
    reached, found = 0, []
    for days, count in sorted(waits.items()):
        reached += count
        found.append((days, reached))
    return found


def _panels(visit: Visit, fields: Fields) -> list[tuple[str, Markup]]:
    """Small multiples: for each area its shares with their intervals, the whole's beside them."""
    table = table_of(fields, "counties") or table_of(fields, "villages")
    if not table:
        return []
    names, whole = names_of(fields), sum(table.values(), start=NOTHING)
    told = []
    for area, counts in list(table.items())[:PANELS_MAX]:
        rows = []
        for one, pair, all_of in zip(INDICATORS, counts.pairs, whole.pairs, strict=True):
            if one.code in PANEL_CODES and one.shape is Shape.SHARE:
                rows.append(ShareRow(visit.t(one.zh, one.en), pair, figure(one, all_of)))
        name = names.get(area, area)
        told.append((name, shares(rows, visit.t(f"{name}各项比率", f"Shares of {name}"))))
    return told


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
    if _number(visit.form.get("edition", "")) != integer(held.fields, "edition") or visit.form.get("hash") != text(
        held.fields, "data_hash"
    ):
        return await _changed(visit)
    try:
        await freeze_bulletin(visit.console.platform, text(held.fields, "period"), by=visit.account)
    except NotFound:
        return await _changed(visit)
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


async def _changed(visit: Visit) -> Response:
    said = visit.t(
        "没有执行：这一期刚刚变了，请看最新内容再做。", "Not done: this period has just changed. Look again."
    )
    return await _bulletin_page(visit, said=said, status=409)


async def download(visit: Visit) -> Response:
    """GET /bulletins/{period}/{place}/{edition}/{kind}: written anew from the frozen rows; the look is logged."""
    path, platform = visit.request.path_params, visit.console.platform
    suffix, place = f".{path['kind']}", path["place"]
    city = city_of(await platform.directory())
    if suffix not in WRITERS or (
        place != city and not place_in_scope(visit.account.scope, place, await platform.directory())
    ):
        raise NotFound("no such file")
    held = await _edition(visit, place="" if place == city else place, edition=_number(path["edition"]))
    await log_read(platform, visit.account, "bulletin", held.id)
    content = await asyncio.to_thread(_written, held.fields, suffix)
    name = f"bangban-{text(held.fields, 'period')}-{integer(held.fields, 'edition')}{suffix}"
    headers = {**HEADERS, "content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=MEDIA[suffix], headers=headers)


def _written(fields: Fields, suffix: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"bulletin{suffix}"
        WRITERS[suffix](fields, path)
        return path.read_bytes()
