"""Passkeys against a key in software: added once, shown, signed in with, and every way in that is not one refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from server.actions.move_account import close_account
from server.actions.passkeys import (
    CHALLENGE_LIFE_MS,
    Site,
    add_passkey,
    assertion_options,
    registration_options,
    remove_factor,
    rename_passkey,
    show_passkey,
    sign_in_with_passkey,
)
from server.actions.refusals import CredentialRefused
from server.actions.sign_in import STEP_UP_MS, SignedIn, StaffDoor, StaffVisitor, give_sign_in, sign_in, visitor_of
from server.credentials import Secrets
from server.domain.people.roles import Role
from server.passwords import Passwords
from server.settings import Settings
from server.storage.master_secret import sealing_of
from server.storage.staff import factors_of
from server.storage.unit_of_work import Database
from tests.authenticator import SoftAuthenticator
from tests.people import HandClock, account_of, put_accounts, seeded

SITE = Site("console.test", "https://console.test")
CLOCK = HandClock()


@pytest.fixture
async def door(database: Database, secrets: Secrets) -> StaffDoor:
    await put_accounts(database, account_of(Role.DESK_CLERK), account_of(Role.AUDITOR))
    sealing = sealing_of(secrets, Settings().cipher, seeded().randbytes)
    CLOCK.wall = HandClock().wall
    quick = Passwords(PasswordHasher(time_cost=1, memory_cost=64))
    return StaffDoor(database, secrets, sealing, quick, CLOCK.wall_ms, seeded(9).randbytes)


async def visitor(door: StaffDoor, role: Role = Role.DESK_CLERK) -> StaffVisitor:
    """Signed in by password alone; an authenticator is there."""
    given = await give_sign_in(door, account_of(role).login, actor="operator")
    signed = await sign_in(door, given.login, given.password, browser="Firefox", address="127.0.0.1")
    return await visitor_of(door, signed.token)


async def with_key(door: StaffDoor, role: Role = Role.DESK_CLERK) -> tuple[StaffVisitor, SoftAuthenticator]:
    who, key = await visitor(door, role), SoftAuthenticator(role.value.encode())
    options = await registration_options(door, SITE, who)
    await add_passkey(door, SITE, who, "办公室", key.create(options, SITE.origin))
    return who, key


async def again(door: StaffDoor, who: StaffVisitor) -> StaffVisitor:
    """The same session as it is now."""
    async with door.database.read() as snapshot:
        row = await snapshot.fetch_one("SELECT factor_at FROM staff_sessions WHERE id = ?", [who.session.id])
    assert row is not None
    return StaffVisitor(who.account, replace(who.session, factor_at=row[0]))


async def test_a_key_is_added_and_its_secret_half_never_came(door: StaffDoor) -> None:
    who, _ = await with_key(door)
    async with door.database.read() as snapshot:
        [key] = [one for one in await factors_of(snapshot, who.account.id) if one.kind == "passkey"]
    assert (key.name, key.confirmed_at) == ("办公室", door.now())
    options = json.loads(await registration_options(door, SITE, who))["publicKey"]
    assert [one["id"] for one in options["excludeCredentials"]] == [key.credential]
    assert options["authenticatorSelection"]["userVerification"] == "required"


async def test_shown_it_makes_a_session_full_and_later_fresh_again(door: StaffDoor) -> None:
    who, key = await with_key(door)
    assert not who.full
    await show_passkey(door, SITE, who, key.get(await assertion_options(door, SITE, who), SITE.origin))
    assert (await again(door, who)).stepped_up(door.now())
    CLOCK.advance(STEP_UP_MS)
    assert not (await again(door, who)).stepped_up(door.now())
    await show_passkey(door, SITE, who, key.get(await assertion_options(door, SITE, who), SITE.origin))
    assert (await again(door, who)).stepped_up(door.now())


async def test_it_signs_in_by_itself_with_both_factors(door: StaffDoor) -> None:
    who, key = await with_key(door)
    options = await assertion_options(door, SITE, None)
    assert "allowCredentials" not in json.loads(options)["publicKey"]
    signed = await sign_in_with_passkey(door, SITE, key.get(options, SITE.origin), browser="Firefox", address="::1")
    assert signed.account == who.account
    assert (await visitor_of(door, signed.token)).full


async def test_an_answer_is_good_once_for_its_session_and_for_five_minutes(door: StaffDoor) -> None:
    who, key = await with_key(door)
    other = await visitor_of(door, (await sign_in_by_key(door, key)).token)
    answer = key.get(await assertion_options(door, SITE, who), SITE.origin)
    await refused(show_passkey(door, SITE, other, answer))
    await show_passkey(door, SITE, who, answer)
    await refused(show_passkey(door, SITE, who, answer))
    await refused(sign_in_with_passkey(door, SITE, answer, browser="", address=""))
    late = await assertion_options(door, SITE, who)
    CLOCK.advance(CHALLENGE_LIFE_MS + 1)
    await refused(show_passkey(door, SITE, who, key.get(late, SITE.origin)))


async def sign_in_by_key(door: StaffDoor, key: SoftAuthenticator) -> SignedIn:
    options = await assertion_options(door, SITE, None)
    return await sign_in_with_passkey(door, SITE, key.get(options, SITE.origin), browser="", address="")


async def refused(work: Awaitable[object]) -> None:
    with pytest.raises(CredentialRefused):
        await work


async def test_a_false_site_a_false_signature_and_nonsense_are_refused(door: StaffDoor) -> None:
    who, key = await with_key(door)
    options = await assertion_options(door, SITE, who)
    await refused(show_passkey(door, SITE, who, key.get(options, "https://console.test.evil")))
    thief = SoftAuthenticator()
    thief.id = key.id
    await refused(show_passkey(door, SITE, who, thief.get(options, SITE.origin)))
    await refused(show_passkey(door, SITE, who, SoftAuthenticator(b"unknown").get(options, SITE.origin)))
    for nonsense in (
        "",
        "[]",
        "{}",
        '{"response": {"clientDataJSON": "e30"}}',
        "[" * 5_000,
        '{"id": 3, "response": {}}',
    ):
        await refused(show_passkey(door, SITE, who, nonsense))
        await refused(add_passkey(door, SITE, who, "x", nonsense))
        await refused(sign_in_with_passkey(door, SITE, nonsense, browser="", address=""))


async def test_a_key_that_does_not_ask_for_its_person_is_no_second_factor(door: StaffDoor) -> None:
    who, key = await with_key(door)
    key.asks = False
    await refused(show_passkey(door, SITE, who, key.get(await assertion_options(door, SITE, who), SITE.origin)))
    careless = SoftAuthenticator(b"careless", asks=False)
    options = await registration_options(door, SITE, who)
    await refused(add_passkey(door, SITE, who, "x", careless.create(options, SITE.origin)))


async def test_a_copied_key_shows_by_its_counter_and_one_that_counts_nothing_works(door: StaffDoor) -> None:
    who, key = await with_key(door)
    copied = key.copy()
    await show_passkey(door, SITE, who, key.get(await assertion_options(door, SITE, who), SITE.origin))
    await refused(show_passkey(door, SITE, who, copied.get(await assertion_options(door, SITE, who), SITE.origin)))
    still = SoftAuthenticator(b"still", counts=False)
    await add_passkey(door, SITE, who, "x", still.create(await registration_options(door, SITE, who), SITE.origin))
    for _ in range(2):
        await show_passkey(door, SITE, who, still.get(await assertion_options(door, SITE, who), SITE.origin))


async def test_one_persons_key_opens_no_other_session_and_a_closed_account_none(door: StaffDoor) -> None:
    who, key = await with_key(door)
    auditor, _ = await with_key(door, Role.AUDITOR)
    options = await assertion_options(door, SITE, auditor)
    await refused(show_passkey(door, SITE, auditor, key.get(options, SITE.origin)))
    await close_account(door.database, who.account.id, actor="operator", now_ms=door.now(), randomness=door.randomness)
    await refused(sign_in_by_key(door, key))


async def test_a_key_is_named_and_removed_but_never_the_last_factor(door: StaffDoor) -> None:
    who, _ = await with_key(door)
    async with door.database.read() as snapshot:
        factors = {one.kind: one.id for one in await factors_of(snapshot, who.account.id)}
    await rename_passkey(door, who.account, factors["passkey"], "  家里 ")
    await rename_passkey(door, account_of(Role.AUDITOR), factors["passkey"], "别人")
    async with door.database.read() as snapshot:
        assert "家里" in [one.name for one in await factors_of(snapshot, who.account.id)]
    assert await remove_factor(door, who.account, factors["totp"])
    assert not await remove_factor(door, who.account, factors["passkey"])
    assert await remove_factor(door, who.account, "f" * 32)
    async with door.database.read() as snapshot:
        assert [one.kind for one in await factors_of(snapshot, who.account.id)] == ["passkey"]
