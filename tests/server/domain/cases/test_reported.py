"""The province hears the event, the item and who applied; a phone and an address never travel."""

from server.domain.cases.lifecycle import STEPS
from server.domain.cases.reported import EVENTS, message_key, message_of

CASE = {"number": "1", "village": "341881106200", "phone": "13812345678", "address": "胡乐村12号", "finish_type": "0"}
RESIDENT = {"name": "王秀英", "citizen_id": "342501194001010021", "phone": "13812345678"}


def test_events_are_steps_of_a_case_and_their_keys_differ() -> None:
    assert set(EVENTS) <= STEPS.keys()
    assert message_key("c" * 32, "accepted") == message_key("c" * 32, "accepted")
    assert message_key("c" * 32, "accepted") != message_key("c" * 32, "finished")


def test_a_message_holds_no_more_of_a_person_than_name_and_id() -> None:
    told = message_of(
        "finished", "c" * 32, {**CASE, "decision": {"granted": True}}, {"name": "高龄津贴"}, RESIDENT, "U"
    )
    assert (told["applicant_name"], told["granted"], told["unit"]) == ("王秀英", True, "U")
    assert "13812345678" not in str(told)
    assert "胡乐村" not in str(told)
    assert "finish_type" not in message_of("accepted", "c" * 32, CASE, {}, {}, "")
