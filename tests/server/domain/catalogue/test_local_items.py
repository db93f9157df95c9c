"""What a site shows is computed from the standard and what it keeps of its own."""

from datetime import date

import pytest

from server.domain.catalogue.local_items import (
    check_local_item,
    departing_fields,
    departures,
    local_item_id,
    shown_item,
)
from server.domain.check_context import CheckContext
from server.domain.record_fields import Fields

ITEM = "e" * 32
STANDARD: Fields = {"name": "高龄津贴", "promise_days": 10, "visits": 0, "condition": "80岁", "hours": ""}
SITE: Fields = {"unit": "u", "place_text": "胡乐村便民点", "hours": "8:00-17:30", "phone": "0563-4012345"}
LOCAL: Fields = {
    "unit": "u",
    "item": ITEM,
    "hours": "周一至周五",
    "f.promise_days": 5,
    "why.promise_days": "本村当日上报",
}


def problems(fields: Fields, records: dict[str, Fields] | None = None) -> list[str]:
    context = CheckContext(on=date(2026, 11, 22), records={ITEM: STANDARD} if records is None else records)
    return [one.code for one in check_local_item(fields, context)]


def test_a_site_shows_the_standard_with_its_own_over_it() -> None:
    shown = shown_item(STANDARD, LOCAL, SITE)
    assert shown["name"] == "高龄津贴"
    assert (shown["where"], shown["consult_phone"]) == ("胡乐村便民点", "0563-4012345")
    assert (shown["hours"], shown["promise_days"]) == ("周一至周五", 5)
    assert shown_item(STANDARD, None) == STANDARD


def test_one_edit_of_the_standard_shows_at_every_site_that_does_not_depart() -> None:
    edited = {**STANDARD, "condition": "年满80周岁", "promise_days": 8}
    assert shown_item(edited, None, SITE)["promise_days"] == 8
    assert shown_item(edited, LOCAL)["promise_days"] == 5
    assert shown_item(edited, LOCAL)["condition"] == "年满80周岁"


def test_no_site_is_worse_than_the_standard_has_become_since() -> None:
    better = {**STANDARD, "promise_days": 4}
    assert shown_item(better, LOCAL)["promise_days"] == 4
    assert departures(better, LOCAL) == ()
    assert shown_item(better, {**LOCAL, "f.visits": 0, "f.promise_days": 3})["promise_days"] == 3


def test_a_departure_that_the_standard_took_over_is_none_any_more() -> None:
    [one] = departures(STANDARD, LOCAL)
    assert (one.field, one.standard, one.local, one.reason) == ("promise_days", 10, 5, "本村当日上报")
    assert departures({**STANDARD, "promise_days": 5}, LOCAL) == ()
    assert departing_fields(LOCAL) == ("promise_days",)
    assert departing_fields({**LOCAL, "f.promise_days": None}) == ()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"why.promise_days": " "}, "departure_reason"),
        ({"f.promise_days": -1}, "field_shape"),
        ({"f.promise_days": "5"}, "field_shape"),
        ({"f.name": "别名", "why.name": "x"}, "departure_not_allowed"),
        ({"f.basis": "别的法", "why.basis": "x"}, "departure_not_allowed"),
        ({"f.nonsense": "1", "why.nonsense": "x"}, "departure_not_allowed"),
        ({"f.promise_days": 11}, "departure_worse"),
        ({"f.visits": 1, "why.visits": "要照相"}, "departure_worse"),
        ({"f.promise_days": "soon"}, "departure_worse"),
        ({"item": ""}, "departure_everywhere"),
        ({"unit": ""}, "field_missing"),
    ],
)
def test_a_site_departs_with_a_reason_for_the_better_and_only_where_it_may(changed: Fields, code: str) -> None:
    assert code in problems({**LOCAL, **changed})


def test_local_fields_need_no_reason() -> None:
    assert problems(LOCAL) == []
    assert problems(SITE, {}) == []
    assert local_item_id("u", ITEM) != local_item_id("u")
