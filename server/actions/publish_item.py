"""Publishes a new version of an item or a base item, now or from a day on, as a change of the reviewer's desk.

Laws: whoever publishes has seen what stands; who wrote meanwhile is merged by field. A version whose day has not come
is kept beside what holds until then, and the schedule lets it take effect. Foreign and absent items are the same.
"""

from __future__ import annotations

from datetime import date

from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, read_record, take_step
from server.storage.people import AccountRow
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields


async def publish_item(
    platform: Platform,
    account: AccountRow,
    item: str,
    fields: Fields,
    *,
    kind: str = "item",
    effective_from: date | None = None,
    verb: str = "publish",
    operator: AccountRow | None = None,
) -> Taken:
    """`fields` are those that change; `verb` another step of the item's life; `operator`: who acts on behalf of the
    account. Raises NotFound or what the writer raises; a step that is refused is an outcome.
    """
    standing = await read_record(platform, kind, item)
    if standing is None:
        raise NotFound(f"no {kind} {item}")
    said = {**fields, "effective_from": effective_from.isoformat()} if effective_from is not None else dict(fields)
    return await take_step(
        platform,
        account,
        kind=kind,
        record=item,
        name=f"{kind}.{verb}",
        fields=said,
        seen=await seen_of(platform, standing),
        operator=operator,
    )


async def seen_of(platform: Platform, standing: Record) -> Base:
    """What a step names as the state that its person saw."""
    async with platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
    return Base(epoch=epoch, rev=standing.rev, hash=encode_hash(standing.hash))
