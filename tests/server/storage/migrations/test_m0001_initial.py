"""The first schema can be made from nothing, and says the same to both engines."""

import re

import pytest

from server.storage.migrations import Migration
from server.storage.migrations.m0001_initial import steps
from server.storage.unit_of_work import Engine


def test_both_engines_get_the_same_tables() -> None:
    tables = [re.findall(r"CREATE TABLE (\w+)", "\n".join(steps(engine))) for engine in Engine]
    assert tables[0] == tables[1]
    assert "schema_version" in tables[0]


def test_each_step_is_one_statement() -> None:
    for engine in Engine:
        for step in steps(engine):
            assert ";" not in step.strip().rstrip(";"), step


FROZEN = {
    Engine.SQLITE: "756fd0bce2c2292c9ad261ed9e41557647ef0af45f77c1a7c27d867167cdc8ff",
    Engine.POSTGRES: "eee5ec312a0fdad9efe45d967142f812d4d9836fe1df4ee40bc0c033df56c697",
}


@pytest.mark.parametrize("engine", list(Engine))
def test_the_first_schema_is_never_edited_again(engine: Engine) -> None:
    """Databases remember this digest. What server/storage/schema/ gains is made by a later migration."""
    assert Migration(1, "initial", steps).digest(engine) == FROZEN[engine]
