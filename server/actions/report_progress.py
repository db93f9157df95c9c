"""Tells how far a round is: by unit, village, town or county, as far as the account's scope reaches.

Laws: rows come in the order of codes and hold no person. How many claims there are is kept with them
(server/storage/counts.py), what is late is read along the days; what is asked comes from the frozen list, or from the
catalogue as it stands where a round never froze one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.actions.open_campaign import standard_lists
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.catalogue.baseline import asked_of, whole
from server.domain.catalogue.campaigns import CampaignState, in_scope, state_of
from server.domain.catalogue.progress import By, Progress, add_state, rows_by, total
from server.domain.people.entitlement import Directory
from server.domain.people.reach import unit_in_scope
from server.domain.people.roles import Scope
from server.domain.record_fields import integer, text
from server.merge_policies.judging import china_day
from server.storage.records import record_of, records_query
from server.storage.unit_of_work import Snapshot
from sync.core.changes import Fields
from sync.core.ids import is_id

_COUNTS = "SELECT unit, state, number, returns FROM claim_counts WHERE campaign = ? AND number > 0"
_LATE = """SELECT unit, state, count(*) FROM claims WHERE campaign = ? AND due > '' AND due < ? GROUP BY unit, state"""
_OWN = "SELECT unit, CAST(sum(number) AS BIGINT) FROM item_counts WHERE unit > '' GROUP BY unit"
_STANDARD = """SELECT catalogue, CAST(sum(number) AS BIGINT) FROM item_counts
               WHERE catalogue > '' AND status <> 'cancelled' GROUP BY catalogue"""


@dataclass(frozen=True, kw_only=True)
class ProgressReport:
    """`rows`: area or unit → its numbers, in the order of codes; `names` of them; `all` is their sum."""

    campaign: str
    name: str
    state: str
    day: str
    end: str
    baseline_hash: str
    rows: Mapping[str, Progress]
    names: Mapping[str, str]
    all: Progress


async def report_progress(
    platform: Platform, campaign: str, *, by: By = By.COUNTY, scope: Scope | None = None
) -> ProgressReport:
    """`scope`: whose units count; None for all. Raises NotFound."""
    directory = await platform.directory()
    day = china_day(platform.clock.wall_ms()).isoformat()
    async with platform.database.read() as snapshot:
        fields = await read_campaign(snapshot, platform, campaign)
        units = await count_units(snapshot, platform, campaign, fields, directory, day)
        named = "SELECT id, name FROM units" if by is By.UNIT else "SELECT code, name FROM places"
        names: dict[str, str] = dict(await snapshot.fetch(named))
    if scope is not None:
        units = {unit: row for unit, row in units.items() if unit_in_scope(scope, unit, directory)}
    rows = rows_by(units, by, directory)
    return ProgressReport(
        campaign=campaign,
        name=text(fields, "name"),
        state=(state_of(fields) or CampaignState.OPEN).value,
        day=day,
        end=text(fields, "end"),
        baseline_hash=text(fields, "baseline_hash"),
        rows=rows,
        names={code: names.get(code, code) for code in rows},
        all=total(rows.values()),
    )


async def read_campaign(snapshot: Snapshot, platform: Platform, campaign: str) -> Fields:
    """Raises NotFound, also for what is no id."""
    rows = await snapshot.fetch(*records_query("campaign", [campaign])) if is_id(campaign) else []
    if not rows:
        raise NotFound(f"no campaign {campaign}")
    return record_of("campaign", rows[0], platform.sealing).fields


async def count_units(
    snapshot: Snapshot, platform: Platform, campaign: str, fields: Fields, directory: Directory, day: str
) -> dict[str, Progress]:
    """Unit → its row. Once the round's last day is over, whatever is not published is overdue."""
    asked = await count_asked(snapshot, platform, campaign, fields, directory)
    added = {unit: Progress(asked=count).numbers for unit, count in asked.items()}
    over = text(fields, "end") < day
    counted, come = await snapshot.fetch_each([(_COUNTS, [campaign]), (_LATE, [campaign, day])])
    late = {(unit, state): int(number) for unit, state, number in come}
    for unit, state, number, returns in counted:
        overdue = number if over else late.get((unit, state), 0)
        row = added.setdefault(unit, Progress().numbers)
        add_state(row, state, number, overdue=overdue, returns=returns)
    rows = {unit: Progress(*row) for unit, row in added.items()}
    if over:
        rows = {unit: row + Progress(overdue=row.unclaimed) for unit, row in rows.items()}
    return rows


async def count_asked(
    snapshot: Snapshot, platform: Platform, campaign: str, fields: Fields, directory: Directory
) -> dict[str, int]:
    """Unit → how many claims are asked of it."""
    if integer(fields, "baseline_parts"):
        return asked_of(await read_baseline(snapshot, platform, campaign))
    own, standard = await snapshot.fetch_each([(_OWN, ()), (_STANDARD, ())])
    by_unit: dict[str, int] = dict(own)
    by_catalogue: dict[str, int] = dict(standard)
    found: dict[str, int] = {}
    for unit in directory.units.values():
        inherits = sum(by_catalogue.get(one, 0) for one in standard_lists(unit.place, directory))
        count = by_unit.get(unit.id, 0) + inherits
        if count and in_scope(fields, unit.id, unit.place):
            found[unit.id] = count
    return found


async def read_baseline(snapshot: Snapshot, platform: Platform, campaign: str) -> tuple[str, ...]:
    """The lines of the frozen list, empty when there is none."""
    ids = [row[0] for row in await snapshot.fetch("SELECT id FROM baselines WHERE campaign = ?", [campaign])]
    rows = await snapshot.fetch(*records_query("baseline", ids)) if ids else []
    return whole(record_of("baseline", row, platform.sealing).fields for row in rows)
