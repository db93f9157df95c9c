"""Residents ask without an account: what fits is told, what does not is the same 404, and guessing is stopped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agent_api.limits import Limits
from server.domain.cases.numbers import official_number, temporary_receipt
from server.storage.records import columns_of, row_of
from server.storage.schema.records import KIND_TABLES
from sync.central.known import Record
from sync.core.codec import encode_body
from tests.agent_api.centre import Centre
from tests.people import VILLAGE

NUMBER = official_number("341881", date(2026, 11, 22), 0, 12)
RECEIPT = temporary_receipt("0A3K", date(2026, 11, 22), 7)


@pytest.fixture
async def filed(api: Centre) -> Centre:
    fields: dict[str, Any] = {
        "village": VILLAGE,
        "state": "delivered",
        "number": NUMBER,
        "receipt": RECEIPT,
        "phone": "13812345678",
    }
    record = Record("case", "c" * 32, 1, f"place:{VILLAGE}", 1, encode_body("case", "c" * 32, 1, fields), {})
    platform = api.services.platform
    row = row_of(record, platform.policies["case"].columns(fields), platform.sealing, plain=False)
    async with api.database.write() as tx:
        await tx.insert_many("cases", columns_of(KIND_TABLES["case"]), [row])
    return api


async def post(api: Centre, address: str, **body: Any) -> Any:
    return await api.client.post(f"/v1/residents/{address}", json=body)


async def test_the_state_is_told_in_both_languages(filed: Centre) -> None:
    for number in (NUMBER, RECEIPT.lower()):
        answer = await post(filed, "status", number=number, last4="5678")
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["zh"]) == ("delivered", "已办结并送达。")
        assert "13812345678" not in answer.text


async def test_a_rating_is_taken_once(filed: Centre) -> None:
    before = (await post(filed, "status", number=NUMBER, last4="5678")).json()
    first = await post(filed, "rating", number=NUMBER, last4="5678", grade=2, text="慢")
    after = (await post(filed, "status", number=NUMBER, last4="5678")).json()
    assert [(one["rateable"], one["rated"]) for one in (before, after)] == [(True, False), (False, True)]
    assert "慢" not in str(after), "whoever knows the number learns that it was rated, and never how"
    second = await post(filed, "rating", number=NUMBER, last4="5678", grade=5)
    assert (first.json()["taken"], second.json()["taken"]) == (True, False)
    assert second.json()["zh"] == "这件事您已评价过。"
    assert (await post(filed, "rating", number=NUMBER, last4="5678", grade=6)).status_code == 400


async def test_withdrawing_needs_a_consent(filed: Centre) -> None:
    answer = await post(filed, "revocation", number=NUMBER, last4="5678")
    assert (answer.status_code, answer.json()["reason"]) == (200, "consent_absent")


async def test_everything_wrong_is_one_answer(filed: Centre) -> None:
    wrong = [("x", "5678"), (NUMBER, "0000"), (NUMBER, "abcd"), (RECEIPT[:-1] + "0", "5678")]
    answers = [await post(filed, "status", number=number, last4=last4) for number, last4 in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


async def test_guessing_is_stopped_by_the_number_and_by_the_address(filed: Centre) -> None:
    async with filed.client_of(limits=Limits()) as client:

        async def guess(number: str, last4: str) -> int:
            body = {"number": number, "last4": last4}
            return (await client.post("/v1/residents/status", json=body)).status_code

        assert [await guess(NUMBER, f"{last4:04}") for last4 in range(11)] == [404] * 10 + [429]
        others = [official_number("341881", date(2026, 11, 22), 0, place) for place in range(100, 111)]
        assert [await guess(other, "0000") for other in others] == [404] * 10 + [429]
