"""One route for every step of every kind: the change's name says what is done, the record's address to what.

Laws: the step goes through the write path as any change does; what has no effect is a problem document that tells
every reason, and the record as it stands is in the answer so that a stale page can show it. That is a look like any
other: of a person's record it is in the read log before it is answered, ids and phones are masked, and without the
reason that the law asks for, or out of the account's reach by now, its fields are not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import read_json
from agent_api.caller import Caller
from agent_api.desk.asking import account_of
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.actions.open_to_read import open_to_read
from server.actions.refusals import NotFound, ReasonMissing
from server.actions.take_step import Taken, take_step
from server.domain.people.masked_fields import masked_fields
from server.domain.supervision.reads import REASON_LENGTH_MAX
from server.storage.errors import StorageError
from server.storage.people import AccountRow
from sync.core.chain import encode_hash
from sync.core.changes import Base, Id

BODY_MAX = 64 * 1024


class StepRequest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`fields`: what the step writes. `seen`: the state of the record on the person's page; none makes the record.
    `reason`: why one looks at the record in the answer, where the law asks.
    """

    fields: dict[str, Any] = {}
    seen: Base | None = None
    reason: Annotated[str, msgspec.Meta(max_length=REASON_LENGTH_MAX)] = ""


class StandingRecord(msgspec.Struct, frozen=True):
    """A record as it stands. `epoch`, `rev` and `hash` together are what the next step gives as `seen`. After a step
    `fields` is empty where the law asks why one looks and nobody said.
    """

    kind: str
    id: Id
    epoch: str
    rev: int
    hash: str
    fields: Mapping[str, Any]


class StepTaken(msgspec.Struct, frozen=True):
    """`outcome`: applied, merged, conflict or duplicate; `detail` tells what the centre had to say."""

    outcome: str
    reason: str
    detail: Mapping[str, Any]
    record: StandingRecord | None


_read = msgspec.json.Decoder(StepRequest)


async def post_step(request: Request, caller: Caller, services: Services) -> Response:
    """POST /v1/desk/{kind}/{record}/{name}"""
    asked = await read_json(request, _read)
    platform, path = services.platform, request.path_params
    account = await account_of(caller, services)
    taken = await take_step(
        platform,
        account,
        kind=path["kind"],
        record=path["record"],
        name=f"{path['kind']}.{path['name']}",
        fields=asked.fields,
        seen=asked.seen,
    )
    return await taken_response(services, account, path["kind"], taken, asked.reason)


async def taken_response(
    services: Services, account: AccountRow, kind: str, taken: Taken, reason: str = ""
) -> Response:
    """What a step came to, whichever route it was taken by."""
    answer = StepTaken(
        outcome=taken.outcome.code.value,
        reason=taken.outcome.reason,
        detail=taken.outcome.detail,
        record=await _standing(services, account, kind, taken, reason),
    )
    if taken.outcome.code.has_effect or taken.outcome.code.value == "conflict":
        return json_response(answer)
    return problem_response("step_refused", more=msgspec.to_builtins(answer))


async def _standing(
    services: Services, account: AccountRow, kind: str, taken: Taken, reason: str
) -> StandingRecord | None:
    if taken.record is None:
        return None
    shown = await _may_show(services, account, kind, taken.record.id, reason)
    return StandingRecord(
        kind=kind,
        id=taken.record.id,
        epoch=await services.epoch(),
        rev=taken.record.rev,
        hash=encode_hash(taken.record.hash),
        fields=masked_fields(kind, taken.record.fields) if shown else {},
    )


async def _may_show(services: Services, account: AccountRow, kind: str, record: str, reason: str) -> bool:
    """Logs the look; False where it cannot be: the step itself was taken or not, whatever becomes of the look."""
    if not services.platform.policies[kind].personal:
        return True
    try:
        await open_to_read(services.platform, account, kind, record, reason)
    except (ReasonMissing, NotFound, StorageError):
        return False
    return True
