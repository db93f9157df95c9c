"""A migration is whole or absent on both engines, whatever happens in the middle of it."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlcipher3 import dbapi2

from server.storage.errors import BadStatement, DatabaseAbsent, SchemaBehind, SchemaDiffers, SchemaTooNew
from server.storage.migrate import MigrationReport, migrate
from server.storage.migrations import MIGRATIONS, Migration, m0001_initial
from server.storage.open import open_database
from server.storage.unit_of_work import Engine
from tests.postgres import PostgresServer


def first(engine: Engine) -> list[str]:
    return [
        "CREATE TABLE schema_version (version BIGINT PRIMARY KEY, name TEXT, digest TEXT, applied_at BIGINT)",
        "CREATE TABLE parent (id BIGINT PRIMARY KEY, name TEXT)",
        "CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT NOT NULL REFERENCES parent (id) ON DELETE CASCADE)",
        "CREATE INDEX parent_by_name ON parent (name)",
        "INSERT INTO parent (id, name) VALUES (1, 'one')",
        "INSERT INTO child (id, parent) VALUES (10, 1)",
    ]


def rebuild(engine: Engine) -> list[str]:
    if engine is Engine.POSTGRES:
        return ["ALTER TABLE parent ALTER COLUMN name SET NOT NULL"]
    return [
        "CREATE TABLE parent_new (id BIGINT PRIMARY KEY, name TEXT NOT NULL)",
        "INSERT INTO parent_new (id, name) SELECT id, name FROM parent",
        "DROP TABLE parent",
        "ALTER TABLE parent_new RENAME TO parent",
        "CREATE INDEX parent_by_name ON parent (name)",
    ]


ONE = (Migration(1, "first", first),)
TWO = (*ONE, Migration(2, "rebuild", rebuild))


def with_second(steps: list[str]) -> tuple[Migration, ...]:
    return (*ONE, Migration(2, "second", lambda engine: steps))


class Place:
    """An empty database, and a way to look into it that is not ours."""

    def __init__(self, url: str) -> None:
        self.url = url

    def migrate(
        self, migrations: tuple[Migration, ...], on_step: Callable[[str], None] = lambda _: None
    ) -> MigrationReport:
        return asyncio.run(migrate(self.url, now_ms=1, migrations=migrations, on_step=on_step))

    def execute(self, sql: str) -> None:
        assert self.rows(sql) == []

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        if self.url.startswith("sqlite"):
            raw = dbapi2.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)
            try:
                return [tuple(row) for row in raw.execute(sql)]
            finally:
                raw.close()
        return asyncio.run(self._postgres_rows(sql))

    async def _postgres_rows(self, sql: str) -> list[tuple[object, ...]]:
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    def state(self) -> tuple[int, bool, bool]:
        """The version, whether a parent must have a name, and whether everything else is as it was."""
        (version,) = self.rows("SELECT max(version) FROM schema_version")[0]
        kept = self.rows("SELECT child.id, name FROM child JOIN parent ON parent.id = child.parent") == [(10, "one")]
        assert isinstance(version, int)
        return version, not self._name_is_nullable(), kept

    def _name_is_nullable(self) -> bool:
        if self.url.startswith("sqlite"):
            return self.rows("SELECT \"notnull\" FROM pragma_table_info('parent') WHERE name = 'name'") == [(0,)]
        sql = "SELECT is_nullable FROM information_schema.columns WHERE table_name = 'parent' AND column_name = 'name'"
        return self.rows(sql) == [("YES",)]


@pytest.fixture(params=[Engine.SQLITE, Engine.POSTGRES], ids=lambda engine: engine.value)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param is Engine.SQLITE:
        yield Place(f"sqlite:///{tmp_path}/centre.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    with server.database(empty=True) as url:
        yield Place(url)


def test_what_waits_is_run_once_and_in_order(place: Place) -> None:
    assert place.migrate(TWO).applied == ("first", "rebuild")
    assert place.migrate(TWO) == MigrationReport((), 2, None)
    assert place.rows("SELECT version, name, applied_at FROM schema_version ORDER BY version") == [
        (1, "first", 1),
        (2, "rebuild", 1),
    ]


def test_rebuilding_a_table_keeps_the_rows_that_point_to_it(place: Place) -> None:
    place.migrate(ONE)
    place.migrate(TWO)
    assert place.state() == (2, True, True)


def test_killed_at_any_step_the_schema_is_the_old_one_or_the_new_one(place: Place) -> None:
    place.migrate(ONE)
    survivors = 0
    while True:
        child = os.fork()
        if child == 0:
            # Whatever happens, the child must not go on to be a second test run.
            try:
                place.migrate(TWO, on_step=_kill_at(survivors))
                os._exit(0)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            break
        assert os.WTERMSIG(status) == signal.SIGKILL
        assert place.state() == (1, False, True)
        survivors += 1
    assert survivors >= 3
    assert place.state() == (2, True, True)


def _kill_at(number: int) -> Callable[[str], None]:
    seen = iter(range(1_000))

    def on_step(_: str) -> None:
        if next(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_step


def test_a_step_that_fails_undoes_those_before_it(place: Place) -> None:
    place.migrate(ONE)
    with pytest.raises(BadStatement):
        place.migrate(with_second(["UPDATE parent SET name = 'two'", "ALTER TABLE nowhere ADD COLUMN x TEXT"]))
    assert place.state() == (1, False, True)


def test_a_newer_database_is_refused_untouched(place: Place) -> None:
    place.migrate(TWO)
    with pytest.raises(SchemaTooNew, match="newer program"):
        place.migrate(ONE)
    assert place.state() == (2, True, True)


def test_an_edited_migration_is_noticed(place: Place) -> None:
    place.migrate(ONE)
    edited = Migration(1, "first", lambda engine: [*first(engine), "SELECT 1"])
    with pytest.raises(SchemaDiffers, match="migration 1"):
        place.migrate((edited, TWO[1]))


def test_someone_elses_database_is_refused_untouched(place: Place) -> None:
    place.execute("CREATE TABLE theirs (id BIGINT PRIMARY KEY)")
    with pytest.raises(SchemaDiffers, match="not ours"):
        place.migrate(ONE)
    assert place.rows("SELECT count(*) FROM theirs") == [(0,)]


def test_a_schema_changed_by_hand_stops_the_next_migration(place: Place) -> None:
    place.migrate(ONE)
    place.execute("DROP INDEX parent_by_name")
    with pytest.raises(SchemaDiffers, match="parent_by_name"):
        place.migrate(with_second(["CREATE TABLE more (id BIGINT PRIMARY KEY)"]))
    assert place.state() == (1, False, True)


def test_opening_asks_for_the_migrations_that_wait(place: Place) -> None:
    with pytest.raises(DatabaseAbsent, match="there is no"):
        asyncio.run(open_and_close(place.url))
    place.migrate(MIGRATIONS[:1])
    with pytest.raises(SchemaBehind, match=MIGRATIONS[1].name):
        asyncio.run(open_and_close(place.url))
    place.migrate(MIGRATIONS)
    asyncio.run(open_and_close(place.url))


def test_an_older_centre_is_told_what_its_cases_and_lights_say_already(place: Place) -> None:
    """The columns that a migration fills are those that the program would write."""
    place.migrate(MIGRATIONS[:4])
    kept = "version, rev, natural_keys, stamps, body) VALUES"
    for number, words in enumerate(("on_time days:4", "late returned", "void")):
        place.execute(
            f"INSERT INTO cases (id, bucket, finished_at, tally, {kept} "
            f"('{number}', 'place:a', '2026-11-10T09:00:00+08:00', '{words}', 1, 1, '', '', '')"
        )
    for light, level in (("b", "blue"), ("r", "red")):
        place.execute(
            f"INSERT INTO lights (id, bucket, level, holder, level_since, {kept} "
            f"('{light}', 'desk:a', '{level}', 'unit:u', '2026-11-10T09:00:00+08:00', 1, 1, '', '', '')"
        )
    place.migrate(MIGRATIONS)
    counted = "SELECT number, void, on_time, late, returned, delivered, delivery_days FROM outcome_counts"
    assert place.rows(f"{counted} WHERE bucket = 'place:a' AND finished_at = '2026-11-10'") == [(3, 1, 1, 1, 1, 1, 4)]
    assert place.rows("SELECT id, warned_at, warned_holder FROM lights ORDER BY id") == [
        ("b", None, None),
        ("r", "2026-11-10T09:00:00+08:00", "unit:u"),
    ]


async def open_and_close(url: str) -> None:
    database = await open_database(url)
    await database.close()


def test_opening_a_newer_database_is_refused(place: Place) -> None:
    extra = Migration(len(MIGRATIONS) + 1, "tomorrow", lambda engine: ["CREATE TABLE tomorrow (id BIGINT PRIMARY KEY)"])
    place.migrate((*MIGRATIONS, extra))
    with pytest.raises(SchemaTooNew):
        asyncio.run(open_and_close(place.url))


def test_the_first_migration_is_named_by_its_module() -> None:
    assert MIGRATIONS[0].steps is m0001_initial.steps
