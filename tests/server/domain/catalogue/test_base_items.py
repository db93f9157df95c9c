"""What keeps a base item from being published."""

from datetime import date

import pytest

from server.domain.catalogue.base_items import base_item_id, check_base_item, is_valid_on
from server.domain.check_context import CheckContext
from server.domain.record_fields import Fields

ON = date(2026, 11, 22)
SOUND: Fields = {
    "code": "002014006009",
    "name": "居保注销",
    "level": "6",
    "status": "active",
    "version": 1,
    "type": "20",
}


def test_a_sound_one_passes_and_its_id_follows_from_level_and_code() -> None:
    assert check_base_item(SOUND, CheckContext(on=ON)) == []
    assert base_item_id("6", "002014006009") != base_item_id("5", "002014006009")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"code": "12"}, "base_item_code"),
        ({"parent": "x"}, "base_item_code"),
        ({"level": "7"}, "value_unknown"),
        ({"level": "45"}, "value_unknown"),
        ({"type": "99"}, "value_unknown"),
        ({"type": "01"}, "code_type_differs"),
        ({"status": "gone"}, "state_unknown"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "validity_order"),
        ({"name": ""}, "field_missing"),
    ],
)
def test_each_fault_is_told(changed: Fields, code: str) -> None:
    assert [one.code for one in check_base_item({**SOUND, **changed}, CheckContext(on=ON))] == [code]


def test_a_synthetic_code_says_nothing_of_its_type() -> None:
    assert check_base_item({**SOUND, "code": "990720001000"}, CheckContext(on=ON)) == []


def test_it_stands_from_its_first_day_to_its_last() -> None:
    dated = {**SOUND, "valid_from": "2026-11-22", "valid_until": "2026-11-30"}
    days = [date(2026, 11, day) for day in (21, 22, 30)] + [date(2026, 12, 1)]
    assert [is_valid_on(dated, day) for day in days] == [False, True, True, False]
    assert not is_valid_on({**SOUND, "status": "cancelled"}, ON)
