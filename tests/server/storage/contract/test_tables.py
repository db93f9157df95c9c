"""The Tortoise models are the migrated schema, column by column."""

import re

from tortoise import Model, fields

from server.storage import tables
from server.storage.unit_of_work import Database, Engine

FAMILIES = {
    "BIGINT": "whole", "INT": "whole", "INTEGER": "whole", "SMALLINT": "whole", "INT8": "whole", "INT4": "whole",
    "INT2": "whole", "TEXT": "text", "VARCHAR": "text", "BLOB": "bytes", "BYTEA": "bytes", "BOOL": "truth",
    "BOOLEAN": "truth", "JSON": "json", "JSONB": "json",
}  # fmt: skip

SQLITE_COLUMNS = 'SELECT name, type, "notnull" = 0 FROM pragma_table_info(?)'
POSTGRES_COLUMNS = """SELECT column_name, udt_name, is_nullable = 'YES' FROM information_schema.columns
                      WHERE table_name = ? AND table_schema = current_schema()"""
SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"
POSTGRES_TABLES = "SELECT CAST(tablename AS text) FROM pg_tables WHERE schemaname = current_schema()"

Columns = dict[str, tuple[str, bool]]  # name → family of types, may be null


def models() -> dict[str, type[Model]]:
    found = [value for value in vars(tables).values() if isinstance(value, type) and issubclass(value, Model)]
    return {model._meta.db_table: model for model in found}


def as_modelled(model: type[Model], engine: Engine) -> Columns:
    columns: Columns = {}
    for name, column in model._meta.fields_db_projection.items():
        field = model._meta.fields_map[name]
        columns[column] = (family(str(field.get_for_dialect(engine.value, "SQL_TYPE"))), field.null)
    return columns


def family(sql_type: str) -> str:
    return FAMILIES[re.match(r"\w+", sql_type.upper())[0]]  # type: ignore[index]


async def as_migrated(database: Database, table: str) -> Columns:
    sql = SQLITE_COLUMNS if database.engine is Engine.SQLITE else POSTGRES_COLUMNS
    async with database.read() as snapshot:
        return {name: (family(kind), bool(null)) for name, kind, null in await snapshot.fetch(sql, (table,))}


async def test_every_model_has_its_table_and_every_column_its_type(database: Database) -> None:
    for table, model in models().items():
        assert await as_migrated(database, table) == as_modelled(model, database.engine), table


async def test_every_table_has_its_model(database: Database) -> None:
    sql = SQLITE_TABLES if database.engine is Engine.SQLITE else POSTGRES_TABLES
    async with database.read() as snapshot:
        found = {row[0] for row in await snapshot.fetch(sql)}
    assert found - {"probe"} == set(models())


def test_columns_of_different_families_are_told_apart() -> None:
    assert family(fields.BigIntField().SQL_TYPE) != family(fields.TextField().SQL_TYPE)
    assert family("VARCHAR(40)") == family("TEXT")
