"""The streams behind pages that refresh themselves: lists and the overview of a scope, and one case.

    /live              news      something in the scope changed
    /desk/{id}/live    news      this case has another rev than the page shows
                       others    somebody opened or left it

Laws: what is out of reach has no stream. A stream and what it makes a page fetch are no activity: who walks away is
signed out all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from starlette.responses import Response

from server.actions.refusals import NotFound, SessionOver
from server.actions.share_case import leave_case, open_case, opening_wake, others_at
from server.actions.sign_in import visitor_of
from server.actions.take_step import read_record
from server.console.render import page
from server.console.streams import Told
from server.console.visit import Visit, cookie_name
from server.domain.people.entitlement import person_bucket, place_bucket, unit_bucket
from server.domain.people.reach import desk_bucket, places_below, reaches, units_below
from server.domain.people.roles import may_read

_REV = "SELECT rev FROM cases WHERE id = ?"


async def show(visit: Visit) -> Response:
    """GET /live"""
    platform, account = visit.console.platform, visit.account
    directory = await platform.directory()
    places = places_below(account.scope, directory)
    units = units_below(account.scope, places, directory)
    buckets = {
        person_bucket(account.id),
        *map(place_bucket, places),
        *map(desk_bucket, places),
        *map(unit_bucket, units),
    }

    async def events(_: frozenset[str]) -> Iterable[str]:
        return ("news",)

    return visit.console.streams.response(Told(buckets=buckets, events=events, beat=_lasts(visit)))


async def show_case(visit: Visit) -> Response:
    """GET /desk/{id}/live?rev= : opens the case for the others, until the page is gone."""
    console, account = visit.console, visit.account
    record, bucket = await _reached(visit)
    shown = visit.request.query_params.get("rev", "")
    told = int(shown) if shown.isascii() and shown.isdecimal() and len(shown) < 10 else 0
    seen_at = await open_case(console.platform, account, record, console.tell)
    lasts = _lasts(visit)

    async def beat() -> bool:
        nonlocal seen_at
        if not await lasts():
            return False
        seen_at = await open_case(console.platform, account, record, lambda _: None)
        return True

    async def events(heard: frozenset[str]) -> Iterable[str]:
        nonlocal told
        async with console.platform.database.read() as snapshot:
            row = await snapshot.fetch_one(_REV, [record])
        news = row is not None and row[0] != told
        told = row[0] if row is not None else told
        return [*(["others"] if opening_wake(record) in heard else []), *(["news"] if news else [])]

    async def gone() -> None:
        await leave_case(console.platform, account, record, seen_at, console.tell)

    return console.streams.response(
        Told(buckets=(bucket, opening_wake(record)), events=events, beat=beat, gone=gone, at_once=True)
    )


async def show_others(visit: Visit) -> Response:
    """GET /desk/{id}/others: a part of the case's page, with no word of the case in it."""
    record, _ = await _reached(visit)
    others = await others_at(visit.console.platform, visit.account, record)
    return page(visit, "others.html", others=others, record_id=record)


async def _reached(visit: Visit) -> tuple[str, str]:
    """The case of the address and its bucket, if the scope reaches it. Nothing of it is shown, so no look is logged."""
    platform, account = visit.console.platform, visit.account
    record = str(visit.request.path_params["id"])
    found = await read_record(platform, "case", record)
    if (
        found is None
        or not may_read(account.role, "case")
        or not reaches(account.id, account.scope, found.bucket, found.fields, await platform.directory())
    ):
        raise NotFound(f"no case {record}")
    return record, found.bucket


def _lasts(visit: Visit) -> Callable[[], Awaitable[bool]]:
    """Whether the session that opened the stream is still one. Asking does not keep it."""
    token = visit.request.cookies.get(cookie_name(visit.console), "")

    async def lasts() -> bool:
        try:
            return (await visitor_of(visit.console.door, token, is_activity=False)).full
        except SessionOver:
            return False

    return lasts
