"""The console's tables are the same on both engines, and only add to what was there."""

import re

from server.storage.migrations.m0003_console import steps
from server.storage.unit_of_work import Engine


def test_both_engines_get_the_same_tables_and_nothing_is_changed() -> None:
    said = ["\n".join(steps(engine)) for engine in Engine]
    tables = [re.findall(r"CREATE TABLE (\w+)", one) for one in said]
    assert tables[0] == tables[1] == ["openings", "staff_challenges", "job_runs"]
    assert not re.search(r"\b(DROP|ALTER|UPDATE|DELETE)\b", said[0])


def test_each_step_is_one_statement() -> None:
    for engine in Engine:
        assert not [step for step in steps(engine) if ";" in step]
