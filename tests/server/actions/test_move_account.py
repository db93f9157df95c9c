"""Grants follow the account: ended, never deleted; given again, in the next generation."""

import pytest

from server.actions.activate_account import activate_account
from server.actions.move_account import Moved, close_account, move_account, reopen_account
from server.actions.refusals import NotFound, ScopeUnknown
from server.credentials import Secrets
from server.domain.people.entitlement import buckets_of
from server.domain.people.roles import Role, Scope
from server.storage.people import account_by_id, grants_of, session_of
from server.storage.unit_of_work import Database
from tests.people import (
    DIRECTORY,
    HALL,
    NOW,
    SIBLING,
    VILLAGE,
    VILLAGE_UNIT,
    ZONE_UNIT,
    ZONE_VILLAGE,
    Phone,
    account_of,
    enrol_phone,
    put_accounts,
    seeded,
)

HELPER = account_of(Role.HELPER)


async def move(database: Database, scope: Scope, *, role: Role = Role.HELPER, at: int = NOW + 1) -> Moved:
    return await move_account(
        database,
        HELPER.id,
        role=role,
        scope=scope,
        site=VILLAGE,
        directory=DIRECTORY,
        actor="admin",
        now_ms=at,
        randomness=seeded(at).randbytes,
    )


async def held(database: Database) -> dict[str, tuple[int, int | None]]:
    async with database.read() as snapshot:
        grants = (await grants_of(snapshot, [HELPER.id]))[HELPER.id]
    return {grant.bucket: (grant.generation, grant.ended_at) for grant in grants}


async def test_a_new_account_is_granted_what_its_role_and_scope_give(database: Database) -> None:
    await put_accounts(database, HELPER)
    wanted = buckets_of(HELPER.id, HELPER.role, HELPER.scope, DIRECTORY)
    assert await held(database) == dict.fromkeys(wanted, (1, None))


async def test_a_move_ends_what_is_left_and_keeps_what_stays(database: Database) -> None:
    await put_accounts(database, HELPER)
    moved = await move(database, Scope(frozenset({ZONE_VILLAGE}), frozenset({ZONE_UNIT})))
    grants = await held(database)
    assert f"place:{VILLAGE}" in moved.ended
    assert f"place:{ZONE_VILLAGE}" in moved.granted
    assert grants[f"place:{VILLAGE}"] == (1, NOW + 1)
    assert grants[f"place:{ZONE_VILLAGE}"] == (1, None)
    assert grants[f"person:{HELPER.id}"] == (1, None)
    assert moved.wake == (f"person:{HELPER.id}",)


async def test_coming_back_raises_the_generation(database: Database) -> None:
    await put_accounts(database, HELPER)
    await move(database, Scope(frozenset({SIBLING})), at=NOW + 1)
    await move(database, HELPER.scope, at=NOW + 2)
    grants = await held(database)
    assert grants[f"place:{VILLAGE}"] == (2, None)
    assert grants[f"place:{SIBLING}"] == (1, NOW + 2)


async def test_a_move_to_the_same_scope_changes_no_grant(database: Database) -> None:
    await put_accounts(database, HELPER)
    before = await held(database)
    moved = await move(database, HELPER.scope)
    assert (moved.ended, moved.granted) == ((), ())
    assert await held(database) == before


async def test_a_desk_clerk_keeps_the_person_bucket_alone(database: Database) -> None:
    await put_accounts(database, HELPER)
    await move(database, Scope(frozenset(), frozenset({HALL})), role=Role.DESK_CLERK)
    assert [bucket for bucket, (_, ended) in (await held(database)).items() if ended is None] == [f"person:{HELPER.id}"]


async def test_an_unlisted_scope_changes_nothing(database: Database) -> None:
    await put_accounts(database, HELPER)
    before = await held(database)
    with pytest.raises(ScopeUnknown):
        await move(database, Scope(frozenset({"341881999999"})))
    assert await held(database) == before
    with pytest.raises(NotFound):
        await close_account(database, "f" * 32, actor="admin", now_ms=NOW, randomness=seeded().randbytes)


async def test_closing_ends_grants_and_sessions_and_reopening_gives_the_next_generation(
    database: Database, secrets: Secrets
) -> None:
    await put_accounts(database, HELPER)
    activation = await activate_account(
        database, secrets, HELPER.login, actor="admin", now_ms=NOW, randomness=seeded().randbytes
    )
    device = await enrol_phone(database, secrets, activation.code, Phone())
    await close_account(database, HELPER.id, actor="admin", now_ms=NOW + 5, randomness=seeded(2).randbytes)
    async with database.read() as snapshot:
        session = await session_of(snapshot, device.device, device.session)
        account = await account_by_id(snapshot, HELPER.id)
    assert session is not None
    assert account is not None
    assert (session.ended_at, account.status) == (NOW + 5, "closed")
    assert {ended for _, ended in (await held(database)).values()} == {NOW + 5}
    await reopen_account(
        database, HELPER.id, directory=DIRECTORY, actor="admin", now_ms=NOW + 6, randomness=seeded(3).randbytes
    )
    assert set((await held(database)).values()) == {(2, None)}


async def test_every_move_leaves_its_trace_for_the_auditor(database: Database) -> None:
    await put_accounts(database, HELPER)
    await move(database, Scope(frozenset({SIBLING}), frozenset({VILLAGE_UNIT})))
    async with database.read() as snapshot:
        ((actor, verb, account, detail),) = await snapshot.fetch(
            "SELECT actor, verb, account, detail FROM account_events"
        )
    assert (actor, verb, account) == ("admin", "move", HELPER.id)
    assert f"place:{SIBLING}" in detail
