"""Uses an electronic licence in a resident's case instead of a paper: the one at hand, or what a register finds.

Laws: the case is the resident's and within reach; the purpose is said, and the look is logged with it before anybody
is asked. What a register finds is kept as the centre's own word, in the village that serves the resident. A photo that
nobody verified is no licence: it is passed over.
"""

from __future__ import annotations

from server.actions.log_read import log_read
from server.actions.open_to_read import by_leave_of, reach_record
from server.actions.platform import Platform
from server.actions.publish_item import seen_of
from server.actions.refusals import NotFound
from server.actions.take_step import Taken, centre_itself, read_record, take_step
from server.adapters.licences import LicenceQuery, LicenceRegister
from server.domain.catalogue.licences import is_usable
from server.domain.people.citizen_id import normalise
from server.domain.people.roles import may_change
from server.domain.record_fields import text
from server.merge_policies.judging import china_day
from server.storage.people import AccountRow
from sync.central.known import Record
from sync.core.ids import derived_id

NAME = "licence.use"


async def use_licence(
    platform: Platform, register: LicenceRegister, account: AccountRow, *, case: str, kind: str, purpose: str
) -> Taken | None:
    """None when there is no such licence. Raises NotFound for a case out of reach, ReasonMissing without a purpose
    where the law asks for one, RegisterUnavailable, and what the writer raises.
    """
    held_case, resident = await _case_and_resident(platform, account, case)
    await log_read(platform, account, "resident", resident.id, purpose, of=held_case)
    held = await _held(platform, resident.id, kind)
    if held is None:
        held = await _fetched(platform, register, resident, case=case, kind=kind, purpose=purpose)
    if held is None:
        return None
    return await take_step(
        platform,
        account,
        kind="licence",
        record=held.id,
        name=NAME,
        fields={"use_case": case, "use_purpose": purpose},
        seen=await seen_of(platform, held),
    )


async def _case_and_resident(platform: Platform, account: AccountRow, case: str) -> tuple[Record, Record]:
    if not may_change(account.role, NAME):
        raise NotFound(f"no case {case}")
    held = await reach_record(platform, account, "case", case)
    resident = await read_record(platform, "resident", text(held.fields, "resident"))
    if resident is None or not await by_leave_of(platform, account, held, resident):
        raise NotFound(f"no resident of {case}")
    return held, resident


async def _held(platform: Platform, resident: str, kind: str) -> Record | None:
    """The resident's own usable one, the best class first."""
    sql = "SELECT id FROM licences WHERE resident = ? AND kind = ? AND state = 'held' ORDER BY trust, id"
    async with platform.database.read() as snapshot:
        ids = [row[0] for row in await snapshot.fetch(sql, [resident, kind])]
    today = china_day(platform.clock.wall_ms())
    for one in ids:
        found = await read_record(platform, "licence", one)
        if found is not None and is_usable(found.fields, today):
            return found
    return None


async def _fetched(
    platform: Platform, register: LicenceRegister, resident: Record, *, case: str, kind: str, purpose: str
) -> Record | None:
    person = normalise(text(resident.fields, "citizen_id"))
    if not person:
        return None
    query = LicenceQuery(person=person, name=text(resident.fields, "name"), kind=kind, purpose=purpose, case=case)
    found = await register.find(query, platform.clock.wall_ms())
    if found is None:
        return None
    record = derived_id("licence", resident.id, kind, found.ref)
    standing = await read_record(platform, "licence", record)
    whose = {"resident": resident.id, "village": text(resident.fields, "village"), "kind": kind}
    taken = await take_step(
        platform,
        await centre_itself(platform),
        kind="licence",
        record=record,
        name="licence.fetch",
        fields={**whose, **found.as_fields()},
        seen=await seen_of(platform, standing) if standing is not None else None,
    )
    return taken.record if taken.outcome.code.has_effect else None
