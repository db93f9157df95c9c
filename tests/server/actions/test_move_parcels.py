"""Parcels are given up once, followed and delivered by the schedule; on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.actions.move_parcels import move_parcels
from server.actions.platform import Platform
from server.actions.take_step import read_record
from server.adapters.carrier import CarrierRefused, CarrierUnavailable, Consignment, SimulatedCarrier
from server.centre import platform_of
from server.domain.cases.parcels import ParcelState, TrackingEvent
from tests.people import DAY, HandClock
from tests.put_record import case_of, put_record
from tests.small_centre import HELPER, SmallCentre

CASE, OTHER = "c" * 32, "d" * 32
ASKED = {"state": "finished", "parcel": {"mode": "ems", "state": "asked"}, "holder": "place:341881106200"}


def platform_with(small: SmallCentre) -> tuple[Platform, HandClock]:
    clock = HandClock(wall=small.centre.clock.wall_ms())
    return replace(platform_of(small.centre, small.writer), clock=clock), clock


class Broken(SimulatedCarrier):
    """Refuses, or cannot be reached, or tells that it came back."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.seen: list[Consignment] = []

    async def dispatch(self, consignment: Consignment, now_ms: int) -> str:
        self.seen.append(consignment)
        if self.fault is not None:
            raise self.fault
        return await super().dispatch(consignment, now_ms)

    async def track(self, waybill: str, dispatched_at: str, now_ms: int) -> tuple[TrackingEvent, ...]:
        return (TrackingEvent(dispatched_at, ParcelState.RETURNED, "胡乐镇"),)


async def stands(platform: Platform, case: str = CASE) -> dict[str, Any]:
    found = await read_record(platform, "case", case)
    assert found is not None
    return found.fields


async def test_a_result_is_sent_once_followed_and_delivered(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either, **ASKED))
    platform, clock = platform_with(either)
    first = await move_parcels(platform, SimulatedCarrier())
    assert (first.dispatched, first.moved) == (1, 0)
    assert (await stands(platform))["parcel"]["waybill"].startswith("EX")
    clock.advance(6 * DAY)
    last = await move_parcels(platform, SimulatedCarrier())
    assert last.delivered == 1
    case = await stands(platform)
    assert (case["state"], case["parcel"]["signed_by"], len(case["parcel"]["events"])) == ("delivered", "本人", 4)
    assert await move_parcels(platform, SimulatedCarrier()) == type(last)()


async def test_a_carrier_that_is_down_loses_nothing_and_one_that_refuses_makes_a_task(either: SmallCentre) -> None:
    way = {"mode": "ems", "name": "王秀英", "phone": "13812345678", "address": "胡乐村12号"}
    await put_record(either, "case", CASE, case_of(either, **ASKED, delivery=way))
    platform, _ = platform_with(either)
    down = await move_parcels(platform, Broken(CarrierUnavailable()))
    assert down.unavailable
    assert (await stands(platform))["parcel"]["state"] == "asked"
    refusing = Broken(CarrierRefused())
    assert (await move_parcels(platform, refusing)).returned == 1
    assert (refusing.seen[0].key, refusing.seen[0].address) == (CASE, "胡乐村12号")
    assert await either.fetch("SELECT code, about FROM tasks") == [("parcel_lost", CASE)]


async def test_what_comes_back_is_told_to_the_desk_once(either: SmallCentre) -> None:
    await put_record(either, "case", CASE, case_of(either, **ASKED))
    platform, _ = platform_with(either)
    for _ in range(3):
        await move_parcels(platform, Broken())
    assert (await stands(platform))["parcel"]["state"] == "returned"
    assert len(await either.fetch("SELECT 1 FROM tasks")) == 1


async def test_a_helper_hands_over_what_waits_in_the_village_and_writes_nothing_else(either: SmallCentre) -> None:
    waiting = {"state": "finished", "parcel": {"mode": "pickup", "state": "at_village"}}
    for record in (CASE, OTHER):
        await put_record(either, "case", record, case_of(either, **waiting))
    platform, _ = platform_with(either)
    device = await either.enrol(HELPER)
    base = await either.seen("case", CASE)
    taken = {"to": "王建国", "relation": "child", "at": "2026-11-21T10:00:00+08:00"}
    written = await either.send(
        device,
        either.change("case", "case.hand_over", CASE, {"handover": taken}, base=base),
        either.change(
            "case", "case.hand_over", OTHER, {"handover": {"to": "x"}}, base=await either.seen("case", OTHER)
        ),
    )
    assert [one.code.value for one in written.outcomes] == ["applied", "refused"]
    assert (await stands(platform))["state"] == "delivered"
