"""Codes are shown once, kept hashed, and end."""

import re

import pytest

from server.actions.activate_account import (
    CODE_LIFE_MS,
    activate_account,
    activation_link,
    activation_svg,
    activation_text,
)
from server.actions.move_account import close_account
from server.actions.refusals import AccountClosed, CodeSpent, NotFound
from server.credentials import Secrets
from server.domain.people.roles import Role
from server.storage.unit_of_work import Database
from tests.people import NOW, Phone, account_of, enrol_phone, put_accounts, seeded

HELPER = account_of(Role.HELPER)


async def code_for(database: Database, secrets: Secrets, seed: int = 1) -> str:
    made = await activate_account(
        database, secrets, HELPER.login, actor="admin", now_ms=NOW, randomness=seeded(seed).randbytes
    )
    return made.code


async def test_a_code_has_ten_signs_and_is_nowhere_in_the_database(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    code = await code_for(database, secrets)
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{5}-[2-9A-HJKMNP-Z]{5}", code)
    async with database.read() as snapshot:
        (row,) = await snapshot.fetch("SELECT code_hash, account, expires_at FROM activation_codes")
    assert bytes(row[0]) == secrets.code_hash(code.replace("-", ""))
    assert row[1:] == (HELPER.id, NOW + CODE_LIFE_MS)


async def test_a_new_code_ends_the_one_before(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    first, second = await code_for(database, secrets, 1), await code_for(database, secrets, 2)
    with pytest.raises(CodeSpent):
        await enrol_phone(database, secrets, first, Phone())
    assert (await enrol_phone(database, secrets, second, Phone())).account == HELPER.id


async def test_no_code_for_an_absent_or_closed_account(database: Database, secrets: Secrets) -> None:
    with pytest.raises(NotFound):
        await code_for(database, secrets)
    await put_accounts(database, HELPER)
    await close_account(database, HELPER.id, actor="admin", now_ms=NOW, randomness=seeded(3).randbytes)
    with pytest.raises(AccountClosed):
        await code_for(database, secrets)


def test_the_qr_code_holds_server_and_code() -> None:
    assert activation_link("https://bb.example", "ABCDE-23456") == "bangban:https://bb.example?code=ABCDE-23456"
    assert activation_svg("https://bb.example", "ABCDE-23456").startswith("<svg")
    assert activation_text("https://bb.example", "ABCDE-23456").count("\n") > 10
