"""Lists what a reviewer or a unit's checker works on in a round: claims by state, look-backs by state, and the rounds.

Laws: a list shows the units that the account's scope reaches; pages go by key. A claim's row names no person but who
took it, since that is whom a reviewer asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.report_progress import read_campaign
from server.domain.catalogue.campaigns import CampaignState, state_of
from server.domain.people.entitlement import Directory
from server.domain.people.reach import unit_in_scope
from server.domain.people.roles import Scope, may_read
from server.domain.record_fields import integer, text
from server.storage.people import AccountRow
from server.storage.records import record_of, records_query

PAGE_ROWS_MAX = 200
_CLAIMS = """SELECT id, unit, base_item, state, claimed_by, due, returns, state_since FROM claims
             WHERE campaign = ? AND state = ? AND id > ? AND unit IN (?*) ORDER BY id LIMIT ?"""
_LOOK_BACKS = """SELECT id, unit, state, deadline FROM look_backs
                 WHERE campaign = ? AND state = ? AND id > ? AND unit IN (?*) ORDER BY id LIMIT ?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    id: str
    name: str
    round: int
    state: str
    start: str
    end: str
    units: int
    base_codes: int
    baseline_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    id: str
    unit: str
    base_item: str
    state: str
    claimed_by: str
    due: str
    returns: int
    state_since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBackRow:
    id: str
    unit: str
    state: str
    deadline: str


async def list_campaigns(platform: Platform) -> list[CampaignRow]:
    """Every round, the latest first. There are a few a year, and everybody may know of them."""
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch("SELECT id FROM campaigns")]
        rows = await snapshot.fetch(*records_query("campaign", ids)) if ids else []
    found = [record_of("campaign", row, platform.sealing) for row in rows]
    listed = [
        CampaignRow(
            id=one.id,
            name=text(one.fields, "name"),
            round=integer(one.fields, "round"),
            state=(state_of(one.fields) or CampaignState.OPEN).value,
            start=text(one.fields, "start"),
            end=text(one.fields, "end"),
            units=integer(one.fields, "units"),
            base_codes=integer(one.fields, "base_codes"),
            baseline_hash=text(one.fields, "baseline_hash"),
        )
        for one in found
    ]
    return sorted(listed, key=lambda one: (one.start, one.id), reverse=True)


async def list_claims(
    platform: Platform, account: AccountRow, campaign: str, state: str, *, after: str = "", limit: int = 50
) -> list[ClaimRow]:
    """By id, which follows from what a claim is of. Raises NotFound for who reads no claims, and where is no round."""
    rows = await _rows(platform, account, "claim", _CLAIMS, campaign, state, after, limit)
    return [
        ClaimRow(
            id=claim,
            unit=unit,
            base_item=base_item,
            state=kept,
            claimed_by=claimed_by or "",
            due=due or "",
            returns=int(returns or 0),
            state_since=since or "",
        )
        for claim, unit, base_item, kept, claimed_by, due, returns, since in rows
    ]


async def list_look_backs(
    platform: Platform, account: AccountRow, campaign: str, state: str, *, after: str = "", limit: int = 50
) -> list[LookBackRow]:
    """The same of look-backs."""
    rows = await _rows(platform, account, "look_back", _LOOK_BACKS, campaign, state, after, limit)
    return [LookBackRow(id=one, unit=unit, state=kept, deadline=last or "") for one, unit, kept, last in rows]


async def _rows(
    platform: Platform, account: AccountRow, kind: str, sql: str, campaign: str, state: str, after: str, limit: int
) -> list[tuple[str, ...]]:
    if not may_read(account.role, kind):
        raise NotFound("no such list")
    units = units_of(account.scope, await platform.directory())
    asked = [campaign, state, after, units or [""], min(max(limit, 1), PAGE_ROWS_MAX)]
    async with platform.database.read() as snapshot:
        await read_campaign(snapshot, platform, campaign)
        return await snapshot.fetch(sql, asked)


def units_of(scope: Scope, directory: Directory) -> list[str]:
    """The units a scope reaches."""
    return [unit for unit in sorted(directory.units) if unit_in_scope(scope, unit, directory)]
