"""A ticket opens one socket, soon."""

import asyncio

import pytest

from server.actions.activate_account import activate_account
from server.actions.issue_live_ticket import TICKET_LIFE_MS, TicketHolder, issue_live_ticket, redeem_live_ticket
from server.credentials import Secrets
from server.domain.people.roles import Role
from server.storage.unit_of_work import Database
from tests.people import NOW, Phone, account_of, enrol_phone, put_accounts, seeded

HELPER = account_of(Role.HELPER)


@pytest.fixture
async def device(database: Database, secrets: Secrets) -> str:
    await put_accounts(database, HELPER)
    activation = await activate_account(
        database, secrets, HELPER.login, actor="admin", now_ms=NOW, randomness=seeded().randbytes
    )
    return (await enrol_phone(database, secrets, activation.code, Phone())).device


async def ticket_for(database: Database, secrets: Secrets, device: str, seed: int = 1) -> str:
    return await issue_live_ticket(database, secrets, device, 1, now_ms=NOW, randomness=seeded(seed).randbytes)


async def test_a_ticket_is_good_once(database: Database, secrets: Secrets, device: str) -> None:
    ticket = await ticket_for(database, secrets, device)
    opened = await asyncio.gather(*(redeem_live_ticket(database, secrets, ticket, now_ms=NOW + 1) for _ in range(3)))
    assert [holder for holder in opened if holder] == [TicketHolder(device, 1)]


async def test_a_ticket_ends_with_its_time_and_with_the_next_one(
    database: Database, secrets: Secrets, device: str
) -> None:
    late = await ticket_for(database, secrets, device)
    assert await redeem_live_ticket(database, secrets, late, now_ms=NOW + TICKET_LIFE_MS) is None
    first, second = await ticket_for(database, secrets, device, 2), await ticket_for(database, secrets, device, 3)
    assert await redeem_live_ticket(database, secrets, first, now_ms=NOW) is None
    assert await redeem_live_ticket(database, secrets, second, now_ms=NOW) == TicketHolder(device, 1)


@pytest.mark.parametrize("text", ["", "x" * 22, "é" * 22, "x" * 100_000])
async def test_what_is_no_ticket_opens_nothing(database: Database, secrets: Secrets, text: str) -> None:
    assert await redeem_live_ticket(database, secrets, text, now_ms=NOW) is None
