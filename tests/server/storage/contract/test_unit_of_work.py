"""What both engines promise of write() and read()."""

import asyncio

import pytest
from tortoise.exceptions import IntegrityError

from server.storage.errors import BadStatement, ConstraintViolation, UniqueViolation, UnitOfWorkEnded
from server.storage.tables import SchemaVersion
from server.storage.unit_of_work import Database, Row, Transaction

INSERT = "INSERT INTO probe (id, name, body) VALUES (?, ?, ?)"


async def names(database: Database) -> list[Row]:
    async with database.read() as snapshot:
        return await snapshot.fetch("SELECT id, name FROM probe ORDER BY id")


async def test_what_a_write_unit_wrote_is_read_afterwards(database: Database) -> None:
    async with database.write() as tx:
        assert await tx.execute(INSERT, (1, "one", b"\x00\xff")) == 1
        await tx.execute_many(INSERT, [(2, "two", b""), (3, None, None)])
        assert await tx.execute("UPDATE probe SET name = ? WHERE id > ?", ("same?", 9)) == 0
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT id, name, body FROM probe ORDER BY id") == [
            (1, "one", b"\x00\xff"),
            (2, "two", b""),
            (3, None, None),
        ]


async def test_an_error_in_the_block_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write() as tx:
            await tx.execute(INSERT, (1, "one", b""))
            raise ZeroDivisionError
    assert await names(database) == []


async def test_a_batch_runs_its_statements_in_order(database: Database) -> None:
    async with database.write() as tx:
        await tx.batch(
            [
                (INSERT, [(1, "one", b""), (2, "two", b"")]),
                ("UPDATE probe SET name = ? WHERE id = ?", [("first", 1)]),
                ("DELETE FROM probe WHERE id IN (?*)", [([2, 7],)]),
                (INSERT, []),
            ]
        )
    assert await names(database) == [(1, "first")]


@pytest.mark.parametrize("count", [0, 1, 49, 50, 300])
async def test_insert_many_inserts_every_row_whatever_their_number(database: Database, count: int) -> None:
    rows = [(number, f"n{number}", bytes([number % 256])) for number in range(count)]
    async with database.write() as tx:
        await tx.insert_many("probe", ("id", "name", "body"), rows)
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT id, name, body FROM probe ORDER BY id") == rows


async def test_lists_of_any_length_find_their_rows(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute_many(INSERT, [(number, f"n{number}", bytes([number])) for number in range(9)])
    async with database.read() as snapshot:
        for length in range(9):
            bodies = [bytes([number]) for number in range(length)]
            found = await snapshot.fetch("SELECT count(*) FROM probe WHERE body IN (?*) AND id < ?", (bodies, 100))
            assert found == [(length,)]
            absent = await snapshot.fetch("SELECT count(*) FROM probe WHERE id < ? AND body NOT IN (?*)", (100, bodies))
            assert absent == [(9 - length,)]


async def test_fetch_each_answers_every_query_in_order(database: Database) -> None:
    async with database.read() as snapshot:
        queries = [("SELECT count(*) FROM probe", ()), ("SELECT id FROM probe WHERE id = ?", (1,))]
        assert await snapshot.fetch_each(queries) == [[(0,)], []]
        assert await snapshot.fetch_one("SELECT id FROM probe WHERE id = ?", (1,)) is None


async def test_a_read_unit_sees_one_moment(database: Database) -> None:
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT count(*) FROM probe") == [(0,)]
        await asyncio.create_task(insert_one(database, 1))
        assert await snapshot.fetch("SELECT count(*) FROM probe") == [(0,)]
    assert await names(database) == [(1, "name 1")]


async def insert_one(database: Database, number: int) -> None:
    async with database.write() as tx:
        await tx.execute(INSERT, (number, f"name {number}", b""))


async def test_a_read_unit_goes_on_while_a_write_unit_is_open(database: Database) -> None:
    async with database.write() as tx:
        await tx.execute(INSERT, (1, "one", b""))
        assert await asyncio.create_task(names(database)) == []


async def test_a_read_unit_cannot_write(database: Database) -> None:
    with pytest.raises(BadStatement):
        async with database.read() as snapshot:
            assert isinstance(snapshot, Transaction)
            await snapshot.execute(INSERT, (1, "one", b""))
    assert await names(database) == []


async def test_a_repeated_key_names_its_table_and_columns(database: Database) -> None:
    await insert_one(database, 1)
    with pytest.raises(UniqueViolation) as refused:
        async with database.write() as tx:
            await tx.execute(INSERT, (2, "name 1", b""))
    assert refused.value.constraint == "probe(name)"
    assert isinstance(refused.value, IntegrityError)
    assert "name 1" not in str(refused.value)


async def test_a_reference_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(ConstraintViolation):
        async with database.write() as tx:
            await tx.execute("INSERT INTO probe (id, parent) VALUES (?, ?)", (1, 99))
    assert await names(database) == []


async def test_a_failed_statement_dooms_its_unit_even_when_caught(database: Database) -> None:
    with pytest.raises(UnitOfWorkEnded):
        async with database.write() as tx:
            await tx.execute(INSERT, (1, "one", b""))
            with pytest.raises(UniqueViolation):
                await tx.execute(INSERT, (1, "again", b""))
    assert await names(database) == []
    await insert_one(database, 1)


async def test_wrong_sql_and_wrong_parameters_are_a_programmers_mistake(database: Database) -> None:
    for sql, params in [("SELECT nonsense FROM nowhere", ()), (INSERT, (1,)), (INSERT, (2**70, "big", b""))]:
        with pytest.raises(BadStatement):
            async with database.write() as tx:
                await tx.execute(sql, params)
    assert await names(database) == []


async def test_a_task_that_outlives_its_unit_can_write_nothing(database: Database) -> None:
    async with database.write() as tx:
        may_go_on = asyncio.Event()

        async def outlive() -> None:
            await may_go_on.wait()
            await tx.execute(INSERT, (1, "late", b""))

        async def outlive_by_model() -> None:
            await may_go_on.wait()
            await SchemaVersion.create(version=99, name="late", digest="", applied_at=0)

        late = [asyncio.create_task(outlive()), asyncio.create_task(outlive_by_model())]
    may_go_on.set()
    for result in await asyncio.gather(*late, return_exceptions=True):
        assert isinstance(result, UnitOfWorkEnded)
    assert await names(database) == []


async def test_a_task_opens_one_unit_at_a_time(database: Database) -> None:
    async with database.write():
        with pytest.raises(AssertionError, match="unit of work open"):
            async with database.read():
                pass


async def test_models_work_inside_a_unit_and_roll_back_with_it(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.write():
            await SchemaVersion.create(version=77, name="x", digest="", applied_at=0)
            assert await SchemaVersion.filter(version=77).count() == 1
            raise ZeroDivisionError
    async with database.write():
        await SchemaVersion.bulk_create([SchemaVersion(version=n, name="x", digest="", applied_at=0) for n in (78, 79)])
        await SchemaVersion.filter(version=78).delete()
    async with database.read():
        assert [one.version for one in await SchemaVersion.filter(version__gt=50)] == [79]


async def test_models_get_or_create_survives_inside_a_unit(database: Database) -> None:
    async with database.write() as tx:
        first = await SchemaVersion.get_or_create(version=50, defaults={"name": "x", "digest": "", "applied_at": 0})
        again = await SchemaVersion.get_or_create(version=50, defaults={"name": "y", "digest": "", "applied_at": 0})
        assert (first[1], again[1]) == (True, False)
        await tx.execute(INSERT, (1, "one", b""))
    assert await names(database) == [(1, "one")]


async def test_models_outside_a_unit_are_refused(database: Database) -> None:
    with pytest.raises(RuntimeError, match="TortoiseContext"):
        await SchemaVersion.all().count()


async def test_statements_of_several_tasks_in_one_unit_take_turns(database: Database) -> None:
    async with database.write() as tx:
        await asyncio.gather(*(tx.execute(INSERT, (number, f"n{number}", b"")) for number in range(20)))
    assert len(await names(database)) == 20


async def test_writers_take_turns_and_lose_no_update(database: Database) -> None:
    await insert_one(database, 0)

    async def raise_parent() -> None:
        async with database.write() as tx:
            await tx.lock_keys([5, -3, 5])
            row = await tx.fetch_one("SELECT CAST(name AS BIGINT) FROM probe WHERE id = 1")
            assert row is not None
            await tx.execute("UPDATE probe SET name = CAST(? AS TEXT) WHERE id = 1", (str(row[0] + 1),))

    async with database.write() as tx:
        await tx.execute(INSERT, (1, "0", b""))
    await asyncio.gather(*(raise_parent() for _ in range(20)))
    assert (await names(database))[1] == (1, "20")
