"""Without an address everything works by itself; with one it is spoken to."""

from pathlib import Path

from server.adapters.carrier import HttpCarrier, SimulatedCarrier
from server.adapters.outside import open_outside
from server.adapters.province import FileProvince, HttpProvince


async def test_an_address_decides_who_is_spoken_to(tmp_path: Path) -> None:
    for address, carrier, province in (
        ("", SimulatedCarrier, FileProvince),
        ("http://o.test", HttpCarrier, HttpProvince),
    ):
        async with open_outside(
            carrier_url=address,
            carrier_token="t",
            province_url=address,
            province_token="t",
            outbound_folder=tmp_path,
        ) as outside:
            assert isinstance(outside.carrier, carrier)
            assert isinstance(outside.province, province)
