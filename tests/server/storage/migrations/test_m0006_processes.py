"""The table of processes is the same on both engines, and only adds to what was there."""

from server.storage.migrations.m0006_processes import steps
from server.storage.unit_of_work import Engine


def test_one_table_is_added_and_nothing_changed() -> None:
    [made] = steps(Engine.SQLITE)
    assert made.startswith("CREATE TABLE processes (")
    assert steps(Engine.POSTGRES) == [made]
