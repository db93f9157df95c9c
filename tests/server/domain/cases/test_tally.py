"""What the bulletin counts of a case: a few words that follow from its body."""

from server.domain.cases.tally import tally

DONE: dict[str, object] = {
    **{"state": "finished", "finished_at": "2026-11-10T10:00:00+08:00", "helper": "a1"},
    "clock": {"promise_due": "2026-11-10"},
}


def test_an_open_case_says_nothing() -> None:
    assert tally({"state": "accepted", "clock": {"promise_due": "2026-11-10"}}) == ""


def test_the_last_day_of_the_promise_is_in_time_and_the_next_is_late() -> None:
    assert tally(DONE) == "on_time"
    assert tally({**DONE, "finished_at": "2026-11-11T08:00:00+08:00"}) == "late"
    assert tally({**DONE, "state": "ended"}) == "", "what was never decided had no promise to keep"


def test_corrections_promises_licences_and_the_way_to_the_door_are_told() -> None:
    assert tally({**DONE, "returned": [{"on": "2026-11-02"}]}) == "on_time returned"
    assert tally({**DONE, "returned": [{}, {}]}) == "on_time returned returned_again"
    assert tally({**DONE, "tolerance": {"due": "2026-11-09", "materials": []}}) == "on_time tolerance_kept"
    assert tally({**DONE, "tolerance_failure": {"reason": "late"}}) == "on_time tolerance_failed"
    assert tally({**DONE, "material.1": {"state": "licence"}}) == "on_time licence"
    assert tally({**DONE, "parcel": {"delivered_at": "2026-11-13T09:00:00+08:00"}}) == "on_time days:3"


def test_what_came_after_its_day_is_no_promise_kept() -> None:
    held = {"due": "2026-11-09", "materials": []}
    assert tally({**DONE, "tolerance": {**held, "settled_on": "2026-11-09"}}) == "on_time tolerance_kept"
    assert tally({**DONE, "tolerance": {**held, "settled_on": "2026-11-10"}}) == "on_time tolerance_failed"


def test_what_was_fetched_in_the_village_arrived_when_it_was_taken() -> None:
    taken = {"to": "王秀英", "at": "2026-11-12T09:00:00+08:00"}
    assert tally({**DONE, "handover": taken}) == "on_time days:2"
    assert tally({**DONE, "handover": taken, "parcel": {"delivered_at": "2026-11-11T09:00:00+08:00"}}).endswith(
        "days:1"
    )


def test_where_people_of_sixty_and_more_were_served_is_told_when_it_is_known() -> None:
    assert tally({**DONE, "elder": True, "served": "home"}) == "on_time elder_home"
    assert tally({**DONE, "elder": True, "served": "station"}) == "on_time elder_elsewhere"
    assert tally({**DONE, "elder": True}) == tally({**DONE, "served": "home"}) == "on_time"


def test_what_does_not_count_as_a_valid_case_is_told() -> None:
    assert tally({**DONE, "duplicate_of": "1" * 32}) == "on_time duplicate"
    assert tally({**DONE, "state": "voided", "finish_type": "2"}) == "void"


def test_nobody_is_in_it() -> None:
    assert "a1" not in tally({**DONE, "material.1": {"state": "licence", "note": "a1"}, "returned": [{"by": "a1"}]})
