"""Takes an objection (异议) of an office to a bulletin: a task for the city's desk, within the days there are for it.

Laws: whoever reaches an area may object for it, while the bulletin is a draft and for three working days after it was
frozen; the rule is the task's own, so that no other way in is longer. What is well founded is corrected by the next
edition, never in the frozen one.
"""

from __future__ import annotations

from server.actions.build_bulletin import city_of, read_bulletin
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, take_step
from server.domain.people.reach import place_holder
from server.domain.supervision.tasks import TaskCode
from server.storage.people import AccountRow
from sync.core.ids import timed_id


async def object_to_bulletin(
    platform: Platform, account: AccountRow, period: str, place: str, said: str, *, operator: AccountRow | None = None
) -> Taken:
    """`place`: the area for which it is said; `operator`: who acts on behalf of the account. Raises NotFound or
    PeriodInvalid; too late is a refused step.
    """
    held = await read_bulletin(platform, period)
    if held is None:
        raise NotFound(f"no bulletin of {period}")
    fields = {
        "place": place,
        "code": TaskCode.BULLETIN_OBJECTION.value,
        "about": held.id,
        "about_kind": "bulletin",
        "text": said,
        "holder": place_holder(city_of(await platform.directory())),
    }
    record = timed_id(platform.clock.wall_ms(), platform.randomness(10))
    return await take_step(
        platform, account, kind="task", record=record, name="task.open", fields=fields, seen=None, operator=operator
    )
