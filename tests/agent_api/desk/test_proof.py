"""An authenticator's code of this moment proves who asks, once, and only the account it belongs to."""

from __future__ import annotations

import pytest

from agent_api.desk.proof import FactorWrong, check_factor
from server.domain.people.roles import Role
from server.storage.people import account_by_id
from tests.agent_api.centre import Centre
from tests.agent_api.desk.test_accounts import with_factor


async def test_it_counts_once_and_for_its_owner_alone(api: Centre) -> None:
    admin, auditor = await with_factor(api, Role.ADMINISTRATOR), await with_factor(api, Role.AUDITOR)
    async with api.database.read() as snapshot:
        mine = await account_by_id(snapshot, str(admin.who.answer["account"]))
        theirs = await account_by_id(snapshot, str(auditor.who.answer["account"]))
    assert mine is not None
    assert theirs is not None
    code = admin.code()
    with pytest.raises(FactorWrong):
        await check_factor(api.services, theirs, code)
    await check_factor(api.services, mine, code)
    with pytest.raises(FactorWrong):
        await check_factor(api.services, mine, code)
