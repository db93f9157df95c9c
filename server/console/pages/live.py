"""The streams behind pages that refresh themselves: lists and the overview of a scope, and one case.

    /live              news      something in the scope changed, since what `seen` says the page shows
    /desk/{id}/live    news      this case has another rev than the page shows
                       others    somebody opened or left it

Laws: a list names its stream before it reads what it shows, so that what changes while it is made, and until its stream
is open, is told as soon as it is. What is out of reach has no stream, and a stream ends with its session and with the
post whose places it listens to. A stream and what it makes a page fetch are no activity: who walks away is signed out
all the same.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable

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
# Heads only rise, so their sum names one state of all of them.
_SEEN = "SELECT CAST(coalesce(sum(head), 0) AS BIGINT) FROM buckets WHERE id IN (?*)"


async def stream_of_scope(visit: Visit) -> str:
    """The address at which a list of the scope listens. Ask before anything that the list shows is read."""
    return f"/console/live?seen={await _seen(visit, await _buckets(visit))}"


async def _buckets(visit: Visit) -> frozenset[str]:
    account, directory = visit.account, await visit.console.platform.directory()
    places = places_below(account.scope, directory)
    units = units_below(account.scope, places, directory)
    return frozenset(
        {
            person_bucket(account.id),
            *map(place_bucket, places),
            *map(desk_bucket, places),
            *map(unit_bucket, units),
        }
    )


async def _seen(visit: Visit, buckets: Collection[str]) -> int:
    async with visit.console.platform.database.read() as snapshot:
        [[seen]] = await snapshot.fetch(_SEEN, [sorted(buckets)])
    return int(seen)


async def show(visit: Visit) -> Response:
    """GET /live?seen= : news at once where the scope has moved on since."""
    buckets, shown = await _buckets(visit), _number(visit, "seen")

    async def events(heard: frozenset[str]) -> Iterable[str]:
        return ("news",) if heard or await _seen(visit, buckets) != shown else ()

    return visit.console.streams.response(
        Told(buckets=buckets, events=events, beat=_lasts(visit), at_once=shown is not None)
    )


async def show_case(visit: Visit) -> Response:
    """GET /desk/{id}/live?rev= : opens the case for the others, until the page is gone."""
    console, account = visit.console, visit.account
    record, bucket = await _reached(visit)
    told = _number(visit, "rev") or 0
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


def _number(visit: Visit, name: str) -> int | None:
    """Of the address; None where it says none."""
    said = visit.request.query_params.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 18 else None


def _lasts(visit: Visit) -> Callable[[], Awaitable[bool]]:
    """Whether the session that opened the stream is still one, of a person with the same post: who was moved listens
    to the old places no longer. Asking does not keep it.
    """
    token = visit.request.cookies.get(cookie_name(visit.console), "")
    post = (visit.account.role, visit.account.scope)

    async def lasts() -> bool:
        try:
            now = await visitor_of(visit.console.door, token, is_activity=False)
        except SessionOver:
            return False
        return now.full and (now.account.role, now.account.scope) == post

    return lasts
