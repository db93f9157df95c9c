"""Publishes a new version of an item, as a change of the reviewer's desk.

Laws: a version is one higher than what stands and so is the rev, so that a draft pinned to a version is compared with
the body of that rev. A reviewer reaches the items of units in their scope; a standard list belongs to the place under
whose digits it is kept. Foreign and absent items are the same to whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable

from server.actions.desk_change import DeskEdit, Writer, desk_change
from server.actions.refusals import NotFound
from server.domain.people.entitlement import Directory, NotListed
from server.domain.people.roles import may_change
from server.domain.record_fields import integer, text
from server.storage.people import AccountRow
from server.storage.store import Store
from server.storage.unit_of_work import Database
from server.write import Written
from sync.central.known import Known, Record, Wants
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields

NAME = "item.publish"


async def publish_item(
    database: Database,
    store: Store,
    writer: Writer,
    account: AccountRow,
    item: str,
    fields: Fields,
    *,
    directory: Directory,
    now_ms: int,
    randomness: Callable[[int], bytes],
) -> Written:
    """`fields` are those that change. Raises NotFound or what the writer raises; a failed check is an outcome."""
    known = Known()
    async with store.read() as unit:
        centre = await unit.centre()
        await unit.load(Wants(records={("item", item)}), known)
    standing = known.record("item", item)
    if standing is None or not may_change(account.role, NAME) or not _reaches(account, standing, directory):
        raise NotFound(f"no item {item}")
    edit = DeskEdit(
        kind="item",
        record=item,
        name=NAME,
        fields={**fields, "version": integer(standing.fields, "version") + 1},
        base=Base(epoch=centre.epoch, rev=standing.rev, hash=encode_hash(standing.hash)),
    )
    return await desk_change(
        database, writer, account, [edit], buckets=[standing.bucket], now_ms=now_ms, randomness=randomness
    )


def _reaches(account: AccountRow, item: Record, directory: Directory) -> bool:
    """By parent links: a code's prefix proves nothing."""
    unit = text(item.fields, "unit")
    if not unit:
        kept_under = text(item.fields, "catalogue").rpartition(":")[2]
        return any(place[:6] == kept_under for place in account.scope.places)
    if unit in account.scope.units:
        return True
    try:
        place = directory.unit(unit).place
        while place not in account.scope.places:
            place = directory.place(place).parent
    except NotListed:
        return False
    return True
