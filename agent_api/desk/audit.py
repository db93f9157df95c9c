"""The audit: who looked at and changed what, and whether the trail is whole.

Laws: searching the logs is itself a look that is logged, and what is out of the auditor's scope is not there; nothing
here opens a record. The check of the trail runs in a process of its own (server/trail_check.py) and wants the
auditor's factor and a reason, as at the console.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused, read_json
from agent_api.caller import Caller
from agent_api.desk.asking import account_of
from agent_api.desk.proof import check_factor
from agent_api.enrolment import json_response
from agent_api.wiring import Services
from server.actions.log_read import log_read
from server.actions.refusals import NotFound, ReasonMissing
from server.actions.search_logs import LATEST, ROWS_MAX, LogRow, may_search, search_changes, search_looks
from server.actions.verify_findings import Finding
from server.domain.supervision.reads import is_reason
from server.storage.people import account_by_id
from sync.core.ids import is_id

BODY_MAX = 4 * 1024


class LogRows(msgspec.Struct, frozen=True):
    """The newest first. `next`: what to give as `before` for the next page, 0 at the end."""

    rows: list[LogRow]
    next: int


class TrailAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`factor`: the six digits that the auditor's authenticator shows now. `reason` is kept in the read log."""

    factor: str
    reason: str


class TrailReport(msgspec.Struct, frozen=True):
    """`signed`: how many ends that were signed at the second place were compared. `findings`: the first thousand, each
    with the id of its row; whole is what has none.
    """

    is_whole: bool
    changes: int
    chains: int
    looks: int
    signed: int
    count: int
    findings: list[Finding]


_read_asked = msgspec.json.Decoder(TrailAsked)


async def get_looks(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/audit/looks?account= or ?record=, &before="""
    platform, auditor = services.platform, await account_of(caller, services)
    account, record = request.query_params.get("account", "")[:32], request.query_params.get("record", "")[:32]
    if bool(account) == bool(record) or not is_id(account or record):
        raise BodyRefused("malformed")
    async with platform.database.read() as snapshot:
        named = await account_by_id(snapshot, account) if account else None
    if (account and named is None) or not await may_search(platform, auditor, named, record):
        raise NotFound("nothing of this scope")
    await log_read(platform, auditor, "log", account or record)
    return _page(await search_looks(platform, account=account, record=record, before=_before(request)))


async def get_changes(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/audit/changes?record=&before="""
    platform, auditor = services.platform, await account_of(caller, services)
    record = request.query_params.get("record", "")[:32]
    if not is_id(record):
        raise BodyRefused("malformed")
    if not await may_search(platform, auditor, None, record):
        raise NotFound("nothing of this scope")
    await log_read(platform, auditor, "log", record)
    return _page(await search_changes(platform, record, before=_before(request)))


async def post_verify(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/audit/verify: every change against its line and chain, accounts, looks, the ends that were signed.
    Takes as long as there is much: some minutes for a million.
    """
    asked, account = await read_json(request, _read_asked), await account_of(caller, services)
    check_trail = services.check_trail
    if check_trail is None:
        raise NotFound("nobody said how the trail is checked")
    if not is_reason(asked.reason):
        raise ReasonMissing("why the trail is checked must be said")
    await check_factor(services, account, asked.factor)
    await log_read(services.platform, account, "log", "verify", asked.reason)
    report = await check_trail(_nobody_waits)
    findings = report.findings
    return json_response(
        TrailReport(
            is_whole=not findings.count,
            changes=report.changes,
            chains=report.chains,
            looks=report.looks,
            signed=report.signed,
            count=findings.count,
            findings=findings.found,
        )
    )


async def _nobody_waits(_checked: int) -> None:
    """How far it is, is told nobody here."""


def _before(request: Request) -> int:
    said = request.query_params.get("before", "")
    if said and not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise BodyRefused("malformed")
    return int(said) if said and int(said) else LATEST


def _page(rows: list[LogRow]) -> Response:
    return json_response(LogRows(rows, rows[-1].position if len(rows) == ROWS_MAX else 0))
