"""A caller is looked up, remembered for a second, and never remembered as welcome once told otherwise."""

import pytest

from agent_api.caller import Access, Denied, Who
from server.actions.rotate_signing_key import KNOWN_AFTER_MS, rotate_signing_key
from server.domain.people.roles import Role
from tests.agent_api.centre import Centre
from tests.people import seeded

ROLES = frozenset(Role)


async def test_a_caller_knows_its_bucket_and_its_time(api: Centre) -> None:
    helper = await api.enrol()
    api.clock.advance(60_000)
    caller = await api.services.access.caller(helper.bearer["authorization"], Who.DEVICE, ROLES)
    assert caller.person_bucket == f"person:{helper.answer['account']}"
    assert (caller.role, caller.token_expires_in, caller.revoked) == (Role.HELPER, 540, False)


async def test_a_token_outlives_the_rotation_of_its_key(api: Centre) -> None:
    old = await api.enrol()
    await rotate_signing_key(api.database, api.secrets, now_ms=api.clock.wall_ms(), randomness=seeded(5).randbytes)
    api.clock.advance(KNOWN_AFTER_MS)
    new = await api.enrol(login="new-1")
    headers = {str(one.answer["access_token"]).partition(".")[0] for one in (old, new)}
    assert len(headers) == 2
    for one in (old, new):
        assert (await api.services.access.caller(one.bearer["authorization"], Who.DEVICE, ROLES)).device == one.device


async def test_without_memory_every_request_asks(api: Centre) -> None:
    helper = await api.enrol()
    access = Access(api.database, api.secrets, api.clock, standing_life_ms=0)
    await access.caller(helper.bearer["authorization"], Who.DEVICE, ROLES)
    async with api.database.write() as tx:
        await tx.execute("UPDATE devices SET revoked_at = 1")
    with pytest.raises(Denied) as denied:
        await access.caller(helper.bearer["authorization"], Who.DEVICE, ROLES)
    assert denied.value.code == "device_revoked"
    assert not await access.still_welcome(helper.device, 1)
