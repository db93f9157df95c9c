"""Drafts what is due by itself: yesterday's brief each day, and last month's bulletin, which it freezes in time.

Whoever lies at the low end of a frozen month is told alone.

Laws: a period is drafted once, whatever runs beside it; what a person built or froze is left alone. A month is frozen
after the fifth working day of the next, so that offices had their days to object.
"""

from __future__ import annotations

from datetime import date, timedelta

from server.actions.build_bulletin import build_bulletin, read_bulletin
from server.actions.freeze_bulletin import BulletinMoved, freeze_bulletin
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.tell_low_end import tell_low_end
from server.domain.calendar import add_working_days
from server.domain.places import Level
from server.domain.record_fields import text
from server.domain.supervision.bulletins import BulletinState
from server.merge_policies.judging import china_day

FREEZE_AFTER_DAYS = 5


async def draft_bulletins(platform: Platform) -> list[str]:
    """The periods that were drafted or frozen now."""
    directory = await platform.directory()
    if not any(one.level is Level.CITY for one in directory.places.values()):
        return []
    today = china_day(platform.clock.wall_ms())
    month = (today.replace(day=1) - timedelta(days=1)).isoformat()[:7]
    done = []
    for period in ((today - timedelta(days=1)).isoformat(), month):
        if await read_bulletin(platform, period) is None:
            await build_bulletin(platform, period)
            done.append(period)
    if today > freezes_after(today):
        held = await read_bulletin(platform, month)
        if held is not None and text(held.fields, "state") == BulletinState.DRAFT:
            done += await _freeze(platform, month)
    standing = await read_bulletin(platform, month)
    if standing is not None and text(standing.fields, "state") == BulletinState.FROZEN:
        await tell_low_end(platform, standing)
    return done


async def _freeze(platform: Platform, month: str) -> list[str]:
    """The month if it was this process that froze it: another, or a person, may have been quicker."""
    try:
        await build_bulletin(platform, month)
        await freeze_bulletin(platform, month)
    except (NotFound, BulletinMoved):
        return []
    return [month]


def freezes_after(today: date) -> date:
    """The last day to object to last month's bulletin."""
    return add_working_days(today.replace(day=1) - timedelta(days=1), FREEZE_AFTER_DAYS).date
