"""Requests for materials that must not be asked for (变相索要): refused when they were made, and told here.

Law: a place sees its own; a case is named by its number, never by its person.
"""

from __future__ import annotations

from datetime import date, timedelta

from starlette.responses import Response

from server.actions.list_forbidden_requests import LIST_MAX, list_forbidden_requests
from server.actions.tell_names import case_lines, names_of
from server.console.render import page
from server.console.visit import Visit
from server.domain.people.reach import account_holder, place_holder, places_below
from server.domain.record_fields import parse_date
from server.merge_policies.judging import china_day
from sync.core.clock import from_iso, iso

DAYS = 30
_DAY_MS = 86_400_000


async def show(visit: Visit) -> Response:
    """`?since=`, `?until=` first and last day; the last thirty without them."""
    platform, query = visit.console.platform, visit.request.query_params
    until = parse_date(query.get("until", "")) or china_day(visit.console.now())
    since = parse_date(query.get("since", "")) or until - timedelta(days=DAYS)
    places = places_below(visit.account.scope, await platform.directory())
    rows = await list_forbidden_requests(
        platform.database, since_ms=_start_of(since), until_ms=_start_of(until) + _DAY_MS, places=places
    )
    lines = await case_lines(platform, visit.account, sorted({row.case for row in rows}))
    holders = [holder for row in rows for holder in (place_holder(row.place), account_holder(row.account))]
    return page(
        visit,
        "requests.html",
        rows=[(row, iso(row.at)) for row in rows],
        lines={line.id: line for line in lines},
        names=await names_of(platform, holders),
        since=since.isoformat(),
        until=until.isoformat(),
        is_cut=len(rows) == LIST_MAX,
    )


def _start_of(day: date) -> int:
    return from_iso(f"{day.isoformat()}T00:00:00+08:00")
