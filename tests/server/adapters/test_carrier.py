"""Two carriers, one protocol: the simulated one tells a way that only ever grows, the other keeps its contract."""

from __future__ import annotations

import json
from itertools import pairwise

import httpx
import pytest

from server.adapters.carrier import CarrierRefused, CarrierUnavailable, Consignment, HttpCarrier, SimulatedCarrier
from server.domain.cases.parcels import ParcelState
from sync.core.clock import iso

NOW = 1_795_000_000_000
DAY = 86_400_000
PARCEL = Consignment(key="c" * 32, number="34", from_place="341881106200", name="王秀英", phone="1", address="胡乐村")


async def test_the_simulated_way_is_the_same_every_time_and_only_grows() -> None:
    carrier = SimulatedCarrier()
    waybill = await carrier.dispatch(PARCEL, NOW)
    assert waybill == await carrier.dispatch(PARCEL, NOW + DAY)
    ways = [await carrier.track(waybill, iso(NOW), NOW + days * DAY) for days in range(6)]
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(ways))
    assert ways[0] == ()
    assert ways[-1][-1].state in (ParcelState.DELIVERED, ParcelState.RETURNED)


async def test_most_simulated_parcels_arrive_and_a_few_come_back() -> None:
    carrier, ends = SimulatedCarrier(), []
    for number in range(200):
        way = await carrier.track(f"EX{number:09}CN", iso(NOW), NOW + 9 * DAY)
        ends.append(way[-1].state)
    assert 0 < ends.count(ParcelState.RETURNED) < 20


def http(status: int, body: object, seen: list[httpx.Request]) -> HttpCarrier:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, json=body)

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://carrier.test")
    return HttpCarrier(client)


async def test_a_dispatch_over_http_names_its_key_and_gets_a_waybill() -> None:
    seen: list[httpx.Request] = []
    assert await http(201, {"waybill": "EX1"}, seen).dispatch(PARCEL, NOW) == "EX1"
    assert (seen[0].method, seen[0].url.path) == ("POST", "/consignments")
    assert seen[0].headers["idempotency-key"] == PARCEL.key
    assert set(json.loads(seen[0].content)) == {"number", "from_place", "name", "phone", "address"}


async def test_events_over_http_are_read_and_an_unknown_state_is_no_answer() -> None:
    seen: list[httpx.Request] = []
    told = {"events": [{"at": "2026-11-20T09:00:00+08:00", "state": "moving", "where": "合肥"}]}
    [event] = await http(200, told, seen).track("EX1", iso(NOW), NOW)
    assert (event.state, event.where) == (ParcelState.MOVING, "合肥")
    with pytest.raises(CarrierUnavailable):
        await http(200, {"events": [{"at": "x", "state": "flown"}]}, seen).track("EX1", iso(NOW), NOW)


@pytest.mark.parametrize(
    ("status", "raised"), [(422, CarrierRefused), (503, CarrierUnavailable), (429, CarrierUnavailable)]
)
async def test_never_and_not_now_are_told_apart(status: int, raised: type[Exception]) -> None:
    with pytest.raises(raised):
        await http(status, {}, []).dispatch(PARCEL, NOW)
