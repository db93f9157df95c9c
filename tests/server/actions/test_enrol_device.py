"""A code enrols one key once; asking again after a lost reply costs nothing."""

from dataclasses import replace
from itertools import count

import pytest

from server.actions.activate_account import CODE_LIFE_MS, activate_account
from server.actions.enrol_device import REPEAT_MS, enrol_device
from server.actions.move_account import close_account
from server.actions.refusals import AccountClosed, CodeSpent, CredentialRefused, DeviceOfAnother, DeviceRevoked
from server.actions.revoke_device import revoke_device
from server.credentials import CHALLENGE_LIFE_MS, Secrets, to_base64url
from server.domain.people.roles import Role
from server.storage.people import device_by_id, session_of
from server.storage.unit_of_work import Database
from tests.cancel import at_every_await
from tests.people import NOW, Phone, account_of, enrol_phone, put_accounts, seeded

HELPER, LEAD = account_of(Role.HELPER), account_of(Role.TOWN_LEAD)


async def code_for(database: Database, secrets: Secrets, login: str = HELPER.login, seed: int = 1) -> str:
    made = await activate_account(
        database, secrets, login, actor="admin", now_ms=NOW, randomness=seeded(seed).randbytes
    )
    return made.code


async def test_a_phone_with_a_code_becomes_a_device_of_the_account(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    phone = Phone()
    made = await enrol_phone(database, secrets, await code_for(database, secrets), phone)
    assert (made.account, made.role, made.ordinal, made.session) == (HELPER.id, Role.HELPER, 0, 1)
    async with database.read() as snapshot:
        device = await device_by_id(snapshot, made.device)
        session = await session_of(snapshot, made.device, 1)
    assert device is not None
    assert to_base64url(device.public_key) == phone.public_key
    assert session is not None
    assert session.ended_at is None


async def test_the_same_code_and_key_again_give_the_same_device(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    code, phone = await code_for(database, secrets), Phone()
    first = await enrol_phone(database, secrets, code.lower().replace("-", " "), phone)
    again = await enrol_phone(database, secrets, code, phone, now_ms=NOW + 1, seed=2)
    assert (again.device, again.session) == (first.device, 2)


async def test_enrolling_cancelled_at_any_await_can_be_repeated_and_makes_one_device(
    database: Database, secrets: Secrets
) -> None:
    await put_accounts(database, HELPER)
    code, phone, seeds = await code_for(database, secrets), Phone(), count(2)
    devices, attempts = set(), 0
    async for _ in at_every_await(lambda: enrol_phone(database, secrets, code, phone, seed=next(seeds))):
        attempts += 1
        made = await enrol_phone(database, secrets, code, phone, seed=next(seeds))
        devices.add(made.device)
        async with database.read() as snapshot:
            [(held, live)] = await snapshot.fetch(
                "SELECT (SELECT count(*) FROM devices), (SELECT count(*) FROM sessions WHERE ended_at IS NULL)"
            )
        assert (held, live) == (1, 1), "one device, and one session of it that lives"
    assert len(devices) == 1
    assert attempts > 4


async def test_a_code_enrols_no_second_key(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    code = await code_for(database, secrets)
    await enrol_phone(database, secrets, code, Phone())
    with pytest.raises(CodeSpent):
        await enrol_phone(database, secrets, code, Phone(), seed=2)


async def test_a_code_ends_with_its_time(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    code, phone = await code_for(database, secrets), Phone()
    with pytest.raises(CodeSpent):
        await enrol_phone(database, secrets, code, phone, now_ms=NOW + CODE_LIFE_MS)
    await enrol_phone(database, secrets, code, phone)
    with pytest.raises(CodeSpent):
        await enrol_phone(database, secrets, code, phone, now_ms=NOW + REPEAT_MS, seed=2)


async def test_an_enrolled_device_keeps_its_id_with_a_new_code(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    phone = Phone()
    first = await enrol_phone(database, secrets, await code_for(database, secrets), phone)
    again = await enrol_phone(database, secrets, await code_for(database, secrets, seed=5), phone, seed=2)
    assert again.device == first.device
    async with database.read() as snapshot:
        old = await session_of(snapshot, first.device, first.session)
    assert old is not None
    assert old.ended_at == NOW


async def test_a_key_stays_with_its_account(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER, LEAD)
    phone = Phone()
    await enrol_phone(database, secrets, await code_for(database, secrets), phone)
    with pytest.raises(DeviceOfAnother):
        await enrol_phone(database, secrets, await code_for(database, secrets, LEAD.login, 5), phone, seed=2)


async def test_a_revoked_device_does_not_come_back_with_a_code(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    phone = Phone()
    made = await enrol_phone(database, secrets, await code_for(database, secrets), phone)
    await revoke_device(database, made.device, reason="lost", actor="admin", now_ms=NOW, randomness=seeded(9).randbytes)
    with pytest.raises(DeviceRevoked):
        await enrol_phone(database, secrets, await code_for(database, secrets, seed=5), phone, seed=2)


async def test_a_closed_account_enrols_nothing(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    code = await code_for(database, secrets)
    await close_account(database, HELPER.id, actor="admin", now_ms=NOW, randomness=seeded(9).randbytes)
    with pytest.raises(AccountClosed):
        await enrol_phone(database, secrets, code, Phone())


async def test_what_does_not_fit_is_refused_and_writes_nothing(database: Database, secrets: Secrets) -> None:
    await put_accounts(database, HELPER)
    code, phone = await code_for(database, secrets), Phone()
    good = phone.enrolment(code, secrets.challenge(NOW, bytes(8)))
    other_challenge = secrets.challenge(NOW, b"12345678")
    small_order = to_base64url(bytes(32))
    bad = [
        replace(good, code="22222-22222"),
        replace(good, code="O0I1L-22222"),
        replace(good, code=""),
        replace(good, code="é" * 10),
        replace(good, proof=Phone().sign(b"x")),
        replace(good, proof=good.proof[:-1]),
        replace(good, challenge=other_challenge),
        replace(good, challenge=to_base64url(bytes(32))),
        replace(good, public_key=Phone().public_key),
        replace(good, public_key=small_order),
        replace(good, public_key=good.public_key + "="),
        phone.enrolment(code, secrets.challenge(NOW - CHALLENGE_LIFE_MS - 1, bytes(8))),
        phone.enrolment(code, secrets.challenge(NOW + 10 * CHALLENGE_LIFE_MS, bytes(8))),
        phone.enrolment(code, Secrets(bytes(32)).challenge(NOW, bytes(8))),
    ]
    for enrolment in bad:
        with pytest.raises(CredentialRefused):
            await enrol_device(database, secrets, enrolment, now_ms=NOW, randomness=seeded().randbytes)
    async with database.read() as snapshot:
        assert await snapshot.fetch("SELECT id FROM devices") == []
    assert (await enrol_device(database, secrets, good, now_ms=NOW, randomness=seeded().randbytes)).ordinal == 0
