"""Finds what should shine now: cases by their due day, claims by the end of their campaign or the day they were to be
put right by, devices by their silence.

Laws: only what a clock can reach is looked at, along an index, page by page; a page is read in a snapshot of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from server.actions.desk_change import DESK_APP
from server.actions.platform import Platform
from server.actions.take_step import read_record
from server.domain.cases.joint import parts_of
from server.domain.cases.working_days import calendar_id, overrides_in, years_around
from server.domain.catalogue.claims import WITH_THE_UNIT
from server.domain.people.entitlement import Directory, NotListed
from server.domain.people.reach import account_holder, place_holder, unit_holder
from server.domain.record_fields import Fields, parse_date, text
from server.domain.supervision.lights import (
    CASE_CODES,
    LAG_SHOWN_DAYS,
    Days,
    Level,
    light_of_campaign,
    light_of_day_told,
    light_of_lag,
    light_of_silence,
    lights_of_case,
)
from server.merge_policies.judging import china_day
from server.merge_policies.supervision_policies import light_id
from server.storage.records import place_of
from server.storage.unit_of_work import Row
from sync.core.codec import read_fields
from sync.core.ids import derived_id

PAGE = 200
REACH_DAYS = 35
"""A case due later than this cannot shine yet: a fifth of the longest promise is less."""
_DAY_MS = 86_400_000
_CASES = """SELECT id, due, body FROM cases WHERE due > '' AND due <= ? AND (due, id) > (?, ?)
            ORDER BY due, id LIMIT ?"""
_CAMPAIGNS = "SELECT id, body FROM campaigns ORDER BY id"
_UNFILLED = """SELECT unit, count(*) FROM claims WHERE campaign = ? AND state IN (?*) GROUP BY unit ORDER BY unit"""
_RETURNED = """SELECT unit, min(due), count(*) FROM claims WHERE campaign = ? AND due > '' AND due <= ?
               AND state IN (?*) GROUP BY unit ORDER BY unit"""
_TO_FIX = """SELECT id, unit, deadline, body FROM look_backs WHERE state = 'to_fix' AND deadline <= ?
             AND (deadline, id) > (?, ?) ORDER BY deadline, id LIMIT ?"""
_DEVICES = """SELECT d.id, d.last_contact, d.unsent, a.id, a.site FROM devices d JOIN accounts a ON a.id = d.account
              WHERE d.id > ? AND d.revoked_at IS NULL AND d.app_version <> ? AND d.last_contact IS NOT NULL
              AND d.last_contact < ? AND a.status = 'active' ORDER BY d.id LIMIT ?"""
_LATE = """SELECT case_id, account, village, captured_at, received_at FROM observations
           WHERE received_at > ? AND received_at - captured_at > ? AND received_at - captured_at < ?"""
_LAG_BELIEVED_DAYS = 60
"""A longer lag says more about the phone's clock than about its network."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A light that should shine."""

    about: str
    about_kind: str
    code: str
    level: Level
    place: str
    holder: str
    due: str = ""
    number: str = ""
    count: int = 0

    @property
    def id(self) -> str:
        return light_id(self.about, self.code)


class Looked(NamedTuple):
    """What was looked at for which clocks, and what of it should shine: of these clocks no other light stays."""

    about: Sequence[str]
    codes: frozenset[str]
    wanted: list[Wanted]


async def wanted_lights(platform: Platform, directory: Directory) -> AsyncIterator[Looked]:
    """Everything that a clock can reach, group by group."""
    today = china_day(platform.clock.wall_ms())
    held = [await read_record(platform, "calendar", calendar_id(year)) for year in years_around(today)]
    days = Days(today, overrides_in(one.fields for one in held if one is not None))
    async for group in _of_cases(platform, days):
        yield group
    for looked in await _of_claims(platform, days, directory):
        yield looked
    async for group in _of_look_backs(platform, days, directory):
        yield group
    async for group in _of_devices(platform, days):
        yield group


async def _of_cases(platform: Platform, days: Days) -> AsyncIterator[Looked]:
    upto = (days.today + timedelta(days=REACH_DAYS)).isoformat()
    after = ("", "")
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch(_CASES, [upto, *after, PAGE])
            late = await snapshot.fetch(_LATE, _late_since(platform)) if not after[0] else []
        if late:
            yield Looked([row[0] for row in late], frozenset({"sync_lag"}), _of_lags(late, days))
        if rows:
            yield _of_page(platform, rows, days)
        if len(rows) < PAGE:
            return
        after = (rows[-1][1], rows[-1][0])


def _of_page(platform: Platform, rows: Sequence[Row], days: Days) -> Looked:
    """The cases and the parts of those that several units handle: a part shines by itself, on its unit."""
    about: list[str] = []
    wanted: list[Wanted] = []
    for case, _, body in rows:
        fields: Fields = read_fields(platform.sealing.open(place_of("cases", case), bytes(body)))
        about += [case, *(derived_id("part", case, part.unit) for part in parts_of(fields))]
        wanted += _of_case(case, fields, days)
    return Looked(about, CASE_CODES, wanted)


def _of_case(case: str, fields: Fields, days: Days) -> list[Wanted]:
    village = text(fields, "village")
    return [
        Wanted(
            about=derived_id("part", case, light.whose) if light.whose else case,
            about_kind="part" if light.whose else "case",
            code=light.code,
            level=light.level,
            place=village,
            holder=light.whose or text(fields, "holder") or place_holder(village),
            due=light.due.isoformat() if light.due is not None else "",
            number=text(fields, "number") or text(fields, "receipt"),
        )
        for light in lights_of_case(fields, days)
    ]


def _late_since(platform: Platform) -> list[int]:
    now = platform.clock.wall_ms()
    return [now - LAG_SHOWN_DAYS * _DAY_MS, _DAY_MS, _LAG_BELIEVED_DAYS * _DAY_MS]


def _of_lags(rows: Sequence[Row], days: Days) -> list[Wanted]:
    found = []
    for case, account, village, captured, received in rows:
        level = light_of_lag(china_day(captured), china_day(received), days.overrides)
        if level is not None:
            holder = account_holder(account)
            found.append(
                Wanted(about=case, about_kind="case", code="sync_lag", level=level, place=village, holder=holder)
            )
    return found


async def _of_claims(platform: Platform, days: Days, directory: Directory) -> list[Looked]:
    """Of each open round: what a unit has not handed in, and what was returned to it with a day."""
    unfilled: list[Wanted] = []
    returned: list[Wanted] = []
    states = sorted(state.value for state in WITH_THE_UNIT)
    upto = (days.today + timedelta(days=REACH_DAYS)).isoformat()
    async with platform.database.read() as snapshot:
        for campaign, body in await snapshot.fetch(_CAMPAIGNS):
            fields: Mapping[str, object] = read_fields(
                platform.sealing.open(place_of("campaigns", campaign), bytes(body))
            )
            start, end = parse_date(fields.get("start")), parse_date(fields.get("end"))
            if start is None or end is None or text(fields, "state") not in ("", "open"):
                continue
            level, name = light_of_campaign(start, end, days), text(fields, "name")
            for unit, count in await snapshot.fetch(_UNFILLED, [campaign, states]) if level is not None else ():
                if level is not None and _listed(unit, directory):
                    about = derived_id("claims", campaign, unit)
                    unfilled.append(_of_unit(about, "campaign", unit, level, end, count, name, directory))
            for unit, due, count in await snapshot.fetch(_RETURNED, [campaign, upto, states]):
                day = parse_date(due)
                level = light_of_day_told(day, days) if day is not None else None
                if day is not None and level is not None and _listed(unit, directory):
                    about = derived_id("returned", campaign, unit)
                    returned.append(_of_unit(about, "returned", unit, level, day, count, name, directory))
    return [
        Looked([one.about for one in unfilled], frozenset({"campaign"}), unfilled),
        Looked([one.about for one in returned], frozenset({"returned"}), returned),
    ]


def _of_unit(
    about: str, code: str, unit: str, level: Level, due: date, count: int, number: str, directory: Directory
) -> Wanted:
    return Wanted(
        about=about,
        about_kind="campaign",
        code=code,
        level=level,
        place=directory.unit(unit).place,
        holder=unit_holder(unit),
        due=due.isoformat(),
        number=number,
        count=count,
    )


async def _of_look_backs(platform: Platform, days: Days, directory: Directory) -> AsyncIterator[Looked]:
    """What was found wanting and is not put right, on the unit whose list it is."""
    upto, after = (days.today + timedelta(days=REACH_DAYS)).isoformat(), ("", "")
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch(_TO_FIX, [upto, *after, PAGE])
        wanted = []
        for record, unit, deadline, body in rows:
            day = parse_date(deadline)
            level = light_of_day_told(day, days) if day is not None else None
            if day is not None and level is not None and _listed(unit, directory):
                fields = read_fields(platform.sealing.open(place_of("look_backs", record), bytes(body)))
                of_unit = _of_unit(record, "look_back", unit, level, day, 0, text(fields, "base_item"), directory)
                wanted.append(replace(of_unit, about_kind="look_back"))
        if rows:
            yield Looked([row[0] for row in rows], frozenset({"look_back"}), wanted)
        if len(rows) < PAGE:
            return
        after = (rows[-1][2], rows[-1][0])


def _listed(unit: str, directory: Directory) -> bool:
    try:
        return bool(directory.unit(unit))
    except NotListed:
        return False


async def _of_devices(platform: Platform, days: Days) -> AsyncIterator[Looked]:
    silent_since, after = platform.clock.wall_ms() - _DAY_MS, ""
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch(_DEVICES, [after, DESK_APP, silent_since, PAGE])
        if rows:
            yield Looked([row[0] for row in rows], frozenset({"no_contact"}), _of_silence(rows, days))
        if len(rows) < PAGE:
            return
        after = rows[-1][0]


def _of_silence(rows: Sequence[Row], days: Days) -> list[Wanted]:
    return [
        Wanted(
            about=device,
            about_kind="device",
            code="no_contact",
            level=Level.UNKNOWN,
            place=site,
            holder=account_holder(account),
            count=unsent,
        )
        for device, last, unsent, account, site in rows
        if site and light_of_silence(china_day(last), unsent, days) is not None
    ]
