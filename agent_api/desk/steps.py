"""One route for every step of every kind: the change's name says what is done, the record's address to what.

Laws: the step goes through the write path as any change does; what has no effect is a problem document that tells
every reason, and the record as it stands is in the answer so that a stale page can show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.bodies import BodyRefused
from agent_api.caller import Caller
from agent_api.desk.asking import account_of
from agent_api.enrolment import json_response
from agent_api.problems import problem_response
from agent_api.wiring import Services
from server.actions.take_step import Taken, take_step
from sync.core.chain import encode_hash
from sync.core.changes import Base, Id

BODY_MAX = 64 * 1024


class StepRequest(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`fields`: what the step writes. `seen`: the state of the record on the person's page; none makes the record."""

    fields: dict[str, Any] = {}
    seen: Base | None = None


class StandingRecord(msgspec.Struct, frozen=True):
    """A record as it stands. `epoch`, `rev` and `hash` together are what the next step gives as `seen`."""

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
    try:
        asked = _read.decode(await request.body())
    except (msgspec.MsgspecError, ValueError):
        raise BodyRefused("malformed") from None
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
    return await taken_response(services, path["kind"], taken)


async def taken_response(services: Services, kind: str, taken: Taken) -> Response:
    """What a step came to, whichever route it was taken by."""
    answer = StepTaken(
        outcome=taken.outcome.code.value,
        reason=taken.outcome.reason,
        detail=taken.outcome.detail,
        record=await _standing(services, kind, taken),
    )
    if taken.outcome.code.has_effect or taken.outcome.code.value == "conflict":
        return json_response(answer)
    return problem_response("step_refused", more=msgspec.to_builtins(answer))


async def _standing(services: Services, kind: str, taken: Taken) -> StandingRecord | None:
    if taken.record is None:
        return None
    return StandingRecord(
        kind=kind,
        id=taken.record.id,
        epoch=await services.epoch(),
        rev=taken.record.rev,
        hash=encode_hash(taken.record.hash),
        fields=taken.record.fields,
    )
