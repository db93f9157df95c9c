"""Enrolment and refresh over HTTP: reads the messages, calls the actions, answers with tokens. No rule of its own."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from agent_api.wiring import Services
from server.actions.enrol_device import Enrolment, enrol_device
from server.actions.issue_live_ticket import TICKET_LIFE_MS, issue_live_ticket
from server.actions.name_places import name_places
from server.actions.refresh_session import refresh_session
from server.actions.refusals import CredentialRefused
from server.credentials import CHALLENGE_LIFE_MS
from server.domain.cases.numbers import device_mark
from server.domain.people.entitlement import person_bucket
from sync.core.changes import Id
from sync.core.errors import Malformed

Key = Annotated[str, msgspec.Meta(min_length=43, max_length=43, description="32 bytes, base64url")]
Proof = Annotated[str, msgspec.Meta(min_length=86, max_length=86, description="Ed25519 signature, base64url")]
Shown = Annotated[str, msgspec.Meta(max_length=80)]

M = TypeVar("M", bound=msgspec.Struct)


class Challenge(msgspec.Struct, frozen=True):
    """Sign `bangban-enrol-1 LF challenge LF public_key` with the new key, within `expires_in` seconds."""

    challenge: str
    expires_in: int


class EnrolRequest(msgspec.Struct, frozen=True):
    """`proof` signs `bangban-enrol-1 LF challenge LF public_key`. Repeat it unchanged when the answer was lost."""

    code: Annotated[str, msgspec.Meta(min_length=10, max_length=40)]
    challenge: Annotated[str, msgspec.Meta(min_length=43, max_length=43)]
    public_key: Key
    proof: Proof
    device_name: Shown = ""
    app_version: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Enrolled(msgspec.Struct, frozen=True):
    """`mark`: the four signs of this device's receipts. `site`: the account's village, town or office.
    `relay_public_key`: what sealed outboxes are sealed to. `places`: what the account's places are called, by code.
    """

    device: Id
    mark: str
    account: Id
    login: str
    name: str
    role: str
    site: str
    person_bucket: str
    access_token: str
    refresh_token: str
    expires_in: int
    epoch: str
    relay_public_key: str
    places: dict[str, str]


class RefreshRequest(msgspec.Struct, frozen=True):
    """`proof` signs `bangban-refresh-1 LF device LF hex(SHA-256(refresh_token))` with the device's key."""

    refresh_token: Annotated[str, msgspec.Meta(min_length=54, max_length=54)]
    proof: Proof


class Refreshed(msgspec.Struct, frozen=True):
    """Keep the new refresh token before using the access token. `deposit_only`: this device was revoked. `places`: what
    the account's places are called now, by code.
    """

    access_token: str
    refresh_token: str
    expires_in: int
    deposit_only: bool
    places: dict[str, str]


class LiveTicket(msgspec.Struct, frozen=True):
    """For one socket: the subprotocol `ticket.<ticket>` of `WS /v1/live`, within `expires_in` seconds."""

    ticket: str
    expires_in: int


async def give_challenge(request: Request, services: Services) -> Response:
    challenge = services.secrets.challenge(services.clock.wall_ms(), services.randomness(8))
    return json_response(Challenge(challenge, CHALLENGE_LIFE_MS // 1000))


async def enrol(request: Request, services: Services) -> Response:
    asked = await read_json(request, EnrolRequest)
    address = request.client.host if request.client else ""
    services.limits.check_guesses("enrol", address)
    enrolment = Enrolment(
        asked.code, asked.challenge, asked.public_key, asked.proof, asked.device_name, asked.app_version
    )
    now = services.clock.wall_ms()
    try:
        made = await enrol_device(
            services.database,
            services.secrets,
            enrolment,
            now_ms=now,
            randomness=services.randomness,
            session_life_ms=services.session_life_ms,
        )
    except CredentialRefused:
        services.limits.count_failed_guess("enrol", address)
        raise
    ring = await services.access.ring()
    access_token, expires_in = ring.issue(
        made.account, made.device, made.session, now_ms=now, random_bytes=services.randomness(4)
    )
    return json_response(
        Enrolled(
            device=made.device,
            mark=device_mark(made.ordinal),
            account=made.account,
            login=made.login,
            name=made.name,
            role=made.role.value,
            site=made.site,
            person_bucket=person_bucket(made.account),
            access_token=access_token,
            refresh_token=services.secrets.refresh_token(made.device, made.session, 0),
            expires_in=expires_in,
            epoch=await services.epoch(),
            relay_public_key=services.relay_public_key,
            places=await name_places(services.database, made.account),
        )
    )


async def refresh(request: Request, services: Services) -> Response:
    asked = await read_json(request, RefreshRequest)
    now = services.clock.wall_ms()
    continued = await refresh_session(
        services.database,
        services.secrets,
        asked.refresh_token,
        asked.proof,
        now_ms=now,
        session_life_ms=services.session_life_ms,
    )
    # Counted for the device that proved itself: nobody else can use this up.
    services.limits.charge("60/minute", "refresh", continued.device)
    ring = await services.access.ring()
    access_token, expires_in = ring.issue(
        continued.account, continued.device, continued.session, now_ms=now, random_bytes=services.randomness(4)
    )
    refresh_token = services.secrets.refresh_token(continued.device, continued.session, continued.step)
    # A revoked device receives nothing more.
    places = {} if continued.deposit_only else await name_places(services.database, continued.account)
    return json_response(Refreshed(access_token, refresh_token, expires_in, continued.deposit_only, places))


async def give_live_ticket(request: Request, services: Services, device: str, session: int) -> Response:
    ticket = await issue_live_ticket(
        services.database,
        services.secrets,
        device,
        session,
        now_ms=services.clock.wall_ms(),
        randomness=services.randomness,
    )
    return json_response(LiveTicket(ticket, TICKET_LIFE_MS // 1000))


async def read_json(request: Request, kind: type[M]) -> M:
    """Raises Malformed. Unknown members are passed over: a newer app may say more."""
    try:
        return msgspec.json.decode(await request.body(), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise Malformed(f"not a {kind.__name__}: {type(error).__name__}") from None


def json_response(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
