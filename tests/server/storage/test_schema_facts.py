"""Two schemas are told apart by whatever matters, and by nothing else."""

import pytest
from sqlcipher3 import dbapi2

from server.storage.schema_facts import describe_sqlite

BASE = "CREATE TABLE a (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x', other BLOB)"


def facts(*statements: str) -> frozenset[str]:
    raw = dbapi2.connect(":memory:", isolation_level=None)
    try:
        for statement in statements:
            raw.execute(statement)
        return describe_sqlite(raw)
    finally:
        raw.close()


@pytest.mark.parametrize(
    "other",
    [
        (BASE.replace("TEXT", "BLOB"),),
        (BASE.replace("NOT NULL", ""),),
        (BASE.replace("'x'", "'y'"),),
        (BASE.replace("other", "another"),),
        (BASE + " STRICT",),
        (BASE + " WITHOUT ROWID",),
        (BASE.replace("other BLOB", "other BLOB UNIQUE"),),
        (BASE.replace("other BLOB", "other BLOB REFERENCES a (id)"),),
        (BASE, "CREATE TABLE b (id INTEGER)"),
        (BASE, "CREATE INDEX i ON a (name)"),
        (BASE, "CREATE TRIGGER t AFTER DELETE ON a BEGIN SELECT 1; END"),
        (BASE, "CREATE VIEW v AS SELECT id FROM a"),
    ],
    ids=lambda statements: statements[-1][-60:],
)
def test_every_difference_is_seen(other: tuple[str, ...]) -> None:
    assert facts(BASE) != facts(*other)


def test_indexes_differ_by_direction_and_condition() -> None:
    indexes = ["(name)", "(name DESC)", "(name) WHERE id > 1", "(name) WHERE id > 2", "(name, id)"]
    assert len({facts(BASE, f"CREATE INDEX i ON a {index}") for index in indexes}) == len(indexes)


def test_a_table_rebuilt_or_grown_is_the_same_as_a_fresh_one() -> None:
    rebuilt = facts(BASE.replace("TABLE a", "TABLE a_new"), "ALTER TABLE a_new RENAME TO a")
    grown = facts(BASE.replace(", other BLOB", ""), "ALTER TABLE a ADD COLUMN other BLOB")
    assert facts(BASE) == rebuilt == grown
