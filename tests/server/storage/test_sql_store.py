"""What a database adds to the store's contract: locks, sealed rows, and a centre that is founded once."""

import asyncio
from contextvars import Context
from pathlib import Path

import msgspec

from server.storage.sql_store import SqlStore, found_centre, lock_key
from tests.centre import START, VILLAGE, StoreKind, ident, open_centre, resident, sealing

BUCKET = f"place:{VILLAGE}"


async def test_a_centre_is_founded_once(tmp_path: Path) -> None:
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        assert centre.database is not None
        await found_centre(centre.database, "another", START)
        async with centre.store.read() as unit:
            assert (await unit.centre()).epoch == "epoch1"


async def test_names_of_people_are_nowhere_in_the_file(tmp_path: Path) -> None:
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        wang = await centre.enrol("wang", BUCKET)
        await wang.tell([resident(wang, 1, name="汪秀英", citizen_id="341802193507020027")])
        await wang.read_all()
        change = wang.change("resident", next(iter(wang.rows)), "resident.edit", name="汪秀云")
        await wang.tell([change])
    files = list(tmp_path.iterdir())  # noqa: ASYNC240 - nothing else runs here
    assert files
    for file in files:
        held = file.read_bytes()
        assert "汪秀".encode() not in held, file
        assert b"341802193507020027" not in held, file


async def test_names_of_people_are_in_no_table_of_a_server(tmp_path: Path, postgres_url: str) -> None:
    async with open_centre(StoreKind.POSTGRES, tmp_path, postgres_url) as centre:
        wang = await centre.enrol("wang", BUCKET)
        await wang.tell([resident(wang, 1, name="汪秀英", citizen_id="341802193507020027")])
        await wang.read_all()
        base = wang.base_of(ident("resident", wang.device, 1))
        await wang.tell(
            [wang.change("resident", ident("resident", wang.device, 1), "resident.edit", base, name="汪秀云")]
        )
        assert centre.database is not None
        async with centre.database.read() as snapshot:
            tables = await snapshot.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            held = {name: repr(await snapshot.fetch(f'SELECT * FROM "{name}"')) for (name,) in tables}
    assert len(held["residents"]) > 100
    assert len(held["history"]) > 100, "what it was before is kept"
    for name, rows in held.items():
        assert "汪秀" not in rows, name
        assert repr("汪秀".encode())[2:-1] not in rows, name
        assert "341802193507020027" not in rows, name


async def test_what_one_transaction_holds_another_does_not_get(tmp_path: Path, postgres_url: str) -> None:
    async with open_centre(StoreKind.POSTGRES, tmp_path, postgres_url) as centre:
        wang = await centre.enrol("wang", BUCKET)

        async def try_to_take(ident: str) -> bool:
            async with centre.store.write() as unit:
                return await unit.try_lock([ident])

        async def elsewhere(ident: str) -> bool:
            return await asyncio.create_task(try_to_take(ident), context=Context())

        async with centre.store.write() as unit:
            await unit.lock([wang.device], [ident(1)])
            assert [await elsewhere(ident(1)), await elsewhere(ident(2))] == [False, True]
        assert await elsewhere(ident(1))


async def test_what_is_looked_at_many_hold_and_whoever_writes_it_holds_it_alone(
    tmp_path: Path, postgres_url: str
) -> None:
    async with open_centre(StoreKind.POSTGRES, tmp_path, postgres_url) as centre:

        async def take(alone: list[str], looked_at: list[str]) -> bool:
            async with centre.store.write() as unit:
                return await unit.try_lock(alone, looked_at)

        async def elsewhere(alone: list[str], looked_at: list[str]) -> bool:
            return await asyncio.create_task(take(alone, looked_at), context=Context())

        async with centre.store.write() as unit:
            await unit.lock([], [ident(1)], [ident(1), ident(2)])
            assert await elsewhere([ident(3)], [ident(2)])
            assert not await elsewhere([ident(2)], [])
            assert not await elsewhere([], [ident(1)])
            assert await unit.try_lock([ident(2)], [])
            assert not await elsewhere([], [ident(2)])


async def test_two_transactions_begin_a_bucket_one_after_the_other(tmp_path: Path, postgres_url: str) -> None:
    async with open_centre(StoreKind.POSTGRES, tmp_path, postgres_url) as centre:
        phones = [await centre.enrol(f"phone{number}", BUCKET) for number in range(4)]
        await asyncio.gather(*(phone.tell([resident(phone, 1)]) for phone in phones))
        await phones[0].read_all()
        assert sorted(version for _, version, _ in phones[0].rows.values()) == [1, 2, 3, 4]


async def test_derived_columns_follow_the_body(tmp_path: Path) -> None:
    async with open_centre(StoreKind.SQLITE, tmp_path) as centre:
        assert centre.database is not None
        assert isinstance(centre.store, SqlStore)
        wang = await centre.enrol("wang", BUCKET)
        line = resident(wang, 1, name="汪秀英")
        await wang.tell([line])
        async with centre.database.read() as snapshot:
            [[index]] = await snapshot.fetch("SELECT name_index FROM residents", ())
        assert index == sealing().keyed_index("汪秀英")
        await wang.read_all()
        record = msgspec.json.decode(line)["record"]
        await wang.tell([wang.change("resident", record, "resident.edit", wang.base_of(record), name="汪秀云")])
        async with centre.database.read() as snapshot:
            [[index]] = await snapshot.fetch("SELECT name_index FROM residents", ())
        assert index == sealing().keyed_index("汪秀云")


def test_ids_are_locked_by_signed_64_bits() -> None:
    keys = {lock_key(ident(number)) for number in range(1000)}
    assert len(keys) == 1000
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert min(keys) < 0 < max(keys)
