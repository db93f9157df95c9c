"""`bangban migrate`."""

from pathlib import Path

from tests.command import bangban


def test_a_new_database_gets_its_schema_and_then_nothing_waits(tmp_path: Path) -> None:
    assert "initial" in bangban("migrate", "--data", tmp_path)
    assert "nothing was waiting" in bangban("migrate", "--data", tmp_path)
