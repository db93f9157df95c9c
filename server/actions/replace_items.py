"""Splits one item into several, or merges several into one: the new ones are published, then the old ones name them.

Laws: the old item stays, cancelled, and says what stands for it, so that a draft of it is refused with the names of
its successors; cases that were filed end by the version they were filed under. The new items begin as the old one was
but for what is said of them. When a new one is not published nothing becomes of the old ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.actions.compose_code import code_of_part, code_of_whole
from server.actions.platform import Platform
from server.actions.publish_item import publish_item
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, read_record, take_step
from server.domain.catalogue.item_life import ItemState, item_state
from server.domain.record_fields import text
from server.storage.people import AccountRow
from sync.core.changes import Fields
from sync.core.ids import timed_id

_OF_THE_OLD = ("status_reason", "cancelled_on", "successors", "effective_from", "version", "status")


@dataclass(frozen=True)
class Replaced:
    """`made`: the new items; `steps`: what became of every step, in order. Not done when one had no effect."""

    made: tuple[str, ...]
    steps: tuple[Taken, ...]

    @property
    def is_done(self) -> bool:
        return all(one.outcome.code.has_effect for one in self.steps)


async def split_item(
    platform: Platform,
    account: AccountRow,
    item: str,
    parts: Sequence[Fields],
    reason: str,
    *,
    operator: AccountRow | None = None,
) -> Replaced:
    """`parts`: of each new item what differs from the old, its name at least. `operator`: who acts on behalf of the
    account. Raises NotFound.
    """
    return await _replace(platform, account, (item,), parts, reason, "split", operator)


async def merge_items(
    platform: Platform,
    account: AccountRow,
    items: Sequence[str],
    whole: Fields,
    reason: str,
    *,
    operator: AccountRow | None = None,
) -> Replaced:
    """`whole`: of the one new item what differs from the first of the old ones. Otherwise as above."""
    return await _replace(platform, account, items, (whole,), reason, "merge", operator)


async def _replace(
    platform: Platform,
    account: AccountRow,
    old: Sequence[str],
    new: Sequence[Fields],
    reason: str,
    verb: str,
    operator: AccountRow | None,
) -> Replaced:
    for item in old:
        held = await read_record(platform, "item", item)
        if held is None or item_state(held.fields) is ItemState.CANCELLED:
            raise NotFound(f"no item {item} on offer")
    first = await read_record(platform, "item", old[0])
    assert first is not None, "it was just read"
    like = {name: value for name, value in first.fields.items() if name not in _OF_THE_OLD and "." not in name}
    steps: list[Taken] = []
    made: list[str] = []
    for number, part in enumerate(new, 1):
        record = timed_id(platform.clock.wall_ms(), platform.randomness(10))
        # Two items never have one code: the parts of one are told apart by the two digits of the handling item.
        code = code_of_part(text(like, "code"), number) if verb == "split" else code_of_whole(text(like, "code"))
        fields = {**like, **({"code": code} if code else {}), **part, "version": 1, "status": ItemState.ACTIVE.value}
        taken = await take_step(
            platform,
            account,
            kind="item",
            record=record,
            name="item.publish",
            fields=fields,
            seen=None,
            operator=operator,
        )
        steps.append(taken)
        if not taken.outcome.code.has_effect:
            return Replaced(tuple(made), tuple(steps))
        made.append(record)
    said: Fields = {"successors": made, "status_reason": reason}
    for item in old:
        steps.append(await publish_item(platform, account, item, said, verb=verb, operator=operator))
    return Replaced(tuple(made), tuple(steps))
