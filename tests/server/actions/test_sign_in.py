"""Staff come in by password and second factor, and go when they idle, change the password or are closed."""

from __future__ import annotations

import re

import pyotp
import pytest
from argon2 import PasswordHasher

from server.actions.activate_account import activate_account
from server.actions.move_account import close_account
from server.actions.refusals import AccountClosed, CodeSpent, CredentialRefused, SessionOver
from server.actions.sign_in import (
    IDLE_MS,
    LIFE_MS,
    SEEN_EVERY_MS,
    STEP_UP_MS,
    StaffDoor,
    begin_totp,
    give_sign_in,
    set_password,
    show_totp,
    sign_in,
    sign_out,
    visitor_of,
)
from server.credentials import Secrets
from server.domain.people.roles import Role
from server.passwords import Passwords, PasswordUnfit
from server.settings import Settings
from server.storage.master_secret import sealing_of
from server.storage.unit_of_work import Database
from tests.people import HandClock, account_of, put_accounts, seeded

PASSWORD = "胡乐村的核桃树很老了2026"
CLOCK = HandClock()


@pytest.fixture
async def door(database: Database, secrets: Secrets) -> StaffDoor:
    await put_accounts(database, account_of(Role.DESK_CLERK), account_of(Role.HELPER))
    sealing = sealing_of(secrets, Settings().cipher, seeded().randbytes)
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=64))
    CLOCK.wall = HandClock().wall
    return StaffDoor(database, secrets, sealing, quick, CLOCK.wall_ms, seeded(9).randbytes)


async def code_for(door: StaffDoor, login: str) -> str:
    made = await activate_account(
        door.database, door.secrets, login, actor="admin", now_ms=door.now(), randomness=door.randomness
    )
    return made.code


async def enter(door: StaffDoor, password: str = PASSWORD, login: str = "desk_clerk-1") -> str:
    return (await sign_in(door, login, password, browser="Firefox", address="127.0.0.1")).token


async def totp_of(door: StaffDoor, token: str) -> pyotp.TOTP:
    _, address = await begin_totp(door, (await visitor_of(door, token)).account.id, "手机")
    found = re.search(r"secret=([A-Z2-7]+)", address)
    assert found
    return pyotp.TOTP(found[1])


async def test_a_password_is_set_with_a_code_and_opens_only_the_door_to_the_factor(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    token = await enter(door)
    assert not (await visitor_of(door, token)).full
    totp = await totp_of(door, token)
    await show_totp(door, await visitor_of(door, token), totp.at(CLOCK.wall // 1000))
    visitor = await visitor_of(door, token)
    assert visitor.full
    assert visitor.stepped_up(CLOCK.wall + STEP_UP_MS - 1)
    assert not visitor.stepped_up(CLOCK.wall + STEP_UP_MS)


async def test_wrong_password_unknown_login_and_a_helper_are_the_same(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    for login, password in (("desk_clerk-1", "wrong"), ("nobody", PASSWORD), ("helper-1", PASSWORD)):
        with pytest.raises(CredentialRefused) as refused:
            await enter(door, password, login)
        assert refused.value.detail == "login or password"


async def test_a_code_sets_one_password_and_an_unfit_one_spends_nothing(door: StaffDoor) -> None:
    code = await code_for(door, "desk_clerk-1")
    with pytest.raises(PasswordUnfit):
        await set_password(door, code, "short")
    await set_password(door, code, PASSWORD)
    with pytest.raises(CodeSpent):
        await set_password(door, code, PASSWORD)
    with pytest.raises(CredentialRefused):
        await set_password(door, "no code", PASSWORD)


async def test_one_code_of_an_authenticator_is_good_for_one_sign_in(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    token = await enter(door)
    totp = await totp_of(door, token)
    code = totp.at(CLOCK.wall // 1000)
    with pytest.raises(CredentialRefused):
        await show_totp(door, await visitor_of(door, token), "000000")
    await show_totp(door, await visitor_of(door, token), code)
    second = await enter(door)
    with pytest.raises(CredentialRefused):
        await show_totp(door, await visitor_of(door, second), code)
    CLOCK.advance(30_000)
    await show_totp(door, await visitor_of(door, second), totp.at(CLOCK.wall // 1000))


async def test_who_has_only_the_password_cannot_add_an_authenticator_of_their_own(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    first = await enter(door)
    totp = await totp_of(door, first)
    await show_totp(door, await visitor_of(door, first), totp.at(CLOCK.wall // 1000))
    thief = await enter(door)
    own = await totp_of(door, thief)
    with pytest.raises(CredentialRefused):
        await show_totp(door, await visitor_of(door, thief), own.at(CLOCK.wall // 1000))


async def test_a_session_ends_by_idling_by_age_and_by_hand(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    idle, busy, left = [await enter(door) for _ in range(3)]
    await sign_out(door, await visitor_of(door, left))
    with pytest.raises(SessionOver):
        await visitor_of(door, left)
    for _ in range(LIFE_MS // (IDLE_MS - SEEN_EVERY_MS)):
        CLOCK.advance(IDLE_MS - SEEN_EVERY_MS)
        await visitor_of(door, busy)
    with pytest.raises(SessionOver):
        await visitor_of(door, idle)
    CLOCK.advance(IDLE_MS - SEEN_EVERY_MS)
    with pytest.raises(SessionOver):
        await visitor_of(door, busy)


async def test_a_new_password_and_a_closed_account_put_everyone_out(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    token = await enter(door)
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD + "!")
    with pytest.raises(SessionOver):
        await visitor_of(door, token)
    token = await enter(door, PASSWORD + "!")
    account = account_of(Role.DESK_CLERK).id
    await close_account(door.database, account, actor="admin", now_ms=door.now(), randomness=door.randomness)
    with pytest.raises(SessionOver):
        await visitor_of(door, token)


async def test_no_token_and_no_secret_lies_in_the_database(door: StaffDoor) -> None:
    await set_password(door, await code_for(door, "desk_clerk-1"), PASSWORD)
    token = await enter(door)
    totp = await totp_of(door, token)
    async with door.database.read() as snapshot:
        sessions = await snapshot.fetch("SELECT * FROM staff_sessions")
        factors = await snapshot.fetch("SELECT * FROM staff_factors")
    kept = repr((sessions, factors))
    assert token not in kept
    assert totp.secret not in kept


async def test_a_sign_in_that_is_given_opens_at_once_and_the_one_before_no_more(door: StaffDoor) -> None:
    first = await give_sign_in(door, "desk_clerk-1", actor="operator")
    before = await enter(door, first.password)
    await show_totp(door, await visitor_of(door, before), pyotp.TOTP(first.secret).at(CLOCK.wall // 1000))
    second = await give_sign_in(door, "desk_clerk-1", actor="operator")
    assert second.secret in second.address
    assert second.password not in repr(second)
    with pytest.raises(SessionOver):
        await visitor_of(door, before)
    with pytest.raises(CredentialRefused):
        await enter(door, first.password)
    token = await enter(door, second.password)
    CLOCK.advance(30_000)
    with pytest.raises(CredentialRefused):
        await show_totp(door, await visitor_of(door, token), pyotp.TOTP(first.secret).at(CLOCK.wall // 1000))
    await show_totp(door, await visitor_of(door, token), pyotp.TOTP(second.secret).at(CLOCK.wall // 1000))
    assert (await visitor_of(door, token)).full


async def test_a_helper_and_nobody_are_given_none(door: StaffDoor) -> None:
    for login in ("helper-1", "nobody"):
        with pytest.raises(AccountClosed):
            await give_sign_in(door, login, actor="operator")
