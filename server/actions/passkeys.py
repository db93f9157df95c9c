"""Passkeys of staff (WebAuthn): one is added, shown as the second factor, or signs in by itself.

    registration_options → the browser makes a key → add_passkey
    assertion_options    → the browser signs       → show_passkey (a session becomes full) | sign_in_with_passkey

Laws: a challenge is bound to its purpose, lives five minutes and is answered once; none is stored until it is. The key
asks for its person (a PIN, a finger), so that a passkey alone is two factors. A counter that does not rise is a copied
key and is refused. The last confirmed factor of an account is never removed: a password alone could then add its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.actions.refusals import CredentialRefused
from server.actions.sign_in import STAFF_ROLES, SignedIn, StaffDoor, StaffVisitor, factor_place, session_id
from server.credentials import to_base64url
from server.storage import staff
from server.storage.errors import UniqueViolation
from server.storage.people import ACTIVE, AccountRow, account_by_id, record_event
from server.storage.staff import FactorRow, StaffSessionRow
from server.storage.unit_of_work import Snapshot, Transaction
from sync.core.ids import timed_id

CHALLENGE_LIFE_MS = 5 * 60_000
RESPONSE_CHARS_MAX = 16_000
CREDENTIAL_CHARS_MAX = 400
PASSKEYS_MAX = 10
SIGN_IN = "sign_in"
"""The purpose of a challenge before anybody is known. All others are a session's own."""
_RANDOM = 16
_SPEND = "INSERT INTO staff_challenges (challenge_hash, purpose, expires_at) VALUES (?, ?, ?)"
_KEY = "passkey"


@dataclass(frozen=True, slots=True)
class Site:
    """The console as a browser sees it: `host` without a port is what keys are bound to, `origin` with scheme."""

    host: str
    origin: str

    @property
    def server(self) -> Fido2Server:
        entity = PublicKeyCredentialRpEntity(name="帮办 Bangban", id=self.host)
        return Fido2Server(entity, attestation=None, verify_origin=lambda said: said == self.origin)


async def registration_options(door: StaffDoor, site: Site, visitor: StaffVisitor) -> str:
    """What the browser makes a key from, as JSON. It names the keys that are there, so that none is made twice."""
    async with door.database.read() as snapshot:
        factors = await _passkeys(snapshot, visitor.account.id)
    account = visitor.account
    user = PublicKeyCredentialUserEntity(name=account.login, id=account.id.encode(), display_name=account.name)
    options, _ = site.server.register_begin(
        user,
        credentials=[_descriptor(one) for one in factors],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=_challenge(door, visitor.session.id),
    )
    return json.dumps(dict(options))


async def assertion_options(door: StaffDoor, site: Site, visitor: StaffVisitor | None) -> str:
    """What the browser signs, as JSON; "" for an account without passkeys. Before signing in any key of the site."""
    credentials = None
    if visitor is not None:
        async with door.database.read() as snapshot:
            credentials = [_descriptor(one) for one in await _passkeys(snapshot, visitor.account.id)]
        if not credentials:
            return ""
    options, _ = site.server.authenticate_begin(
        credentials,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=_challenge(door, visitor.session.id if visitor is not None else SIGN_IN),
    )
    return json.dumps(dict(options))


async def add_passkey(door: StaffDoor, site: Site, visitor: StaffVisitor, name: str, response: str) -> None:
    """Raises CredentialRefused."""
    said = _parsed(response)
    challenge = _challenge_of(said)
    try:
        made = site.server.register_complete(_state(challenge), RegistrationResponse.from_dict(said))
    except Exception as error:  # as for a signature
        raise CredentialRefused(type(error).__name__) from None
    data = made.credential_data
    if data is None or len(websafe_encode(data.credential_id)) > CREDENTIAL_CHARS_MAX:
        raise CredentialRefused("no credential")
    now, factor = door.now(), timed_id(door.now(), door.randomness(10))
    sealed = door.sealing.seal(factor_place(factor), bytes(data))
    row = FactorRow(
        factor, visitor.account.id, _KEY, name[:80], sealed, websafe_encode(data.credential_id), made.counter, now
    )
    try:
        async with door.database.write() as tx:
            await _spend(tx, door, challenge, visitor.session.id)
            if len(await _passkeys(tx, visitor.account.id)) >= PASSKEYS_MAX:
                raise CredentialRefused("too many passkeys")
            await staff.insert_factor(tx, row, now)
            await _note(tx, door, visitor.account.id, "add_passkey")
    except UniqueViolation:
        raise CredentialRefused("answered before, or a key that is there") from None


async def show_passkey(door: StaffDoor, site: Site, visitor: StaffVisitor, response: str) -> None:
    """Makes the session full, or its factor fresh. Raises CredentialRefused."""
    factor, challenge, counter = await _verified(door, site, response)
    if factor.account != visitor.account.id:
        raise CredentialRefused("another account's key")
    now = door.now()
    try:
        async with door.database.write() as tx:
            await _spend(tx, door, challenge, visitor.session.id)
            await _use(tx, factor, counter, now)
            await staff.note_factor(tx, visitor.session.id, now)
            await _note(tx, door, visitor.account.id, "show_factor")
    except UniqueViolation:
        raise CredentialRefused("answered before") from None


async def sign_in_with_passkey(door: StaffDoor, site: Site, response: str, *, browser: str, address: str) -> SignedIn:
    """A full session at once. Raises CredentialRefused, also for an account that is closed."""
    factor, challenge, counter = await _verified(door, site, response)
    now, token = door.now(), to_base64url(door.randomness(32))
    row = StaffSessionRow(session_id(token), factor.account, now, now, now, None, browser[:200], address[:64])
    try:
        async with door.database.write() as tx:
            account = await account_by_id(tx, factor.account)
            if account is None or account.status != ACTIVE or account.role not in STAFF_ROLES:
                raise CredentialRefused("no account for the console")
            await _spend(tx, door, challenge, SIGN_IN)
            await _use(tx, factor, counter, now)
            await staff.insert_staff_session(tx, row)
            await staff.note_factor(tx, row.id, now)
            await _note(tx, door, account.id, "sign_in")
    except UniqueViolation:
        raise CredentialRefused("answered before") from None
    return SignedIn(token, row, account)


async def rename_passkey(door: StaffDoor, account: AccountRow, factor: str, name: str) -> None:
    async with door.database.write() as tx:
        await staff.rename_factor(tx, factor, account.id, name.strip()[:80] or _KEY)


async def remove_factor(door: StaffDoor, account: AccountRow, factor: str) -> bool:
    """A passkey, or an authenticator beside another factor; False for the last one, which stays."""
    async with door.database.write() as tx:
        confirmed = [one.id for one in await staff.factors_of(tx, account.id) if one.confirmed_at is not None]
        if factor not in confirmed:
            return True
        if len(confirmed) == 1:
            return False
        await staff.drop_factor(tx, factor, account.id)
        await _note(tx, door, account.id, "drop_factor")
    return True


async def _verified(door: StaffDoor, site: Site, response: str) -> tuple[FactorRow, bytes, int]:
    """The passkey that signed, its challenge and its counter."""
    said = _parsed(response)
    challenge = _challenge_of(said)
    async with door.database.read() as snapshot:
        factor = await staff.factor_by_credential(snapshot, str(said.get("id", ""))[:CREDENTIAL_CHARS_MAX])
    if factor is None or factor.kind != _KEY:
        raise CredentialRefused("unknown key")
    key = AttestedCredentialData(door.sealing.open(factor_place(factor.id), factor.secret))
    try:
        answer = AuthenticationResponse.from_dict(said)
        site.server.authenticate_complete(_state(challenge), [key], answer)
    except Exception as error:  # what a stranger sends breaks in many ways, a false signature in the curve's own
        raise CredentialRefused(type(error).__name__) from None
    return factor, challenge, answer.response.authenticator_data.counter


async def _use(tx: Transaction, factor: FactorRow, counter: int, now: int) -> None:
    if not await staff.note_passkey_used(tx, factor.id, counter, now):
        raise CredentialRefused("a copied key")


async def _passkeys(snapshot: Snapshot, account: str) -> list[FactorRow]:
    return [one for one in await staff.factors_of(snapshot, account) if one.kind == _KEY]


def _descriptor(factor: FactorRow) -> PublicKeyCredentialDescriptor:
    assert factor.credential is not None, "a passkey has a credential"
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=websafe_decode(factor.credential))


def _challenge(door: StaffDoor, purpose: str) -> bytes:
    head = (door.now() + CHALLENGE_LIFE_MS).to_bytes(8, "big") + door.randomness(_RANDOM)
    return head + _mac(door, purpose, head)


def _mac(door: StaffDoor, purpose: str, head: bytes) -> bytes:
    return door.secrets.mac("passkey-challenge", purpose.encode() + b"\n" + head)[:16]


async def _spend(tx: Transaction, door: StaffDoor, challenge: bytes, purpose: str) -> None:
    """Ours, for this purpose, in time, and never before: a second answer finds the row of the first."""
    head, mac = challenge[: 8 + _RANDOM], challenge[8 + _RANDOM :]
    expires = int.from_bytes(head[:8], "big")
    if not hmac.compare_digest(mac, _mac(door, purpose, head)) or expires < door.now():
        raise CredentialRefused("challenge")
    await tx.execute(_SPEND, [hashlib.sha256(challenge).digest(), purpose, expires])


def _state(challenge: bytes) -> dict[str, str]:
    return {"challenge": websafe_encode(challenge), "user_verification": "required"}


def _parsed(response: str) -> Mapping[str, Any]:
    try:
        said = json.loads(response[:RESPONSE_CHARS_MAX])
    except (ValueError, RecursionError):
        raise CredentialRefused("no answer of a browser") from None
    if not isinstance(said, dict) or not isinstance(said.get("response"), dict):
        raise CredentialRefused("no answer of a browser")
    return said


def _challenge_of(said: Mapping[str, Any]) -> bytes:
    """As the browser signed it. Whether it is ours is for `_spend`."""
    try:
        client = json.loads(websafe_decode(said["response"]["clientDataJSON"]))
        return bytes(websafe_decode(client["challenge"]))
    except (ValueError, KeyError, TypeError):
        raise CredentialRefused("no answer of a browser") from None


async def _note(tx: Transaction, door: StaffDoor, account: str, verb: str) -> None:
    event = timed_id(door.now(), door.randomness(10))
    await record_event(tx, event=event, at_ms=door.now(), actor=account, verb=verb, account=account)
