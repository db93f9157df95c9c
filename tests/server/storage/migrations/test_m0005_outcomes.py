"""Counts of outcomes are the same on both engines; PostgreSQL alone needs one more index."""

from server.storage.migrations.m0005_outcomes import steps
from server.storage.unit_of_work import Engine


def test_both_engines_get_the_same_table_and_postgres_an_index_it_can_read_alone() -> None:
    sqlite, postgres = steps(Engine.SQLITE), steps(Engine.POSTGRES)
    assert postgres[: len(sqlite) - 1] == sqlite[:-1], "the last fills the table, in each engine's words"
    assert [step.split()[2] for step in postgres[len(sqlite) :]] == ["cases_waits"]
    assert not any(step.startswith(("DROP", "ALTER", "UPDATE", "DELETE")) for step in postgres)
