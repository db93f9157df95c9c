"""Lists and counts what supervision looks at: lights, by how long they shine, and reviews.

Laws: a list shows what the account's scope reaches and its role may read, and names no resident. Counts are of places
and units, in the order of their codes; there is none of persons and no order by number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from server.actions.list_followup import PAGE_ROWS_MAX, After
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.people.reach import desk_bucket, places_below, unit_holder, units_below
from server.domain.people.roles import may_read
from server.domain.record_fields import Fields, integer, text, texts
from server.domain.supervision.lights import Level
from server.domain.supervision.signals import SIGNALS
from server.domain.supervision.tasks import TaskState
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query
from server.storage.unit_of_work import Snapshot

_LIGHTS = """SELECT id, level_since FROM lights WHERE state = ? AND (level_since, id) > (?, ?) AND level IN (?*)
             AND (bucket IN (?*) OR holder IN (?*)) ORDER BY level_since, id LIMIT ?"""
_ABOUT = "SELECT id FROM lights WHERE about IN (?*)"
_BY_PLACE = """SELECT bucket, level, count(*) FROM lights WHERE bucket IN (?*) AND state IN ('lit', 'explained')
               GROUP BY bucket, level ORDER BY bucket"""
_BY_UNIT = """SELECT holder, level, count(*) FROM lights WHERE holder IN (?*) AND state IN ('lit', 'explained')
              GROUP BY holder, level ORDER BY holder"""
_REVIEWS = """SELECT id FROM reviews WHERE state = ? AND id > ? AND bucket IN (?*) ORDER BY id LIMIT ?"""


SHINING = "shining"
"""As a state: every light that is not cleared, which is what counts tell."""
_SHINING = ("lit", "explained")


@dataclass(frozen=True, slots=True, kw_only=True)
class LightRow:
    """`explain_due`: the last day for a reason; `stage` and `steps`: how far it was escalated."""

    id: str
    place: str
    about: str
    about_kind: str
    code: str
    level: str
    state: str
    holder: str
    due: str
    number: str
    count: int
    level_since: str
    explain_due: str
    explanation: str
    stage: str
    order: str = ""
    """The supervision order that was issued, once it was red."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedLine:
    """A light on a case, with its order: `order_state` and `order_due` are empty while there is none."""

    light: str
    code: str
    level: str
    state: str
    due: str
    stage: str
    order: str = ""
    order_state: str = ""
    order_due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightCount:
    """What shines at a place or a unit; `area` is its code or id."""

    area: str
    unknown: int = 0
    blue: int = 0
    yellow: int = 0
    red: int = 0
    red_plus: int = 0


def summed(counts: Sequence[LightCount]) -> dict[str, int]:
    """Level → how many shine in all of these together, the worst first."""
    return {level.value: sum(getattr(one, level) for one in counts) for level in reversed(Level)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    id: str
    place: str
    code: str
    name_zh: str
    name_en: str
    level: str
    state: str
    account: str
    since: str
    until: str
    measured: str
    threshold: str
    evidence: list[str]
    explanation: str
    finding: str
    finding_note: str


async def list_lights(
    platform: Platform,
    account: AccountRow,
    *,
    state: str = "lit",
    levels: Collection[str] = tuple(Level),
    after: After | None = None,
    limit: int = 50,
) -> list[LightRow]:
    """Those of one state or all that are SHINING, the longest first. Raises NotFound for a role that reads none."""
    places, units = await _reach(platform, account, "light")
    since, most = after or After(), min(limit, PAGE_ROWS_MAX)
    reach = [sorted(levels), _desks(places), [unit_holder(one) for one in units], most]
    # Each state along its own index, and then as much of both as is asked for.
    asked = [(_LIGHTS, [one, since.day, since.id, *reach]) for one in (_SHINING if state == SHINING else (state,))]
    async with platform.database.read() as snapshot:
        found = [row for come in await snapshot.fetch_each(asked) for row in come]
        rows = sorted(found, key=lambda row: (row[1], row[0]))[:most]
        held = await _bodies(platform, snapshot, "light", [row[0] for row in rows])
    return [_light(light, held[light]) for light, _ in rows]


def _light(light: str, fields: Fields) -> LightRow:
    return LightRow(
        id=light,
        place=text(fields, "place"),
        about=text(fields, "about"),
        about_kind=text(fields, "about_kind"),
        code=text(fields, "code"),
        level=text(fields, "level"),
        state=text(fields, "state"),
        holder=text(fields, "holder"),
        due=text(fields, "due"),
        number=text(fields, "number"),
        count=integer(fields, "count"),
        level_since=text(fields, "level_since"),
        explain_due=text(fields, "explain_due"),
        explanation=text(fields, "explanation"),
        stage=text(fields, "stage"),
        order=text(fields, "order"),
    )


async def lights_on_case(platform: Platform, case: str, parts: Sequence[str] = ()) -> list[WatchedLine]:
    """What shines on a case and its parts, or did and has an order that is not closed. Who may see it is for the
    caller to judge.
    """
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_ABOUT, [[case, *parts]])
        lights = await _bodies(platform, snapshot, "light", [row[0] for row in rows])
        named = [text(fields, "order") for fields in lights.values() if text(fields, "order")]
        orders = await _bodies(platform, snapshot, "task", named)
    found: list[WatchedLine] = []
    for light, fields in sorted(lights.items(), key=lambda one: (text(one[1], "code"), one[0])):
        order = orders.get(text(fields, "order"), {})
        if text(fields, "state") in _SHINING or text(order, "state") in (TaskState.OPEN, TaskState.EXPLAINED):
            found.append(_watched(light, fields, order))
    return found


def _watched(light: str, fields: Fields, order: Fields) -> WatchedLine:
    return WatchedLine(
        light=light,
        code=text(fields, "code"),
        level=text(fields, "level"),
        state=text(fields, "state"),
        due=text(fields, "due"),
        stage=text(fields, "stage"),
        order=text(fields, "order") if order else "",
        order_state=text(order, "state"),
        order_due=text(order, "due"),
    )


async def count_lights(platform: Platform, account: AccountRow, *, by_unit: bool = False) -> list[LightCount]:
    """What shines now, by place or by unit."""
    places, units = await _reach(platform, account, "light")
    async with platform.database.read() as snapshot:
        if by_unit:
            rows = await snapshot.fetch(_BY_UNIT, [[unit_holder(one) for one in units]])
        else:
            rows = await snapshot.fetch(_BY_PLACE, [_desks(places)])
    counts: dict[str, dict[str, int]] = {}
    for area, level, count in rows:
        counts.setdefault(area.partition(":")[2], {})[level] = count
    return [LightCount(area=area, **levels) for area, levels in sorted(counts.items())]


async def list_reviews(
    platform: Platform, account: AccountRow, *, state: str = "opened", after: str = "", limit: int = 50
) -> list[ReviewRow]:
    """Those of one state, in no order that means anything."""
    places, _ = await _reach(platform, account, "review")
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_REVIEWS, [state, after, _desks(places), min(limit, PAGE_ROWS_MAX)])
        held = await _bodies(platform, snapshot, "review", [row[0] for row in rows])
    return [_review(review, held[review]) for (review,) in rows]


def _review(review: str, fields: Fields) -> ReviewRow:
    signal = SIGNALS[text(fields, "code")]
    return ReviewRow(
        id=review,
        place=text(fields, "place"),
        code=signal.code,
        name_zh=signal.zh,
        name_en=signal.en,
        level=text(fields, "level"),
        state=text(fields, "state"),
        account=text(fields, "account"),
        since=text(fields, "since"),
        until=text(fields, "until"),
        measured=text(fields, "measured"),
        threshold=text(fields, "threshold"),
        evidence=list(texts(fields, "evidence")),
        explanation=text(fields, "explanation"),
        finding=text(fields, "finding"),
        finding_note=text(fields, "finding_note"),
    )


async def _reach(platform: Platform, account: AccountRow, kind: str) -> tuple[list[str], list[str]]:
    if not may_read(account.role, kind):
        raise NotFound("no such list")
    directory = await platform.directory()
    places = places_below(account.scope, directory)
    return places, units_below(account.scope, places, directory)


def _desks(places: Sequence[str]) -> list[str]:
    return [desk_bucket(place) for place in places]


async def _bodies(platform: Platform, snapshot: Snapshot, kind: str, ids: Sequence[str]) -> dict[str, Fields]:
    rows = await snapshot.fetch(*records_query(kind, ids)) if ids else []
    return {one.id: one.fields for one in (record_of(kind, row, platform.sealing) for row in rows)}
