"""Keeps how far each open round is, once a day: a record for each county, and one for the city's own units.

Laws: a day's snapshot is made once, by an id that follows from round, place and day: several processes and restarts
make one. A round that was closed has one of its end as well, however short it was.
"""

from __future__ import annotations

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.platform import Platform
from server.actions.report_progress import count_units, read_campaign
from server.domain.catalogue.campaigns import CampaignState
from server.domain.catalogue.progress import COLUMNS, By, Progress, area_of
from server.domain.record_fields import text
from server.merge_policies.campaign_policies import snapshot_id
from server.merge_policies.judging import china_day
from server.storage.records import record_of, records_query
from server.storage.unit_of_work import Snapshot as ReadSnapshot
from sync.core.changes import Fields

_LAST_DAY = """SELECT id FROM snapshots WHERE campaign = ?
               AND day = (SELECT max(day) FROM snapshots WHERE campaign = ? AND day >= ? AND day < ?)"""
_KEPT = "SELECT 1 FROM snapshots WHERE campaign = ? AND day >= ? LIMIT 1"
ROWS_MAX = 500
"""Of one record: a county has some 300 units."""


async def take_snapshots(platform: Platform) -> int:
    """How many were made: none once the day's are there."""
    directory = await platform.directory()
    day = china_day(platform.clock.wall_ms()).isoformat()
    edits: list[tuple[str, DeskEdit]] = []
    async with platform.database.read() as snapshot:
        # The day after the last is kept as well: it shows what was left.
        for campaign, state in await snapshot.fetch(
            "SELECT id, state FROM campaigns WHERE state IN ('open', 'closed')"
        ):
            fields = await read_campaign(snapshot, platform, campaign)
            wanted = day if state == CampaignState.OPEN else text(fields, "closed_at")[:10]
            if not wanted or await snapshot.fetch(_KEPT, [campaign, wanted]):
                continue
            units = await count_units(snapshot, platform, campaign, fields, directory, day)
            by_county: dict[str, dict[str, Progress]] = {}
            for unit, row in units.items():
                if unit in directory.units:
                    county = area_of(directory.units[unit].place, By.COUNTY, directory)
                    by_county.setdefault(county, {})[unit] = row
            for county, rows in sorted(by_county.items()):
                edits.append((county, _edit(campaign, county, day, rows)))
    return await write_edits(platform, edits)


def _edit(campaign: str, place: str, day: str, rows: dict[str, Progress]) -> DeskEdit:
    numbers = [[unit, *row.numbers] for unit, row in sorted(rows.items())]
    fields: Fields = {
        "campaign": campaign,
        "place": place,
        "day": day,
        "columns": list(COLUMNS),
        "rows": numbers[:ROWS_MAX],
    }
    return DeskEdit(kind="snapshot", record=snapshot_id(campaign, place, day), name="snapshot.take", fields=fields)


async def read_last_day(
    snapshot: ReadSnapshot, platform: Platform, campaign: str, since: str, before: str
) -> dict[str, Progress]:
    """Unit → its numbers on the last day that was kept of these, `before` no more among them; {} when none was."""
    ids = [row[0] for row in await snapshot.fetch(_LAST_DAY, [campaign, campaign, since, before])]
    rows = await snapshot.fetch(*records_query("snapshot", ids)) if ids else []
    told = [record_of("snapshot", row, platform.sealing).fields["rows"] for row in rows]
    return {unit: Progress(*numbers) for units in told for unit, *numbers in units}


async def read_days(platform: Platform, campaign: str, places: list[str]) -> dict[str, Progress]:
    """Day → the numbers of these counties together, oldest first."""
    sql = "SELECT id FROM snapshots WHERE campaign = ? AND bucket IN (?*) ORDER BY day, id"
    found: dict[str, Progress] = {}
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch(sql, [campaign, [f"desk:{place}" for place in places]])]
        rows = await snapshot.fetch(*records_query("snapshot", ids)) if ids else []
    for row in rows:
        fields = record_of("snapshot", row, platform.sealing).fields
        day = str(fields["day"])
        for _, *numbers in fields["rows"]:
            found[day] = found.get(day, Progress()) + Progress(*numbers)
    return dict(sorted(found.items()))
