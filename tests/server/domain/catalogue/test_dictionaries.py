"""The code tables: no table is empty and helpers meet no fines."""

from server.domain.catalogue.dictionaries import APPLIED_FOR, DICTIONARIES


def test_every_code_has_a_name() -> None:
    assert len(DICTIONARIES) == 16
    assert all(name for table in DICTIONARIES.values() for name in table.values())


def test_helpers_meet_only_what_residents_apply_for() -> None:
    assert DICTIONARIES["item_type"].keys() - APPLIED_FOR == {"02", "03", "04", "06"}
