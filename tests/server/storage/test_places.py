"""The directory comes back as it was written, on both engines."""

from pathlib import Path

from server.domain.people.entitlement import ListedPlace
from server.domain.places import Level
from server.storage.places import PlaceRow, UnitRow, all_places, insert_places, insert_units, read_directory
from tests.small_centre import small_centre

TOWN = PlaceRow("341881106000", "胡乐镇", "胡乐镇", Level.TOWN, "341881000000", "镇")
VILLAGE = PlaceRow("341881106200", "胡乐村", "胡乐村委会", Level.VILLAGE, TOWN.code, "村委会")
UNIT = UnitRow("u" * 32, "54341881YY10620000", "胡乐村村民委员会", VILLAGE.code, "", True)


async def test_what_lies_where_is_told_by_links(tmp_path: Path) -> None:
    async with small_centre(tmp_path, load=False) as small:
        async with small.centre.database.write() as tx:
            await insert_places(tx, [VILLAGE, TOWN])
            await insert_units(tx, [UNIT])
        async with small.centre.database.read() as snapshot:
            assert await all_places(snapshot) == [TOWN, VILLAGE]
            directory = await read_directory(snapshot)
        assert directory.place(VILLAGE.code) == ListedPlace(VILLAGE.code, Level.VILLAGE, TOWN.code)
        assert directory.below(TOWN.code) == (VILLAGE.code,)
        assert directory.units_at(VILLAGE.code) == (UNIT.id,)
