"""Takes a step at a desk in somebody else's place: an operator on behalf of whoever cannot, with a reason.

Laws: the account's role and scope say what may be done, the operator's name stands in the log: the change is the
operator's, made at a desk that is named after the account. The reason is in the read log before the step is taken.
Nobody decides in this way what the clerk may not decide.
"""

from __future__ import annotations

from server.actions.log_read import log_read
from server.actions.platform import Platform
from server.actions.refusals import NotFound, ReasonMissing
from server.actions.take_step import Taken, read_record, take_step
from server.domain.cases.desk_rules import is_own_filing
from server.domain.people.roles import Role
from server.domain.supervision.reads import is_reason
from server.storage.people import ACTIVE, AccountRow
from sync.core.changes import Base, Fields


class OwnFiling(Exception):
    """The clerk filed it, and so accepts and decides it neither in person nor through anybody."""


async def act_for(
    platform: Platform,
    operator: AccountRow,
    clerk: AccountRow,
    *,
    reason: str,
    kind: str,
    record: str,
    name: str,
    fields: Fields,
    seen: Base | None,
) -> Taken:
    """Raises OwnFiling, and what check_operator and take_step raise."""
    check_operator(operator, reason)
    standing = await read_record(platform, kind, record)
    if standing is not None and is_own_filing(name, clerk.id, standing.fields):
        raise OwnFiling(f"{clerk.login} filed {record}")
    await vouch_for(platform, operator, clerk, reason=reason, kind=kind, record=record, what=name)
    return await take_step(
        platform, clerk, kind=kind, record=record, name=name, fields=fields, seen=seen, operator=operator
    )


def check_operator(operator: AccountRow, reason: str) -> None:
    """Raises NotFound when the operator is no administrator at work, ReasonMissing without a reason in words."""
    if operator.role is not Role.ADMINISTRATOR or operator.status != ACTIVE:
        raise NotFound(f"{operator.login} administers nothing")
    if not is_reason(reason):
        raise ReasonMissing("须写明代为办理的理由: why somebody acts in another's place must be said")


async def vouch_for(
    platform: Platform, operator: AccountRow, account: AccountRow, *, reason: str, kind: str, record: str, what: str
) -> None:
    """Keeps under the operator's name why the account's step is the operator's. Raises what check_operator does."""
    check_operator(operator, reason)
    await log_read(platform, operator, kind, record, f"代{account.login} {what}：{reason.strip()}")
