"""Lets what was published for a day take effect on that day, as steps of the centre itself.

Laws: an item takes effect once, whoever else runs this: the step is refused where nothing waits any more. A centre
that was off on the day does it at its next start; until then devices show what held before, as for any new version.
"""

from __future__ import annotations

from server.actions.platform import Platform
from server.actions.publish_item import publish_item
from server.actions.take_step import centre_itself
from server.merge_policies.judging import china_day
from server.storage.schema.records import KIND_TABLES

AT_ONCE_MAX = 500


async def let_items_take_effect(platform: Platform) -> int:
    """How many took effect. Those beyond the most at once wait for the next round."""
    today = china_day(platform.clock.wall_ms()).isoformat()
    done = 0
    for kind in ("base_item", "item"):
        sql = f"SELECT id FROM {KIND_TABLES[kind].table} WHERE next_on <= ? AND next_on > '' ORDER BY next_on LIMIT ?"  # noqa: S608
        async with platform.database.read() as snapshot:
            due = await snapshot.fetch(sql, [today, AT_ONCE_MAX])
        centre = await centre_itself(platform) if due else None
        for (record,) in due:
            assert centre is not None, "it was read because something is due"
            taken = await publish_item(platform, centre, record, {}, kind=kind, verb="take_effect")
            done += taken.outcome.code.has_effect
    return done
