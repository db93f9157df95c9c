"""Opens the adapters as the settings say: what works by itself, unless there is an address to speak to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from server.adapters.carrier import Carrier, HttpCarrier, SimulatedCarrier
from server.adapters.licences import HttpRegister, LicenceRegister
from server.adapters.province import FileProvince, HttpProvince, Province


@dataclass(frozen=True)
class Outside:
    """Everything beyond the centre that it speaks to. Without a register of licences the centre asks its own."""

    province: Province
    carrier: Carrier = field(default_factory=SimulatedCarrier)
    licences: LicenceRegister | None = None


@asynccontextmanager
async def open_outside(
    *,
    carrier_url: str,
    carrier_token: str,
    province_url: str,
    province_token: str,
    outbound_folder: Path,
    licence_url: str = "",
    licence_key: str = "",
) -> AsyncIterator[Outside]:
    """Its connections are closed with it."""
    async with AsyncExitStack() as stack:

        async def client(address: str, token: str) -> httpx.AsyncClient:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            return await stack.enter_async_context(httpx.AsyncClient(base_url=address, headers=headers))

        yield Outside(
            carrier=HttpCarrier(await client(carrier_url, carrier_token)) if carrier_url else SimulatedCarrier(),
            province=HttpProvince(await client(province_url, province_token))
            if province_url
            else FileProvince(outbound_folder),
            licences=HttpRegister(await client(licence_url, ""), licence_key.encode()) if licence_url else None,
        )
