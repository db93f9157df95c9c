"""What a clerk, a supervisor or the centre itself does, as changes of that account's desk.

Laws: a desk is a device without a key of its own: one an account, its id derived, its chain kept by the centre. Its
changes take the next places in that chain inside the write path, meet the same merge and stand in the same log as a
phone's. A desk writes where its account's scope reaches, which whoever calls has checked and says by `buckets`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from server.domain.people.entitlement import person_bucket
from server.domain.people.roles import CENTRE_ROLE, Role, Scope
from server.storage.people import AccountRow, account_by_id, insert_accounts, lock_of
from server.storage.unit_of_work import Database, Transaction
from server.write import Job, Writer, Written
from sync.central.known import Author
from sync.core.changes import Base, Captured, Change, Fields
from sync.core.codec import encode_change, parse_change_line
from sync.core.ids import derived_id, timed_id

DESK_NAME = "desk"
BEHALF = "desk for "
"""Before the login, in the name of a desk at which somebody acts on an account's behalf."""
DESK_APP = "centre"
"""Stands where a device tells its app's version: what tells desks from devices in a query."""
CENTRE_LOGIN = "centre"
CENTRE_ACCOUNT = derived_id("account", CENTRE_LOGIN)
"""In whose name the centre acts by itself. Nobody signs in as it, enrols for it or acts in its place: its role and its
reach bind no step.
"""
_IS_THERE = "SELECT 1 FROM devices WHERE id = ?"


@dataclass(frozen=True, kw_only=True)
class DeskEdit:
    """What a desk does to one record. `base`: the state its person saw; None when the record is new."""

    kind: str
    record: str
    name: str
    fields: Fields
    base: Base | None = None


def desk_of(account: str) -> str:
    """The id of an account's desk."""
    return derived_id("desk", account)


def desk_for(operator: str, account: str) -> str:
    """The id of the desk at which an operator acts on behalf of an account."""
    return derived_id("desk", operator, account)


@dataclass(frozen=True)
class Desk:
    """`account` writes at it; `name` is what its device is called."""

    id: str
    account: str
    name: str = DESK_NAME


def _desk_at(account: AccountRow, operator: AccountRow | None) -> Desk:
    """The account's own, or the one at which the operator acts in its place."""
    if operator is None:
        return Desk(desk_of(account.id), account.id)
    return Desk(desk_for(operator.id, account.id), operator.id, BEHALF + account.login)


def desk_author(
    account: AccountRow, buckets: Iterable[str], operator: AccountRow | None = None, *, computes: bool = False
) -> Author:
    """The account at its desk, where it may write `buckets` besides its own; or the operator in its place. `computes`:
    the centre worked out what is written.
    """
    desk = _desk_at(account, operator)
    grants = dict.fromkeys((*buckets, person_bucket(desk.account)), 0)
    role = CENTRE_ROLE if account.id == CENTRE_ACCOUNT else account.role.value
    return Author(account=desk.account, device=desk.id, role=role, grants=grants, at_desk=True, computes=computes)


async def desk_change(
    database: Database,
    writer: Writer,
    account: AccountRow,
    edits: Sequence[DeskEdit],
    *,
    buckets: Iterable[str],
    now_ms: int,
    randomness: Callable[[int], bytes],
    operator: AccountRow | None = None,
    computed: bool = False,
) -> Written:
    """What became of the edits, in order, after the commit. `operator`: who acts on behalf of the account. `computed`:
    the centre worked the edits out, for itself or for whoever asked it to (server/domain/people/authors.py). Raises
    what the writer raises.
    """
    await _ensure(database, _desk_at(account, operator), now_ms=now_ms, randomness=randomness)
    lines = [
        parse_change_line(
            encode_change(
                Change(
                    id=timed_id(now_ms, randomness(10)),
                    kind=edit.kind,
                    record=edit.record,
                    name=edit.name,
                    set=dict(edit.fields),
                    base=edit.base,
                    captured=Captured(wall=now_ms),
                )
            )
        )
        for edit in edits
    ]
    author = desk_author(account, buckets, operator, computes=computed)
    return await writer.write(Job.of_the_centre(author, lines))


async def _ensure(database: Database, desk: Desk, *, now_ms: int, randomness: Callable[[int], bytes]) -> None:
    """Makes the desk when it is not there."""
    async with database.read() as snapshot:
        if await snapshot.fetch_one(_IS_THERE, [desk.id]):
            return
    async with database.write() as tx:
        await _add(tx, desk, now_ms=now_ms, randomness=randomness)


async def _add(tx: Transaction, desk: Desk, *, now_ms: int, randomness: Callable[[int], bytes]) -> None:
    """The same inside a transaction. The public key is random: nobody has a private one, so nobody can sign for it."""
    await tx.lock_keys([lock_of("enrol", "")])
    if await tx.fetch_one(_IS_THERE, [desk.id]):
        return
    row = await tx.fetch_one("SELECT coalesce(max(ordinal), 0) FROM devices")
    columns = ("id", "ordinal", "account", "public_key", "name", "created_at", "unsent", "app_version")
    ordinal = (row[0] if row else 0) + 1
    made = (desk.id, ordinal, desk.account, randomness(32), desk.name, now_ms, 0, DESK_APP)
    await tx.insert_many("devices", columns, [made])


async def centre_account(tx: Transaction, *, now_ms: int, randomness: Callable[[int], bytes]) -> AccountRow:
    """The centre's own account with its desk, made when it is not there."""
    found = await account_by_id(tx, CENTRE_ACCOUNT)
    if found is None:
        made = AccountRow(CENTRE_ACCOUNT, CENTRE_LOGIN, "中心", Role.ADMINISTRATOR, Scope(), "")
        await insert_accounts(tx, [made], now_ms)
        found = await account_by_id(tx, CENTRE_ACCOUNT)
    assert found is not None, "it was just written"
    await _add(tx, Desk(desk_of(CENTRE_ACCOUNT), CENTRE_ACCOUNT), now_ms=now_ms, randomness=randomness)
    return found
