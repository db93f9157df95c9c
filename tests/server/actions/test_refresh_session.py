"""A lost reply never parts a helper from the account; an old token that comes back ends the session."""

import pytest

from server.actions.activate_account import activate_account
from server.actions.enrol_device import SESSION_LIFE_MS, EnrolledDevice
from server.actions.move_account import close_account
from server.actions.refresh_session import Continued, refresh_session
from server.actions.refusals import CredentialRefused, SessionOver
from server.actions.revoke_device import revoke_device
from server.credentials import Secrets
from server.domain.people.roles import Role
from server.storage.unit_of_work import Database
from tests.cancel import at_every_await
from tests.people import NOW, Phone, account_of, enrol_phone, put_accounts, seeded

HELPER = account_of(Role.HELPER)


class Device:
    """An enrolled phone that refreshes with the token of the step it names."""

    def __init__(self, database: Database, secrets: Secrets, phone: Phone, made: EnrolledDevice) -> None:
        self.database, self.secrets, self.phone, self.made = database, secrets, phone, made

    def token(self, step: int, session: int | None = None) -> str:
        return self.secrets.refresh_token(self.made.device, session or self.made.session, step)

    async def refresh(self, step: int, *, now_ms: int = NOW, session: int | None = None) -> Continued:
        token = self.token(step, session)
        proof = self.phone.refresh_proof(self.made.device, token)
        return await refresh_session(self.database, self.secrets, token, proof, now_ms=now_ms)


@pytest.fixture
async def device(database: Database, secrets: Secrets) -> Device:
    await put_accounts(database, HELPER)
    activation = await activate_account(
        database, secrets, HELPER.login, actor="admin", now_ms=NOW, randomness=seeded().randbytes
    )
    phone = Phone()
    return Device(database, secrets, phone, await enrol_phone(database, secrets, activation.code, phone))


async def test_each_token_has_one_successor(device: Device) -> None:
    assert [(await device.refresh(step)).step for step in range(4)] == [1, 2, 3, 4]


async def test_a_repeated_request_gets_the_same_successor(device: Device) -> None:
    assert [(await device.refresh(0)).step for _ in range(3)] == [1, 1, 1]
    assert (await device.refresh(1)).step == 2


async def test_a_request_overtaken_by_its_repetition_parts_nobody(device: Device) -> None:
    first, repeated, delayed = [await device.refresh(0) for _ in range(3)]
    assert first == repeated == delayed
    assert (await device.refresh(delayed.step)).step == 2


async def test_a_token_two_steps_old_ends_the_session(device: Device) -> None:
    for step in range(3):
        await device.refresh(step)
    with pytest.raises(SessionOver):
        await device.refresh(1)
    with pytest.raises(SessionOver):
        await device.refresh(3)


async def test_a_stolen_token_without_the_key_is_worth_nothing_and_ends_nothing(
    device: Device, database: Database, secrets: Secrets
) -> None:
    for step in range(3):
        await device.refresh(step)
    for step in (0, 1, 2, 3):
        token = device.token(step)
        with pytest.raises(CredentialRefused):
            await refresh_session(
                database, secrets, token, Phone().refresh_proof(device.made.device, token), now_ms=NOW
            )
    assert (await device.refresh(3)).step == 4


async def test_a_proof_is_good_for_one_token(device: Device, database: Database, secrets: Secrets) -> None:
    proof = device.phone.refresh_proof(device.made.device, device.token(0))
    with pytest.raises(CredentialRefused):
        await refresh_session(database, secrets, device.token(1), proof, now_ms=NOW)


@pytest.mark.parametrize("token", ["", "x", "A" * 54, "é" * 54, "A" * 10_000, "\ud800" * 54])
async def test_what_is_no_token_is_refused(device: Device, database: Database, secrets: Secrets, token: str) -> None:
    proof = device.phone.refresh_proof(device.made.device, token)
    with pytest.raises(CredentialRefused):
        await refresh_session(database, secrets, token, proof, now_ms=NOW)


async def test_a_session_ends_whatever_is_refreshed(device: Device) -> None:
    assert (await device.refresh(0, now_ms=NOW + SESSION_LIFE_MS - 1)).step == 1
    with pytest.raises(SessionOver):
        await device.refresh(1, now_ms=NOW + SESSION_LIFE_MS)


async def test_a_centre_restored_from_an_old_copy_honours_newer_tokens(device: Device) -> None:
    assert (await device.refresh(7)).step == 8
    assert (await device.refresh(8)).step == 9
    assert (await device.refresh(3, session=4)).step == 4  # a session it has no memory of
    with pytest.raises(SessionOver):
        await device.refresh(9)  # the one before ended with that
    with pytest.raises(SessionOver):
        await device.refresh(0, session=2)  # older than one it knows


async def test_a_revoked_device_may_come_to_deposit(device: Device, database: Database) -> None:
    await revoke_device(
        database, device.made.device, reason="lost", actor="admin", now_ms=NOW, randomness=seeded(9).randbytes
    )
    assert (await device.refresh(0)).deposit_only
    assert (await device.refresh(0, now_ms=NOW + 2 * SESSION_LIFE_MS)).deposit_only


async def test_the_devices_of_a_closed_account_may_come_to_deposit(device: Device, database: Database) -> None:
    await close_account(database, HELPER.id, actor="admin", now_ms=NOW, randomness=seeded(9).randbytes)
    assert (await device.refresh(0)).deposit_only


async def test_a_cancelled_refresh_can_be_repeated(device: Device) -> None:
    steps = [0]
    async for _ in at_every_await(lambda: device.refresh(steps[-1])):
        # Whatever was cut, the same token gets its successor.
        steps.append((await device.refresh(steps[-1])).step)
    assert steps == list(range(len(steps)))
    assert len(steps) > 2
