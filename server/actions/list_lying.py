"""Lists the cases that lie in a place and below it, whoever holds them: what stands behind a number of the overview.

Laws: as of `list_cases`: what the scope does not reach is not there, no personal data, pages by key. A list holds as
many cases as its number said, at the same moment.
"""

from __future__ import annotations

from dataclasses import replace

from server.actions.list_cases import NARROW_MAX, CaseRow, fetch_cases, lying_in_state, with_keys
from server.actions.list_followup import PAGE_ROWS_MAX, After
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.cases.lifecycle import CaseState, is_open
from server.domain.people.entitlement import place_bucket
from server.domain.people.reach import place_in_scope, places_below
from server.domain.people.roles import Scope, may_read
from server.storage.people import AccountRow

# As in `list_cases`: a wide scope reads along the due days of all and leaves out what is not its own.
_DUE = """SELECT id FROM cases WHERE {bucket} IN (?*) AND state IN (?*) AND due > '' AND due <= ?
          AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?"""
_NARROW = with_keys(_DUE.format(bucket="bucket"), "c.due, c.id")
_WIDE = with_keys(_DUE.format(bucket="(bucket || '')"), "c.due, c.id")
# All that is open, what has no last day first: never more than what is being worked on.
_OPEN = """SELECT id FROM cases WHERE {whose} IN (?*) AND {state} IN (?*) AND (due, id) > (?, ?)
           ORDER BY due, id LIMIT ?"""
_OPEN_NARROW = with_keys(_OPEN.format(whose="bucket", state="state"), "c.due, c.id")
_OPEN_WIDE = with_keys(_OPEN.format(whose="(bucket || '')", state="(state || '')"), "c.due, c.id")
OPEN = "open"
"""As a state: every one that is not over."""
_OPEN_STATES = tuple(state.value for state in CaseState if is_open(state) and state is not CaseState.DRAFT)
_STATES = tuple(state.value for state in CaseState if state is not CaseState.DRAFT)


async def list_lying(
    platform: Platform,
    account: AccountRow,
    place: str,
    *,
    state: str = "",
    since: str = "",
    upto: str = "9",
    after: After | None = None,
    limit: int = 50,
) -> list[CaseRow]:
    """Those of a `state`, by how long they have been in it, or all that are OPEN; without a state, those due from day
    `since` to day `upto`, the most urgent first. Raises NotFound for a place out of reach.
    """
    directory = await platform.directory()
    if not may_read(account.role, "case") or not place_in_scope(account.scope, place, directory):
        raise NotFound(f"no list of {place}")
    if state and state not in (OPEN, *_STATES):
        raise NotFound(f"no state {state}")
    narrowed = replace(account, scope=Scope(places=frozenset({place})))
    buckets = [place_bucket(one) for one in places_below(narrowed.scope, directory)]
    rows_max = min(max(limit, 1), PAGE_ROWS_MAX)
    if state == OPEN:
        start = after or After()
        sql = _OPEN_NARROW if len(buckets) <= NARROW_MAX else _OPEN_WIDE
        return await fetch_cases(platform, sql, [buckets, list(_OPEN_STATES), start.day, start.id, rows_max], by="due")
    if state:
        return await lying_in_state(platform, buckets, state, after or After(), rows_max)
    start = after or After(since, "")
    sql = _NARROW if len(buckets) <= NARROW_MAX else _WIDE
    return await fetch_cases(platform, sql, [buckets, list(_STATES), upto, start.day, start.id, rows_max], by="due")
