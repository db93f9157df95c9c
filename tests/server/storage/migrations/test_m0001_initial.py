"""The first schema can be made from nothing, and says the same to both engines."""

import re

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
