"""What waits for a person at a supervisor's desk: conflicts that nobody has decided, and changes that wait.

Laws: a list shows no value that anybody typed. A conflict is opened whole with a reason, and the look is in the log
before it is answered; it is decided by its own step (`conflict.decide`), which names what was seen. A parked change is
decided again or returned to its author with a word, never edited.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of, reason_of
from agent_api.desk.steps import StandingRecord
from agent_api.enrolment import json_response
from agent_api.limits import RateExceeded
from agent_api.wiring import Services
from server.actions.list_disputes import ParkedLine, list_conflicts, list_parked
from server.actions.note_unmasking import HOUR_MS, TooManyUnmaskings, note_unmasking
from server.actions.open_to_read import open_to_read, reach_record
from server.actions.refusals import ReasonMissing
from server.actions.settle_parked import WORDS_MAX, Parked, read_parked, release_parked, return_parked
from server.domain.record_fields import text, texts
from server.domain.supervision.reads import is_reason
from sync.core.chain import encode_hash
from sync.core.changes import Id

BODY_MAX = 4 * 1024


class ConflictRow(msgspec.Struct, frozen=True):
    """`kind` and `record`: over what; `fields`: the names of those that differ. `opened_at` in ms."""

    id: Id
    kind: str
    record: str
    fields: list[str]
    authors: list[str]
    bucket: str
    opened_at: int


class Conflicts(msgspec.Struct, frozen=True):
    """`next`: what to give as `after` for the next page, empty at the end."""

    rows: list[ConflictRow]
    next: str


class ParkedChanges(msgspec.Struct, frozen=True):
    rows: list[ParkedLine]
    next: str


class ParkedChange(msgspec.Struct, frozen=True):
    """`code` of the change is "parked" while it waits, else what became of it."""

    change: Parked


class ParkedReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`words`: what its author is to do."""

    words: str


class ParkedReturned(msgspec.Struct, frozen=True):
    """Whether the author was told now: the same words are said once."""

    told: bool


_read_return = msgspec.json.Decoder(ParkedReturn)


async def get_conflicts(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/conflicts?after="""
    account = await account_of(caller, services)
    found = await list_conflicts(services.platform, account.scope, *_after(request))
    rows = [
        ConflictRow(
            id=one.id,
            kind=text(one.fields, "kind"),
            record=text(one.fields, "record"),
            fields=list(texts(one.fields, "fields")),
            authors=list(one.authors),
            bucket=one.bucket,
            opened_at=one.opened_at,
        )
        for one in found.conflicts
    ]
    return json_response(Conflicts(rows, _next(found.after)))


async def get_conflict(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/conflicts/{record}, with `Bangban-Reason`: its values are whole, and count as what is unmasked."""
    platform, account, reason = services.platform, await account_of(caller, services), reason_of(request)
    record = (await reach_record(platform, account, "conflict", request.path_params["record"])).id
    if not is_reason(reason):
        raise ReasonMissing(f"conflict {record}")
    try:
        await note_unmasking(platform, account, "conflict", record)
    except TooManyUnmaskings:
        raise RateExceeded(HOUR_MS // 1000) from None
    held = await open_to_read(platform, account, "conflict", record, reason, unmasked=True)
    return json_response(
        StandingRecord(
            kind="conflict",
            id=held.id,
            epoch=await services.epoch(),
            rev=held.rev,
            hash=encode_hash(held.hash),
            fields=held.fields,
        )
    )


async def get_parked_changes(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/parked?after="""
    account = await account_of(caller, services)
    found = await list_parked(services.platform, account.scope, *_after(request))
    return json_response(ParkedChanges(list(found.parked), _next(found.after)))


async def get_parked(request: Request, caller: Caller, services: Services) -> Response:
    """GET /v1/desk/parked/{change}"""
    account = await account_of(caller, services)
    return json_response(ParkedChange(await read_parked(services.platform, account, request.path_params["change"])))


async def post_release(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/parked/{change}/release: decided again as whoever made it stands now; `code` says what became of
    it."""
    account = await account_of(caller, services)
    return json_response(ParkedChange(await release_parked(services.platform, account, request.path_params["change"])))


async def post_return(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/parked/{change}/return: a word to its author, whose next change says what is meant."""
    try:
        asked = _read_return.decode(await request.body())
    except (msgspec.MsgspecError, ValueError):
        raise BodyRefused("malformed") from None
    if not is_reason(asked.words) or len(asked.words) > WORDS_MAX:
        raise BodyRefused("malformed")
    account = await account_of(caller, services)
    told = await return_parked(services.platform, account, request.path_params["change"], asked.words)
    return json_response(ParkedReturned(told))


def _after(request: Request) -> tuple[tuple[int, str], ...]:
    """`?after=` as a page's `next` gave it. Raises BodyRefused."""
    said = request.query_params.get("after", "")
    if not said:
        return ()
    at, _, ident = said.partition("~")
    if not (at.isascii() and at.isdecimal() and len(at) < 16):
        raise BodyRefused("malformed")
    return ((int(at), ident[:32]),)


def _next(after: tuple[int, str] | None) -> str:
    return f"{after[0]}~{after[1]}" if after is not None else ""
