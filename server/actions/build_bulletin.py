"""Builds and corrects a period's bulletin, and finds its numbers again.

Laws: the city's bulletin and the towns' own come from one count and are written in one transaction, a correction with
what it says of the edition before. A frozen edition is never written again; a correction is the next. Of two who
build at once one has the whole. Verifying answers two questions: does everything shown follow from the rows that were
frozen, and do the cases still give those rows.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from server.actions.centre_writes import standing_of, write_together
from server.actions.count_outcomes import count_outcomes
from server.actions.desk_change import DeskEdit
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.people.entitlement import Directory
from server.domain.places import Level
from server.domain.record_fields import integer, text
from server.domain.supervision.bulletins import (
    BulletinState,
    Figures,
    Span,
    counted_otherwise,
    differences,
    public_fields,
    town_fields,
)
from server.merge_policies.bulletin_policy import bulletin_id
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields
from sync.core.clock import iso
from sync.core.ids import timed_id

_EDITIONS = """SELECT id FROM bulletins WHERE span = ? AND period = ? AND bucket = ?
               ORDER BY CAST(edition AS BIGINT) DESC"""
_LISTED = """SELECT period, edition, state FROM bulletins WHERE span = ? AND bucket = ?
             ORDER BY period DESC, CAST(edition AS BIGINT) DESC LIMIT ?"""
LISTED_MAX = 60


class PeriodInvalid(ValueError):
    """Neither a month like 2026-11 nor a day like 2026-11-22."""


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One edition of a period, as a list shows it."""

    span: str
    period: str
    edition: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Verified:
    """`unfounded`: what does not follow from the frozen rows. `recounted`: tables that the cases give otherwise now."""

    edition: int
    unfounded: list[str]
    recounted: list[str]


def span_of(period: str) -> tuple[Span, str, str]:
    """Which span, its first day, and the first day that is not in it any more. A period is written in one way only:
    20261122 would be another bulletin of the same day.
    """
    monthly = len(period) == 7
    written = f"{period}-01" if monthly else period
    try:
        first = date.fromisoformat(written)
        days = monthrange(first.year, first.month)[1] if monthly else 1
        after = first + timedelta(days=days)
    except (ValueError, OverflowError):
        raise _invalid(period) from None
    if first.isoformat() != written:
        raise _invalid(period)
    return (Span.MONTHLY if monthly else Span.DAILY), written, after.isoformat()


def _invalid(period: str) -> PeriodInvalid:
    return PeriodInvalid(f"{period} is no month like 2026-11 and no day like 2026-11-22")


async def build_bulletin(platform: Platform, period: str, *, why: str = "", by: AccountRow | None = None) -> Record:
    """Drafts the period's bulletin anew, the towns' with it. `why`: this corrects the edition that was frozen. `by`:
    who asks for it. Raises PeriodInvalid, or NotFound when there is nothing to correct, or nothing left to draft.
    """
    span, since, before = span_of(period)
    directory = await platform.directory()
    city = city_of(directory)
    figures = await count_outcomes(platform, since, before)
    names = await _names(platform)
    latest = await read_bulletin(platform, period)
    frozen = latest is not None and text(latest.fields, "state") != BulletinState.DRAFT
    if frozen and not why:
        raise NotFound(f"the bulletin of {period} is frozen: correct it instead")
    if why and not frozen:
        raise NotFound(f"no bulletin of {period} is frozen")
    edition = integer(latest.fields, "edition") + int(frozen) if latest is not None else 1
    now = platform.clock.wall_ms()
    told: Fields = {"span": span.value, "period": period, "edition": edition, "built_at": iso(now)}
    # So that every record is another after every build, also where its figures are the same: who had one of an earlier
    # build before them, of the city's or of any town's, is told.
    told["build"] = timed_id(now, platform.randomness(10))
    if why:
        told["why"] = why
    edits = await _edits(platform, directory, city, figures, names, told)
    if frozen:
        edits += await _superseding(platform, period, edition - 1, why)
    await write_together(platform, edits, by=by)
    built = await read_bulletin(platform, period)
    if built is None:
        raise NotFound(f"no bulletin of {period}")
    return built


async def verify_bulletin(platform: Platform, period: str) -> Verified:
    """Raises NotFound or PeriodInvalid."""
    latest = await read_bulletin(platform, period)
    if latest is None:
        raise NotFound(f"no bulletin of {period}")
    _, since, before = span_of(period)
    figures = await count_outcomes(platform, since, before)
    now = {"counties": figures.counties, "units": figures.units, "towns": figures.towns}
    return Verified(
        edition=integer(latest.fields, "edition"),
        unfounded=differences(latest.fields),
        recounted=counted_otherwise(latest.fields, now),
    )


async def read_bulletin(platform: Platform, period: str, *, place: str = "", edition: int = 0) -> Record | None:
    """The latest edition, or the one asked for; the city's, or a town's own."""
    where = place or city_of(await platform.directory())
    span, _, _ = span_of(period)
    async with platform.database.read() as snapshot:
        if edition:
            ids = [bulletin_id(where, period, edition)]
        else:
            rows = await snapshot.fetch(_EDITIONS, [span.value, period, f"desk:{where}"])
            ids = [row[0] for row in rows[:1]]
        found = await snapshot.fetch(*records_query("bulletin", ids)) if ids else []
    return record_of("bulletin", found[0], platform.sealing) if found else None


async def list_bulletins(platform: Platform, *, place: str = "", span: Span = Span.MONTHLY) -> list[Edition]:
    """The newest periods first, every edition; the city's, or a town's own."""
    where = place or city_of(await platform.directory())
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_LISTED, [span.value, f"desk:{where}", LISTED_MAX])
    return [Edition(span=span.value, period=row[0], edition=int(row[1]), state=row[2]) for row in rows]


def city_of(directory: Directory) -> str:
    """The place whose bulletin the public one is. Raises NotFound in an empty centre."""
    cities = sorted(code for code, one in directory.places.items() if one.level is Level.CITY)
    if not cities:
        raise NotFound("this centre has no city")
    return cities[0]


async def _edits(
    platform: Platform,
    directory: Directory,
    city: str,
    figures: Figures,
    names: Mapping[str, str],
    told: Fields,
) -> list[tuple[str, DeskEdit]]:
    by_town: dict[str, dict[str, object]] = {}
    # Every town, also one of which nothing is to be told: two builds write the same records, so that one has them all.
    for town in sorted(code for code, one in directory.places.items() if one.level is Level.TOWN):
        below = set(directory.below(town))
        villages = {code: counts for code, counts in figures.villages.items() if code in below}
        by_town[town] = town_fields(villages, names)
    bodies = {city: public_fields(figures, names), **by_town}
    ids = {place: bulletin_id(place, text(told, "period"), integer(told, "edition")) for place in bodies}
    async with platform.database.read() as snapshot:
        standing = await standing_of(snapshot, platform, "bulletin", sorted(ids.values()))
    return [(place, _draft(place, ids[place], {**told, **body}, standing)) for place, body in bodies.items()]


def _draft(
    place: str, record: str, fields: Mapping[str, object], standing: Mapping[str, tuple[Base, Fields]]
) -> DeskEdit:
    base = standing[record][0] if record in standing else None
    values: Fields = {**fields, "place": place}
    return DeskEdit(kind="bulletin", record=record, name="bulletin.draft", fields=values, base=base)


async def _superseding(platform: Platform, period: str, edition: int, why: str) -> list[tuple[str, DeskEdit]]:
    """What the frozen edition says of itself from now on, the city's and every town's."""
    return [
        (text(held.fields, "place"), edit_of(held, base, "bulletin.supersede", {"why": why}))
        for held, base in await read_edition(platform, period, edition)
        if text(held.fields, "state") == BulletinState.FROZEN
    ]


def edit_of(held: Record, base: Base, name: str, fields: Fields) -> DeskEdit:
    return DeskEdit(kind="bulletin", record=held.id, name=name, fields=fields, base=base)


async def read_edition(platform: Platform, period: str, edition: int) -> list[tuple[Record, Base]]:
    """The city's and the towns' bulletins of one edition as they stood together, each with the state to name; the
    city's first.
    """
    directory = await platform.directory()
    towns = sorted(code for code, one in directory.places.items() if one.level is Level.TOWN)
    ids = [bulletin_id(place, period, edition) for place in (city_of(directory), *towns)]
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(*records_query("bulletin", ids))
        [[epoch]] = await snapshot.fetch("SELECT epoch FROM centre WHERE id = 1")
    held = {one.id: one for one in (record_of("bulletin", row, platform.sealing) for row in rows)}
    found = [held[ident] for ident in ids if ident in held]
    return [(one, Base(epoch=epoch, rev=one.rev, hash=encode_hash(one.hash))) for one in found]


async def _names(platform: Platform) -> dict[str, str]:
    async with platform.database.read() as snapshot:
        places, units = await snapshot.fetch_each(
            [("SELECT code, name FROM places", ()), ("SELECT id, name FROM units", ())]
        )
    return {**dict(places), **dict(units)}
