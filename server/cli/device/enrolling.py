"""Owns enrolment: a new store whose key lies under a PIN, a device key, an activation code shown once to the centre.

Laws: the device key is on disk, sealed, before the centre hears of it, so a lost answer or a kill costs nothing: the
same command again gets the same device. A store that is enrolled already keeps its key, chain and outbox; only its
session is new.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.cli.device.failures import Stopped, TurnedAway, stopped_by
from server.cli.device.office import IDENTITY, REFRESH_TOKEN, REPLICA, Identity, RandomBytes, open_waiting
from server.cli.device.pin import check_new_pin, unlock
from sync.core.chain import encode_hash
from sync.core.clock import Clock
from sync.device.connection import http_client
from sync.device.errors import DeviceError
from sync.device.keys import NONCE_BYTES, SIGNING_KEY, DeviceKey, KeyFolder, Slowness, write_durably

CHALLENGE_PATH = "/v1/enrol/challenge"
ENROL_PATH = "/v1/enrol"
_PENDING = "enrolling.key"
_SEALED_FOR = b"bangban-enrolling-1"


class Answer(msgspec.Struct, frozen=True):
    """What the centre says to a device it takes."""

    device: str
    mark: str
    account: str
    login: str
    name: str
    role: str
    refresh_token: str
    relay_public_key: str


def enrol(
    folder: Path,
    server: str,
    code: str,
    pin: str,
    clock: Clock,
    random_bytes: RandomBytes,
    *,
    device_name: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
    slowness: Slowness | None = None,
) -> Identity:
    """Raises Stopped: a PIN's, no_contact, turned_away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = _replica_key(folder, pin, clock, random_bytes, slowness)
    try:
        device_key = _device_key(folder, key, random_bytes)
        answer = asyncio.run(_ask(server, code, device_key, device_name, transport))
        return _keep(folder, key, device_key, answer, server, clock)
    except DeviceError as error:
        raise stopped_by(error) from None


def has_keys(folder: Path) -> bool:
    """Whether a PIN was chosen here before, be it by an enrolment that was cut off."""
    return KeyFolder(folder).exists()


def _replica_key(folder: Path, pin: str, clock: Clock, random_bytes: RandomBytes, slowness: Slowness | None) -> bytes:
    if KeyFolder(folder).exists():
        return unlock(folder, pin, clock.wall_ms())
    check_new_pin(pin)
    return KeyFolder(folder).create(pin, random_bytes, slowness)


def _device_key(folder: Path, key: bytes, random_bytes: RandomBytes) -> DeviceKey:
    """The key of this store, the one of an enrolment that was cut off, or a new one."""
    if (folder / REPLICA).exists():
        store = open_waiting(folder, key)
        try:
            held = store.secret(SIGNING_KEY)
        finally:
            store.close()
        if held is not None:
            return DeviceKey(held)
    pending = folder / _PENDING
    if not pending.exists():
        nonce = random_bytes(NONCE_BYTES)
        write_durably(pending, nonce + AESGCM(key).encrypt(nonce, random_bytes(32), _SEALED_FOR))
    sealed = pending.read_bytes()
    return DeviceKey(AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _SEALED_FOR))


async def _ask(
    server: str, code: str, key: DeviceKey, device_name: str, transport: httpx.AsyncBaseTransport | None
) -> Answer:
    public = encode_hash(key.public)
    try:
        async with http_client(server, transport=transport) as client:
            challenge = str(_told(await client.post(CHALLENGE_PATH, json={}))["challenge"])
            proof = encode_hash(key.sign(f"bangban-enrol-1\n{challenge}\n{public}".encode()))
            asked = {
                "code": code.strip(),
                "challenge": challenge,
                "public_key": public,
                "proof": proof,
                "device_name": device_name,
            }
            return msgspec.convert(_told(await client.post(ENROL_PATH, json=asked)), Answer)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
        raise Stopped("no_contact", changes=0, files=0) from None
    except (KeyError, TypeError, msgspec.MsgspecError):
        raise Stopped("no_contact", changes=0, files=0) from None


def _told(answer: httpx.Response) -> dict[str, Any]:
    """A JSON answer. Raises TurnedAway with the centre's own words."""
    told = msgspec.json.decode(answer.content)
    if answer.status_code == httpx.codes.OK:
        return dict(told)
    raise turned_away(told)


def turned_away(told: object) -> Stopped:
    """From a problem document (RFC 9457); anything else came from somebody on the way."""
    if not isinstance(told, dict) or not isinstance(told.get("code"), str):
        return Stopped("no_contact", changes=0, files=0)
    words = [str(told.get(name, "")) for name in ("title_zh", "title", "next_zh", "next")]
    return TurnedAway(told["code"], *words)


def _keep(folder: Path, key: bytes, device_key: DeviceKey, answer: Answer, server: str, clock: Clock) -> Identity:
    identity = Identity(
        device=answer.device,
        mark=answer.mark,
        account=answer.account,
        login=answer.login,
        name=answer.name,
        role=answer.role,
        server=server,
        relay_public_key=answer.relay_public_key,
        enrolled_at=clock.wall_ms(),
    )
    store = open_waiting(folder, key, device=answer.device)
    try:
        with store.transaction():
            store.put_secret(SIGNING_KEY, device_key.private)
            store.put_secret(REFRESH_TOKEN, answer.refresh_token.encode())
            store.put_secret(IDENTITY, msgspec.json.encode(identity))
    finally:
        store.close()
    (folder / _PENDING).unlink(missing_ok=True)
    return identity
