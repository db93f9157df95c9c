"""Who carries results to residents: the protocol, a carrier that is only simulated, and one over HTTP.

Laws: dispatching the same key twice is one parcel, so a call whose answer was lost is simply made again. Tracking tells
everything so far; who asks keeps what is new. A carrier that cannot be reached raises CarrierUnavailable and nothing
else, and is asked again later. docs/adapters.md is the contract of the HTTP side.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol, TypeVar

import httpx
import msgspec

from server.domain.cases.parcels import ParcelState, TrackingEvent
from sync.core.clock import from_iso, iso

_T = TypeVar("_T")
TIMEOUT_S = 10.0
_HOUR_MS = 3_600_000


class CarrierUnavailable(Exception):
    """Not now: ask again later."""


class CarrierRefused(Exception):
    """Never: the carrier does not take this parcel; a desk must see to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """`key`: the same for the same parcel, whenever it is sent. `from_place`: the 12-digit place of the desk."""

    key: str
    number: str
    from_place: str
    name: str
    phone: str
    address: str


class Carrier(Protocol):
    name: str

    async def dispatch(self, consignment: Consignment, now_ms: int) -> str:
        """The waybill's number."""
        ...

    async def track(self, waybill: str, dispatched_at: str, now_ms: int) -> tuple[TrackingEvent, ...]:
        """All that is known of it."""
        ...


class SimulatedCarrier:
    """Carries nothing and tells a plausible way: what happens when follows from the waybill alone."""

    name = "simulated"

    async def dispatch(self, consignment: Consignment, now_ms: int) -> str:
        digits = int.from_bytes(hashlib.sha256(consignment.key.encode()).digest()[:6], "big") % 10**9
        return f"EX{digits:09}CN"

    async def track(self, waybill: str, dispatched_at: str, now_ms: int) -> tuple[TrackingEvent, ...]:
        draw = hashlib.sha256(waybill.encode()).digest()
        start = from_iso(dispatched_at)
        hours = (2 + draw[0] % 6, 14 + draw[1] % 12, 30 + draw[2] % 24, 56 + draw[3] % 24)
        # One in 32 comes back, as about three in a hundred do.
        last = ParcelState.RETURNED if draw[4] % 32 == 0 else ParcelState.DELIVERED
        way = (
            (hours[0], ParcelState.MOVING, "宣城邮件处理中心", ""),
            (hours[1], ParcelState.MOVING, "县邮政分公司", ""),
            (hours[2], ParcelState.ARRIVING, "乡镇邮政所", ""),
            (hours[3], last, "乡镇邮政所", "本人" if last is ParcelState.DELIVERED else ""),
        )
        return tuple(
            TrackingEvent(iso(start + after * _HOUR_MS), state, where, signed)
            for after, state, where, signed in way
            if start + after * _HOUR_MS <= now_ms
        )


class _Waybill(msgspec.Struct, frozen=True):
    waybill: str


class _Event(msgspec.Struct, frozen=True):
    at: str
    state: ParcelState
    where: str = ""
    signed_by: str = ""


class _Events(msgspec.Struct, frozen=True):
    events: list[_Event]


class HttpCarrier:
    """Speaks the contract of docs/adapters.md. `client` is the caller's, with its base address and credentials."""

    name = "ems"

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def dispatch(self, consignment: Consignment, now_ms: int) -> str:
        told = {
            "number": consignment.number,
            "from_place": consignment.from_place,
            "name": consignment.name,
            "phone": consignment.phone,
            "address": consignment.address,
        }
        content = await self._ask("POST", "/consignments", told, {"Idempotency-Key": consignment.key})
        return _decoded(content, _Waybill).waybill

    async def track(self, waybill: str, dispatched_at: str, now_ms: int) -> tuple[TrackingEvent, ...]:
        content = await self._ask("GET", f"/consignments/{waybill}/events", None, {})
        events = _decoded(content, _Events).events
        return tuple(TrackingEvent(one.at, one.state, one.where, one.signed_by) for one in events)

    async def _ask(self, method: str, path: str, told: object, headers: dict[str, str]) -> bytes:
        try:
            answer = await self._client.request(method, path, json=told, headers=headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise CarrierUnavailable(type(error).__name__) from None
        if answer.status_code in (400, 409, 422):
            raise CarrierRefused(f"{answer.status_code}")
        if not answer.is_success:
            raise CarrierUnavailable(f"{answer.status_code}")
        return answer.content


def _decoded(content: bytes, shape: type[_T]) -> _T:
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.MsgspecError as error:
        raise CarrierUnavailable(f"an answer that is none: {error}") from None
