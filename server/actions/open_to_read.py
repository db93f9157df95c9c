"""Opens one record for an account to look at: the one way by which a record of a person comes to be shown.

Laws: what is absent, out of reach or not this role's to read is the same. A conflict shows the values of the record
that it is over, so it is read by whoever may read that. The look is in the log before the record is given out, with
its reason where the law asks for one.
"""

from __future__ import annotations

from server.actions.log_read import log_read
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import read_record
from server.domain.people.reach import reaches
from server.domain.people.roles import may_read
from server.domain.record_fields import text
from server.storage.people import AccountRow
from sync.central.known import Record


async def open_to_read(
    platform: Platform,
    account: AccountRow,
    kind: str,
    record: str,
    reason: str = "",
    *,
    unmasked: bool = False,
    operator: AccountRow | None = None,
) -> Record:
    """`operator`: who looks in the account's place, and in whose name the look is logged. Raises NotFound, or
    ReasonMissing where one is asked for (server/actions/log_read.py).
    """
    found = await reach_record(platform, account, kind, record)
    reader, before = (operator, f"代{account.login} 查看：") if operator is not None else (account, "")
    await log_read(platform, reader, kind, found.id, reason, unmasked=unmasked, of=found, before=before)
    return found


async def by_leave_of(platform: Platform, account: AccountRow, opened: Record, named: Record) -> bool:
    """Whether a record that was opened may show the one that it names, such as a case its resident. What was received
    as a filing was bound to people whom its author could see; else a name is a claim: it shows who lies in the same
    place, or is within reach anyway.
    """
    if (opened.kind == "case" and text(opened.fields, "received_at")) or named.bucket == opened.bucket:
        return True
    return reaches(account.id, account.scope, named.bucket, named.fields, await platform.directory())


async def reach_record(platform: Platform, account: AccountRow, kind: str, record: str) -> Record:
    """The record for what shows nothing of it, and so is no look. Raises NotFound."""
    found = await read_record(platform, kind, record)
    if (
        found is None
        or not may_read(account.role, kind)
        or not (kind != "conflict" or may_read(account.role, text(found.fields, "kind")))
        or not reaches(account.id, account.scope, found.bucket, found.fields, await platform.directory())
    ):
        raise NotFound(f"no {kind} {record}")
    return found
