"""Gives parcels to the carrier and asks where they are: what the schedule does for results that travel by mail.

Laws: a parcel is dispatched under its case's id, so that a crash after the carrier's answer makes no second one. What
is told becomes a step of the case, `case.track`, and at the end `case.deliver`; what comes back becomes a task. One
parcel's trouble keeps no other waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.actions.platform import Platform
from server.actions.take_step import centre_itself, read_record, take_step
from server.adapters.carrier import Carrier, CarrierRefused, CarrierUnavailable, Consignment
from server.domain.cases.parcels import ON_ITS_WAY, ParcelState, after_dispatch, after_tracking
from server.domain.people.reach import desk_bucket
from server.domain.record_fields import text
from server.domain.supervision.tasks import TaskCode
from sync.central.known import Record
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields
from sync.core.clock import iso
from sync.core.ids import derived_id

BATCH_MAX = 200
_ASKED = "SELECT id FROM cases WHERE parcel = ? AND id > ? ORDER BY id LIMIT ?"
_SAID = (
    "邮件未送达或被拒收：请联系居民并重新安排送达。"
    " A result came back or was not taken: contact the resident and arrange another way."
)


@dataclass
class ParcelReport:
    """`unavailable`: the carrier could not be reached, the rest was left for the next time."""

    dispatched: int = 0
    moved: int = 0
    delivered: int = 0
    returned: int = 0
    unavailable: bool = False


async def move_parcels(platform: Platform, carrier: Carrier) -> ParcelReport:
    """Once over all that wait and all that travel."""
    report = ParcelReport()
    try:
        for state in (ParcelState.ASKED, *ON_ITS_WAY):
            after = ""
            while ids := await _in_state(platform, state, after):
                for case in ids:
                    await _move(platform, carrier, case, report)
                after = ids[-1]
    except CarrierUnavailable:
        report.unavailable = True
    return report


async def _in_state(platform: Platform, state: ParcelState, after: str) -> Sequence[str]:
    async with platform.database.read() as snapshot:
        return [row[0] for row in await snapshot.fetch(_ASKED, [state.value, after, BATCH_MAX])]


async def _move(platform: Platform, carrier: Carrier, ident: str, report: ParcelReport) -> None:
    case, now = await read_record(platform, "case", ident), platform.clock.wall_ms()
    if case is None:
        return
    parcel = _group(case.fields, "parcel")
    if text(parcel, "state") == ParcelState.ASKED:
        try:
            waybill = await carrier.dispatch(_consignment(case), now)
        except CarrierRefused:
            await _step(platform, case, "case.track", {**parcel, "state": ParcelState.RETURNED.value})
            await _tell_desk(platform, case)
            report.returned += 1
            return
        await _step(platform, case, "case.track", after_dispatch(parcel, waybill, carrier.name, iso(now)))
        report.dispatched += 1
        return
    told = await carrier.track(text(parcel, "waybill"), text(parcel, "dispatched_at"), now)
    moved = after_tracking(parcel, told)
    if moved == parcel:
        return
    delivered = moved["state"] == ParcelState.DELIVERED
    await _step(platform, case, "case.deliver" if delivered else "case.track", moved)
    report.moved += 1
    report.delivered += delivered
    if moved["state"] == ParcelState.RETURNED:
        await _tell_desk(platform, case)
        report.returned += 1


def _consignment(case: Record) -> Consignment:
    """To where the resident asked, for this case or else at home."""
    fields, way = case.fields, _group(case.fields, "delivery")
    return Consignment(
        key=case.id,
        number=text(fields, "number") or text(fields, "receipt"),
        from_place=text(fields, "village"),
        name=text(way, "name"),
        phone=text(way, "phone") or text(fields, "phone"),
        address=text(way, "address") or text(fields, "address"),
    )


async def _step(platform: Platform, case: Record, name: str, parcel: Fields) -> None:
    """A step that somebody else's work made impossible meanwhile is left: the next round sees what stands."""
    async with platform.store.read() as unit:
        epoch = (await unit.centre()).epoch
    await take_step(
        platform,
        await centre_itself(platform),
        kind="case",
        record=case.id,
        name=name,
        fields={"parcel": parcel},
        seen=Base(epoch=epoch, rev=case.rev, hash=encode_hash(case.hash)),
    )


async def _tell_desk(platform: Platform, case: Record) -> None:
    """One task a case, in the desk's own bucket; it is there already when the parcel came back before."""
    place, holder = text(case.fields, "village"), text(case.fields, "holder")
    fields: Fields = {
        "place": place,
        "code": TaskCode.PARCEL_LOST.value,
        "about": case.id,
        "about_kind": "case",
        "text": _SAID,
        **({"holder": holder} if holder else {}),
    }
    task = derived_id("task", TaskCode.PARCEL_LOST, case.id)
    await take_step(
        platform,
        await centre_itself(platform),
        kind="task",
        record=task,
        name="task.open",
        fields=fields,
        seen=None,
        also_reads=[desk_bucket(place)],
    )


def _group(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
