"""A ticket says how it came in, what it is about and by when it is answered."""

from collections.abc import Mapping
from datetime import date

from server.domain.cases.tickets import STEPS, check_ticket, check_way, ticket_id
from server.domain.check_context import CheckContext
from server.domain.record_fields import KINDS

CTX = CheckContext(on=date(2026, 11, 22))
TICKET = {"place": "341881106200", "source": "hotline", "type": "complaint", "text": "催办", "state": "open"}


def codes(name: str, fields: Mapping[str, object], record: str = "t" * 32, reopened: int = 0) -> list[str]:
    return [one.code for one in check_way(name, fields, record, reopened)]


def test_what_is_wrong_is_told_field_by_field() -> None:
    assert check_ticket(TICKET, CTX) == []
    wrong = {**TICKET, "state": "x", "source": "x", "type": "x", "days": 99, "satisfaction": 6, "phone": "12"}
    fields = [one.field for one in check_ticket(wrong, CTX)]
    assert fields == ["state", "source", "type", "days", "satisfaction", "phone"]


def test_only_an_appeal_comes_in_as_one() -> None:
    assert codes("ticket.open", TICKET) == codes("ticket.appeal", {**TICKET, "source": "appeal"}) == []
    assert codes("ticket.open", {**TICKET, "source": "appeal"}) == codes("ticket.appeal", TICKET) == ["value_unknown"]


def test_the_hotlines_number_is_the_records_name() -> None:
    numbered = {**TICKET, "number": "XC1"}
    assert codes("ticket.open", numbered, ticket_id("XC1")) == []
    assert codes("ticket.open", numbered) == ["ticket_number"]


def test_it_is_opened_again_once() -> None:
    assert codes("ticket.reopen", TICKET, reopened=0) == []
    assert codes("ticket.reopen", TICKET, reopened=1) == ["ticket_reopened"]


def test_steps_write_fields_that_the_kind_has() -> None:
    assert {name for taken in STEPS.values() for name in taken.writes} <= KINDS["ticket"].fields.keys()
