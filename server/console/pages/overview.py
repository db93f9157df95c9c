"""The first page: how the places in charge stand, from the whole scope down to a village, each number with its list.

Laws: one's own scope and nothing beside it. A number is shown to whoever may open the list behind it, and to no other.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from server.actions.count_contacts import Contact, count_contacts
from server.actions.list_claims import list_campaigns
from server.actions.list_disputes import count_disputes
from server.actions.list_watching import count_lights, summed
from server.actions.overview import Overview, age_spans, read_overview
from server.actions.refusals import NotFound
from server.actions.report_progress import report_progress
from server.console import case_words, watching_words
from server.console.map_measures import MEASURES, ROLES, Standing, bands_of
from server.console.navigation import AREA, CASE_DESKS, PEOPLE
from server.console.pages.live import stream_of_scope
from server.console.pages.people import SILENT_AFTER
from server.console.render import page
from server.console.tile_map import draw, is_dense
from server.console.visit import Visit
from server.domain.cases.lifecycle import CaseState
from server.domain.catalogue.progress import By
from server.domain.people.entitlement import Directory
from server.domain.people.roles import Scope
from server.domain.places import Level
from server.merge_policies.judging import china_day

_OPEN = (
    CaseState.RECEIVED,
    CaseState.PRECHECKED,
    CaseState.TO_CORRECT,
    CaseState.ACCEPTED,
    CaseState.REVIEWING,
    CaseState.SPECIAL_PROCEDURE,
    CaseState.SUSPENDED,
    CaseState.DECIDED,
)
FULL = {"claims": 100}
"""Measures that are shares: their colour says how much of the whole, and not which place is ahead."""


async def show(visit: Visit) -> Response:
    """`?place=` is a place in the scope; without it, the scope's own. `?show=` what the map shows."""
    tops = sorted(visit.account.scope.places)
    wanted = visit.request.query_params.get("place", "") or (tops[0] if tops else "")
    if not wanted:
        return page(visit, "overview_unit.html")
    stream = await stream_of_scope(visit)
    standing = await _standing(visit, wanted)
    shown, measures = _measure(visit, standing)
    today = china_day(visit.console.now())
    bands = bands_of(standing, shown, visit) if shown else []
    return page(
        visit,
        "overview.html",
        live=stream,
        overview=standing.overview,
        standing=standing,
        tops=await _tops(visit, tops),
        states=_states(standing.overview),
        spans=age_spans(today),
        span_words=case_words.span_words,
        claimed_by=_parts_of(await visit.console.platform.directory(), standing.overview.top),
        sees_cases=visit.role in CASE_DESKS,
        lit=summed(standing.lights) if standing.lights is not None else None,
        contact=sum((standing.contacts or {}).values(), start=Contact()),
        silent_days=SILENT_AFTER.days,
        measures=measures,
        shown=shown,
        bands=bands,
        drawn=draw(bands, full=FULL.get(shown, 0)),
        dense=is_dense(bands),
        words=watching_words,
    )


async def _standing(visit: Visit, top: str) -> Standing:
    """Raises NotFound for a place out of reach."""
    console, role = visit.console, visit.role
    platform, now = console.platform, console.now()
    overview = await read_overview(platform, visit.account.scope, top, today=china_day(now))
    if overview is None:
        raise NotFound(f"no place {top}")
    narrow, places = replace(visit.account, scope=Scope(places=frozenset({top}))), list(overview.owner)
    silent_since = now - int(SILENT_AFTER.total_seconds() * 1000)
    standing = Standing(
        overview,
        lights=await count_lights(platform, narrow) if role in ROLES["lights"] else None,
        contacts=await count_contacts(platform, places, silent_since=silent_since) if role in PEOPLE else None,
        disputes=await count_disputes(platform, narrow.scope) if role in AREA else None,
    )
    campaigns = await list_campaigns(platform) if role in ROLES["claims"] else []
    if not campaigns:
        return standing
    told = await report_progress(platform, campaigns[0].id, by=By.VILLAGE, scope=narrow.scope)
    return replace(standing, campaign=campaigns[0], progress=told.rows, whole_progress=told.all)


def _measure(visit: Visit, standing: Standing) -> tuple[str, list[tuple[str, str]]]:
    """What the map shows, and what it could show."""
    told = {"claims": standing.progress is not None}
    allowed = [name for name, roles in ROLES.items() if visit.role in roles and told.get(name, True)]
    asked = visit.request.query_params.get("show", "")
    shown = asked if asked in allowed else next(iter(allowed), "")
    return shown, [(name, visit.t(*MEASURES[name])) for name in allowed]


def _parts_of(directory: Directory, top: str) -> str:
    """By what a round's numbers of this place are told one by one: what lies right below it, at last its units."""
    parts = {Level.CITY: By.COUNTY, Level.COUNTY: By.TOWN, Level.TOWN: By.VILLAGE}
    return parts.get(directory.place(top).level, By.UNIT).value


async def _tops(visit: Visit, tops: list[str]) -> list[tuple[str, str]]:
    """The scope's own places, when there are several."""
    if len(tops) < 2:
        return []
    async with visit.console.platform.database.read() as snapshot:
        names: dict[str, str] = dict(await snapshot.fetch("SELECT code, name FROM places WHERE code IN (?*)", [tops]))
    return [(code, names.get(code, code)) for code in tops]


def _states(overview: Overview) -> list[tuple[str, int]]:
    return [(state.value, overview.whole.states.get(state.value, 0)) for state in _OPEN]
