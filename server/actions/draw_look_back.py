"""Draws a round's look-back: a tenth of every unit's published lists and all with a complaint, by a seed handed in.

Law: drawn twice with the same seed it is the same draw, and what was drawn before stays: a look-back is one for a list
and a round.
"""

from __future__ import annotations

from collections.abc import Collection

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.report_progress import read_campaign
from server.actions.take_step import centre_itself
from server.domain.catalogue.look_back import Drawn, draw
from server.domain.people.entitlement import place_bucket
from server.domain.people.reach import unit_in_scope
from server.domain.people.roles import may_change
from server.domain.record_fields import text
from server.merge_policies.campaign_policies import look_back_id
from server.storage.people import AccountRow
from server.storage.records import place_of
from server.storage.unit_of_work import Row
from sync.core.changes import Fields
from sync.core.codec import read_fields

EDITS_MAX = 200
_PUBLISHED = """SELECT unit, id, base_item FROM claims
                WHERE campaign = ? AND state IN ('published', 'suspended') ORDER BY unit, id"""
# A complaint about a case is one about the list of its item: the unit's, or of a standard item that of its village.
_TICKETS = """SELECT t.id, t.body, i.unit, i.base_item, c.bucket FROM tickets t JOIN cases c ON c.id = t.of_case
              JOIN items i ON i.id = c.item WHERE i.base_item > ''"""


async def draw_look_back(
    platform: Platform, account: AccountRow | None, campaign: str, seed: str, *, complained: Collection[str] = ()
) -> tuple[list[Drawn], int]:
    """What was drawn, and how many look-backs were made now. `account`: whose scope and hand; None for the centre's.
    `complained`: claims to be looked at whatever the tickets say. Raises NotFound, also where is no such round.
    """
    if account is not None and not may_change(account.role, "look_back.draw"):
        raise NotFound("no look-back")
    directory = await platform.directory()
    async with platform.database.read() as snapshot:
        await read_campaign(snapshot, platform, campaign)
        rows = await snapshot.fetch(_PUBLISHED, [campaign])
        about = {_whose(row) for row in await snapshot.fetch(_TICKETS) if _is_complaint(platform, row)}
        held = {row[0] for row in await snapshot.fetch("SELECT id FROM look_backs WHERE campaign = ?", [campaign])}
    codes: dict[str, str] = {}
    published: dict[str, list[str]] = {}
    asked = set(complained)
    for unit, claim, base_item in rows:
        if account is None or unit_in_scope(account.scope, unit, directory):
            codes[claim] = base_item
            published.setdefault(unit, []).append(claim)
            places = (place_bucket(directory.units[unit].place),) if unit in directory.units else ()
            if not about.isdisjoint((one, base_item) for one in (unit, *places)):
                asked.add(claim)
    drawn = list(draw(published, asked, seed))
    fresh = [one for one in drawn if look_back_id(campaign, one.claim) not in held]
    made = 0
    for start in range(0, len(fresh), EDITS_MAX):
        some = fresh[start : start + EDITS_MAX]
        written = await desk_change(
            platform.database,
            platform.writer,
            account or await centre_itself(platform),
            [_edit(campaign, one, codes[one.claim], seed) for one in some],
            buckets={f"unit:{one.unit}" for one in some},
            now_ms=platform.clock.wall_ms(),
            randomness=platform.randomness,
            computed=True,
        )
        made += sum(outcome.code.has_effect for outcome in written.outcomes)
    return drawn, made


def _is_complaint(platform: Platform, row: Row) -> bool:
    ticket, body = row[:2]
    fields = read_fields(platform.sealing.open(place_of("tickets", ticket), bytes(body)))
    return text(fields, "type") == "complaint"


def _whose(row: Row) -> tuple[str, str]:
    """Of which unit's list, or of which place's where the item is a standard one, and of which base item."""
    _, _, unit, base_item, bucket = row
    return unit or bucket, base_item


def _edit(campaign: str, one: Drawn, base_item: str, seed: str) -> DeskEdit:
    fields: Fields = {
        "campaign": campaign,
        "claim": one.claim,
        "unit": one.unit,
        "base_item": base_item,
        "why": one.why.value,
        "seed": seed,
    }
    return DeskEdit(kind="look_back", record=look_back_id(campaign, one.claim), name="look_back.draw", fields=fields)
