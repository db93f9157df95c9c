"""A light's first warning only adds to what was there."""

from server.storage.migrations.m0007_warnings import steps
from server.storage.unit_of_work import Engine


def test_both_engines_get_the_same_steps_and_nothing_is_taken_away() -> None:
    assert steps(Engine.SQLITE) == steps(Engine.POSTGRES)
    assert not any("DROP" in step or "DELETE" in step for step in steps(Engine.SQLITE))
