"""Enrolment, refresh and tickets over HTTP: each refusal is a problem and changes nothing."""

import pytest

from agent_api.limits import Limits
from server.actions.issue_live_ticket import redeem_live_ticket
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre
from tests.people import VILLAGE, Phone, account_of, put_accounts


async def test_a_phone_enrols_and_is_told_all_it_needs(api: Centre) -> None:
    answer = (await api.enrol()).answer
    assert answer["person_bucket"] == f"person:{answer['account']}"
    assert answer["mark"] == "0000"
    assert (answer["role"], answer["epoch"], answer["expires_in"]) == ("helper", "e1", 600)
    assert len(answer["relay_public_key"]) == 43
    assert list(answer["places"]) == [VILLAGE]


async def test_refreshing_goes_on_and_on(api: Centre) -> None:
    helper = await api.enrol()
    for _ in range(3):
        answer = await api.client.post("/v1/token/refresh", json=helper.refresh_body())
        assert answer.status_code == 200
        assert answer.json()["places"] == helper.answer["places"]
        helper.answer.update(answer.json())
        assert (await api.client.post("/v1/exchange", headers=helper.bearer)).status_code == 200


async def test_an_old_refresh_token_ends_the_session_and_a_new_code_brings_the_same_device_back(
    api: Centre,
) -> None:
    helper = await api.enrol()
    old = helper.refresh_body()
    for _ in range(2):
        answer = await api.client.post("/v1/token/refresh", json=helper.refresh_body())
        helper.answer.update(answer.json())
    refused = await api.client.post("/v1/token/refresh", json=old)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
    body = await api.enrol_body(await api.code("helper-1"), helper.phone)
    assert (await api.client.post("/v1/enrol", json=body)).json()["device"] == helper.device


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"code":1}',
        b"[" * 4_000,
        b'{"refresh_token":"' + b"A" * 54 + b'","proof":null}',
    ],
)
async def test_what_is_no_message_is_malformed(api: Centre, body: bytes) -> None:
    for path in ("/v1/enrol", "/v1/token/refresh"):
        answer = await api.client.post(path, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


async def test_wrong_codes_from_one_address_stop_before_they_find_one(api: Centre) -> None:
    helper = account_of(Role.HELPER)
    await put_accounts(api.database, helper)
    code = await api.code(helper.login)
    async with api.client_of(limits=Limits()) as client:
        statuses = []
        for _ in range(21):
            body = await api.enrol_body("22222-22222", Phone())
            statuses.append((await client.post("/v1/enrol", json=body)).status_code)
        assert statuses == [401] * 20 + [429]
        body = await api.enrol_body(code, Phone())
        stopped = await client.post("/v1/enrol", json=body)
        assert stopped.status_code == 429
        assert int(stopped.headers["retry-after"]) >= 1


async def test_a_whole_office_enrols_behind_one_address(api: Centre) -> None:
    async with api.client_of(limits=Limits()) as client:
        for number in range(25):
            account = account_of(Role.HELPER, login=f"h{number}")
            await put_accounts(api.database, account)
            body = await api.enrol_body(await api.code(account.login), Phone())
            assert (await client.post("/v1/enrol", json=body)).status_code == 200


async def test_a_flood_of_bad_refreshes_stops_no_device(api: Centre) -> None:
    helper = await api.enrol()
    bad = {**helper.refresh_body(), "proof": "A" * 86}
    async with api.client_of(limits=Limits()) as client:
        for _ in range(100):
            assert (await client.post("/v1/token/refresh", json=bad)).status_code == 401
        assert (await client.post("/v1/token/refresh", json=helper.refresh_body())).status_code == 200


async def test_a_live_ticket_belongs_to_the_device_that_asked(api: Centre) -> None:
    helper = await api.enrol()
    answer = await api.client.post("/v1/live/ticket", headers=helper.bearer)
    now = api.clock.wall_ms()
    holder = await redeem_live_ticket(api.database, api.secrets, answer.json()["ticket"], now_ms=now)
    assert holder is not None
    assert (holder.device, holder.session) == (helper.device, 1)
    assert await api.services.access.still_welcome(holder.device, holder.session)
