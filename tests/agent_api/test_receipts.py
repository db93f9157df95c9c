"""Whoever holds a receipt learns the state, and a guesser learns nothing."""

from datetime import date

import httpx

from agent_api.limits import Limits
from server.domain.cases.numbers import canonical_number, official_number, temporary_receipt
from tests.agent_api.centre import Centre

TEMPORARY = temporary_receipt("0A3K", date(2026, 11, 22), 7)
OFFICIAL = official_number("341881", date(2026, 11, 22), 0, 12)


async def ask(client: httpx.AsyncClient, number: str, last4: str) -> httpx.Response:
    return await client.post("/v1/receipts", json={"number": number, "last4": last4})


def test_either_number_is_read_as_it_is_typed() -> None:
    assert canonical_number(TEMPORARY.lower()) == TEMPORARY
    assert canonical_number(f"{OFFICIAL[:6]} {OFFICIAL[6:]}") == OFFICIAL
    assert canonical_number("T0A3K2611220007") is None


async def test_either_number_with_its_digits_tells_the_state_and_no_more(api: Centre) -> None:
    for number in (TEMPORARY, OFFICIAL):
        api.receipts[number, "123X"] = "received"
        answer = await ask(api.client, number.lower(), "123x")
        assert answer.json() == {"number": number, "state": "received"}


async def test_guessing_digits_of_one_number_is_stopped_by_the_number(api: Centre) -> None:
    api.receipts[TEMPORARY, "9999"] = "received"
    async with api.client_of(limits=Limits()) as client:
        statuses = [(await ask(client, TEMPORARY, f"{guess:04}")).status_code for guess in range(11)]
        assert statuses == [404] * 10 + [429]
        assert (await ask(client, OFFICIAL, "0000")).status_code == 404


async def test_a_guess_counts_at_both_doors_and_many_numbers_count_for_the_address(api: Centre) -> None:
    async with api.client_of(limits=Limits()) as client:

        async def guess(number: str, last4: str) -> int:
            return (await ask(client, number, last4)).status_code

        for number in range(5):
            body = {"number": TEMPORARY, "last4": f"{number:04}"}
            assert (await client.post("/v1/residents/status", json=body)).status_code == 404
        assert [await guess(TEMPORARY, f"{number:04}") for number in range(6)] == [404] * 5 + [429]
        others = [temporary_receipt("0A3K", date(2026, 11, 22), place) for place in range(8, 19)]
        assert [await guess(other, "0000") for other in others] == [404] * 10 + [429]


async def test_an_address_with_signs_of_an_id_is_no_way_to_ask(api: Centre) -> None:
    api.receipts[TEMPORARY, "123X"] = "received"
    for address in (f"/v1/receipts/{TEMPORARY}?last4=123X", f"/v1/receipts?number={TEMPORARY}&last4=123X"):
        for method in ("GET", "POST"):
            answer = await api.client.request(method, address)
            assert answer.status_code in (400, 404, 405), (method, address)
            assert "received" not in answer.text
