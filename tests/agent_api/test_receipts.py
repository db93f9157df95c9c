"""Whoever holds a receipt learns the state, and a guesser learns nothing."""

from datetime import date

from agent_api.limits import Limits
from server.domain.cases.numbers import canonical_number, official_number, temporary_receipt
from tests.agent_api.centre import Centre

TEMPORARY = temporary_receipt("0A3K", date(2026, 11, 22), 7)
OFFICIAL = official_number("341881", date(2026, 11, 22), 0, 12)


def test_either_number_is_read_as_it_is_typed() -> None:
    assert canonical_number(TEMPORARY.lower()) == TEMPORARY
    assert canonical_number(f"{OFFICIAL[:6]} {OFFICIAL[6:]}") == OFFICIAL
    assert canonical_number("T0A3K2611220007") is None


async def test_either_number_with_its_digits_tells_the_state_and_no_more(api: Centre) -> None:
    for number in (TEMPORARY, OFFICIAL):
        api.receipts[number, "123X"] = "received"
        answer = await api.client.get(f"/v1/receipts/{number.lower()}?last4=123x")
        assert answer.json() == {"number": number, "state": "received"}


async def test_guessing_digits_of_one_number_is_stopped_by_the_number(api: Centre) -> None:
    api.receipts[TEMPORARY, "9999"] = "received"
    async with api.client_of(limits=Limits()) as client:
        statuses = [(await client.get(f"/v1/receipts/{TEMPORARY}?last4={guess:04}")).status_code for guess in range(11)]
        assert statuses == [404] * 10 + [429]
        assert (await client.get(f"/v1/receipts/{OFFICIAL}?last4=0000")).status_code == 404
