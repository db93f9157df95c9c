"""What a published claim makes of the catalogue."""

from server.domain.catalogue.claim_item import (
    REVIEWED,
    not_carried,
    own_values,
    published_item,
    published_local,
    stopped_item,
)
from server.domain.catalogue.item_life import ItemState

CLAIM = {
    **{"unit": "u1", "place": "341802100000", "base_item": "992011001000"},
    **{
        "f.name": "老年优待证",
        "f.promise_days": "1",
        "f.address": "服务中心",
        "f.materials": "身份证、照片",
        "f.hours": "",
    },
}


def test_a_new_item_has_all_it_needs_and_its_materials_by_name() -> None:
    item = published_item(CLAIM, None)
    assert (item["name"], item["promise_days"], item["where"], item["version"]) == ("老年优待证", 1, "服务中心", 1)
    assert [(row["no"], row["name"]) for row in item["materials"]] == [("1", "身份证"), ("2", "照片")]  # type: ignore[attr-defined]
    assert own_values(CLAIM).keys() == {"name", "promise_days", "address", "materials"}


def test_a_standing_items_rows_of_materials_are_not_replaced_by_words() -> None:
    item = published_item(CLAIM, {"version": 4, "materials": [{"no": "1"}]})
    assert (item["version"], "materials" in item) == (5, False)


def test_a_site_keeps_its_own_fields_and_departs_with_a_reason_where_it_may() -> None:
    standard = {"name": "老年证", "promise_days": 2, "hours": "9-17"}
    assert published_local(CLAIM, standard) == {
        "place_text": "服务中心",
        "f.promise_days": 1,
        "why.promise_days": REVIEWED,
    }
    assert not_carried(CLAIM, standard) == ("name",)
    assert published_local({**CLAIM, "amend_reason": "提速"}, standard)["why.promise_days"] == "提速"


def test_a_stop_is_the_next_version_with_its_reason_and_a_cancellation_its_day() -> None:
    assert stopped_item({"version": 1}, ItemState.SUSPENDED, "改造", "2026-11-22") == {
        **{"version": 2, "status": "suspended", "status_reason": "改造"}
    }
    assert stopped_item({"version": 1}, ItemState.CANCELLED, "并入", "2026-11-22")["cancelled_on"] == "2026-11-22"
