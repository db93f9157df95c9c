"""Lists a desk's cases: what is to be done by its last day, what waits in a state, and what has a number.

Laws: a list shows the cases that the account's scope holds or that lie in it, and no personal data; a case is opened by
itself, with its look logged. Pages go by key, so that a page costs the same wherever it lies.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from server.actions.list_followup import PAGE_ROWS_MAX, After
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.cases.lifecycle import CaseState, is_paused, needs_holder
from server.domain.cases.numbers import canonical_number
from server.domain.people.entitlement import place_bucket
from server.domain.people.reach import place_holder, places_below, unit_holder, units_below
from server.domain.people.roles import may_read
from server.merge_policies.judging import china_day
from server.storage.people import AccountRow
from server.storage.unit_of_work import Row

WHOLE_ROWS = 1_000
"""So many at once where somebody takes the whole list along."""
NARROW_MAX = 400
"""So many holders are looked up one by one; a wider scope reads along the due days of all."""
_PAGE = """SELECT c.id, c.bucket, c.state, c.holder, c.due, c.state_since, c.number, c.receipt, c.received_at, c.item,
                  i.name, c.bundle, c.helper
           FROM ({keys}) k JOIN cases c ON c.id = k.id LEFT JOIN items i ON i.id = c.item
           ORDER BY {order}"""
_DUE_STATES = tuple(state.value for state in CaseState if needs_holder(state) and state is not CaseState.DRAFT)
# The keys of a page come from one index alone. Joined to an empty text a column is no way into an index: a wide scope
# reads along the order of the page and leaves out what is not its own.
_BY_DUE = """SELECT id FROM cases WHERE {holder} IN (?*) AND {state} IN (?*) AND (due, id) > (?, ?)
             AND due <= ? ORDER BY due, id LIMIT ?"""
_IN_STATE = """SELECT id FROM cases WHERE {whose} IN (?*) AND state = ? AND (state_since, id) > (?, ?)
               ORDER BY state_since, id LIMIT ?"""
_NARROW = _PAGE.format(keys=_BY_DUE.format(holder="holder", state="state"), order="c.due, c.id")
_WIDE = _PAGE.format(keys=_BY_DUE.format(holder="(holder || '')", state="(state || '')"), order="c.due, c.id")
_HELD_IN_STATE = _PAGE.format(keys=_IN_STATE.format(whose="(holder || '')"), order="c.state_since, c.id")
# What the resident or nobody holds lies in its village all the same.
_LYING_IN_STATE = _PAGE.format(keys=_IN_STATE.format(whose="(bucket || '')"), order="c.state_since, c.id")
_BY_NUMBER = _PAGE.format(keys="SELECT id FROM cases WHERE number = ? OR receipt = ? LIMIT 20", order="c.id")
_HELD_SIZE = "SELECT CAST(coalesce(sum(number), 0) AS BIGINT) FROM case_counts WHERE holder IN (?*) AND state IN (?*)"
_LYING_SIZE = "SELECT CAST(coalesce(sum(number), 0) AS BIGINT) FROM case_counts WHERE bucket IN (?*) AND state IN (?*)"
# What is held is counted already; what of it has come to its day lies together in an index.
_COUNTS = """SELECT state, CAST(sum(number) AS BIGINT), CAST(sum(late) AS BIGINT), CAST(sum(soon) AS BIGINT) FROM (
                 SELECT k.state AS state, k.number AS number,
                        (SELECT count(*) FROM cases c WHERE c.holder = k.holder AND c.state = k.state
                         AND c.due > '' AND c.due < ?) AS late,
                        (SELECT count(*) FROM cases c WHERE c.holder = k.holder AND c.state = k.state
                         AND c.due >= ? AND c.due <= ?) AS soon
                 FROM (SELECT holder, state, sum(number) AS number FROM case_counts
                       WHERE holder IN (?*) AND number > 0 GROUP BY holder, state) k) AS counted
             GROUP BY state"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """`due`: when its holder must act, "" when it is over. `key`: where the next page begins after it."""

    id: str
    place: str
    state: str
    holder: str
    due: str
    state_since: str
    number: str
    receipt: str
    received_at: str
    item: str
    item_name: str
    bundle: str
    helper: str
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCount:
    """How many cases the scope holds in a state; of them past their day, and due today or tomorrow."""

    state: str
    cases: int
    late: int
    soon: int


@dataclass(frozen=True, slots=True)
class _Reach:
    places: frozenset[str]
    holders: tuple[str, ...]

    @property
    def buckets(self) -> list[str]:
        return [place_bucket(place) for place in sorted(self.places)]


async def list_cases(
    platform: Platform,
    account: AccountRow,
    *,
    state: str = "",
    upto: str = "9",
    after: After | None = None,
    limit: int = 50,
) -> list[CaseRow]:
    """What the scope's desks hold, most urgent first, up to day `upto`. A `state` in which others come first (paused,
    to be corrected) or that is over comes by how long it has been so.
    """
    reach = await _reach(platform, account)
    return await _listed(
        platform, reach, _known(state), upto=upto, since=after or After(), rows_max=min(max(limit, 1), PAGE_ROWS_MAX)
    )


async def every_case(platform: Platform, account: AccountRow, state: str = "") -> AsyncIterator[list[CaseRow]]:
    """The whole of the same list, a page after the other."""
    reach, since, known = await _reach(platform, account), After(), _known(state)
    while rows := await _listed(platform, reach, known, upto="9", since=since, rows_max=WHOLE_ROWS):
        yield rows
        day, _, ident = rows[-1].key.partition("~")
        since = After(day, ident)


async def size_of_list(platform: Platform, account: AccountRow, state: str = "") -> int:
    """About how many there are: what is counted may have moved before it is read."""
    reach = await _reach(platform, account)
    lies = bool(_known(state)) and _lies(state)
    sql, whose = (_LYING_SIZE, reach.buckets) if lies else (_HELD_SIZE, [*reach.holders])
    [[size]] = await _fetch(platform, sql, [whose or [""], [state] if state else list(_DUE_STATES)])
    return int(size)


def _known(state: str) -> str:
    if state and state not in {one.value for one in CaseState} - {CaseState.DRAFT.value}:
        raise NotFound(f"no state {state}")
    return state


def _lies(state: str) -> bool:
    """Whether the resident or nobody holds what is in this state, so that it is found by where it lies."""
    own = (CaseState.SPECIAL_PROCEDURE, CaseState.SUSPENDED)
    return state not in own and (is_paused(CaseState(state)) or not needs_holder(CaseState(state)))


async def _listed(
    platform: Platform, reach: _Reach, state: str, *, upto: str, since: After, rows_max: int
) -> list[CaseRow]:
    if state and (is_paused(CaseState(state)) or not needs_holder(CaseState(state))):
        if _lies(state):
            return await lying_in_state(platform, reach.buckets, state, since, rows_max)
        held = [[*reach.holders] or [""], state, since.day, since.id, rows_max]
        return await fetch_cases(platform, _HELD_IN_STATE, held, by="state_since")
    sql = _NARROW if len(reach.holders) <= NARROW_MAX else _WIDE
    states = [state] if state else list(_DUE_STATES)
    asked = [[*reach.holders] or [""], states, since.day, since.id, upto, rows_max]
    return await fetch_cases(platform, sql, asked, by="due")


def with_keys(keys: str, order: str) -> str:
    """The statement for a page whose ids `keys` selects."""
    return _PAGE.format(keys=keys, order=order)


async def lying_in_state(
    platform: Platform, buckets: Sequence[str], state: str, since: After, rows_max: int
) -> list[CaseRow]:
    """What lies in these buckets in one state, by how long it has been so."""
    asked = [list(buckets) or [""], state, since.day, since.id, rows_max]
    return await fetch_cases(platform, _LYING_IN_STATE, asked, by="state_since")


async def fetch_cases(platform: Platform, sql: str, parameters: Sequence[object], *, by: str) -> list[CaseRow]:
    """`by`: the column after which the pages go."""
    return [
        replace(row, key=f"{getattr(row, by)}~{row.id}") for row in map(_row, await _fetch(platform, sql, parameters))
    ]


async def find_cases(platform: Platform, account: AccountRow, number: str) -> list[CaseRow]:
    """By official number or temporary receipt, as typed. What does not lie or is not held in the scope is not there."""
    spelled = canonical_number(number)
    if not spelled:
        return []
    reach = await _reach(platform, account)
    rows = [_row(row) for row in await _fetch(platform, _BY_NUMBER, [spelled, spelled])]
    return [row for row in rows if row.place in reach.places or row.holder in reach.holders]


async def count_cases(platform: Platform, account: AccountRow) -> list[StateCount]:
    """What the scope's desks hold, by state in the order of a case's life."""
    reach = await _reach(platform, account)
    today = china_day(platform.clock.wall_ms())
    tomorrow = today.fromordinal(today.toordinal() + 1)
    days = [today.isoformat(), today.isoformat(), tomorrow.isoformat()]
    rows = await _fetch(platform, _COUNTS, [*days, [*reach.holders] or [""]])
    counted = {state: numbers for state, *numbers in rows}
    return [
        StateCount(state=state, cases=tally[0], late=tally[1], soon=tally[2])
        for state in CaseState
        if (tally := counted.get(state.value))
    ]


async def _reach(platform: Platform, account: AccountRow) -> _Reach:
    if not may_read(account.role, "case"):
        raise NotFound("no such list")
    directory = await platform.directory()
    places = places_below(account.scope, directory)
    units = units_below(account.scope, places, directory)
    holders = (*(place_holder(place) for place in places), *(unit_holder(unit) for unit in units))
    return _Reach(frozenset(places), holders)


async def _fetch(platform: Platform, sql: str, parameters: Sequence[object]) -> Sequence[Row]:
    async with platform.database.read() as snapshot:
        return await snapshot.fetch(sql, list(parameters))


def _row(row: Sequence[object]) -> CaseRow:
    told = ["" if value is None else str(value) for value in row]
    return CaseRow(
        id=told[0],
        place=told[1].partition(":")[2],
        state=told[2],
        holder=told[3],
        due=told[4],
        state_since=told[5],
        number=told[6],
        receipt=told[7],
        received_at=told[8],
        item=told[9],
        item_name=told[10],
        bundle=told[11],
        helper=told[12],
    )
