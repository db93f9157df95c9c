"""A service is found under the events of a life."""

from fixtures.world.catalogue import build_standard_items
from server.domain.catalogue.life_events import LIFE_EVENTS, events_of


def test_a_death_leads_to_what_is_to_be_ended() -> None:
    assert events_of({"base_item": "990709002000"}) == ("death",)
    assert events_of({"base_item": "002014006009"}) == ("death",)


def test_an_item_may_stand_under_several_events() -> None:
    assert events_of({"base_item": "990511007000"}) == ("old_age", "hardship")


def test_topics_that_a_unit_filled_in_count_as_well() -> None:
    assert events_of({"base_item": "1", "user_topics": ["亲人过世"]}) == ("death",)
    assert events_of({"base_item": "1", "user_topics": "child"}) == ("child",)
    assert events_of({"base_item": "1"}) == ()


def test_every_code_of_the_table_is_an_item_that_there_is() -> None:
    known = {item.base_code for item in build_standard_items(7)}
    named = {code for event in LIFE_EVENTS.values() for code in event.base_items}
    assert named <= known, sorted(named - known)


def test_most_items_of_a_village_are_found_under_an_event() -> None:
    items = [item for item in build_standard_items(7) if item.level.name == "VILLAGE"]
    lost = [item.body["name"] for item in items if not events_of({"base_item": item.base_code})]
    assert lost == [], "an item nobody finds under an event"
