"""Owns the way without a network: an outbox sealed to the centre, and handing in a colleague's.

Laws: exporting marks nothing as sent; what was carried and is sent again later counts once. Nobody on the way can read
a sealed file, and whoever carries it learns only how much of it the centre has.
"""

from __future__ import annotations

from pathlib import Path

import httpx
import msgspec

from server.cli.device.enrolling import turned_away
from server.cli.device.exchanging import session_of, tokens_of
from server.cli.device.failures import Stopped
from server.cli.device.office import Office
from sync.core.chain import decode_hash
from sync.core.codec import parse_answer
from sync.core.errors import Malformed, NotAuthentic
from sync.device.connection import http_client
from sync.device.keys import write_durably
from sync.device.relay import seal_outbox
from sync.device.tokens import TokenRefused

RELAY_PATH = "/v1/relay"
SUFFIX = ".bangban"
SEALED_BYTES_MAX = 8 * 1024 * 1024


def export_outbox(office: Office, folder: Path) -> list[Path]:
    """The sealed files, in the order they are to be handed in. Raises Stopped: not_saved."""
    centre_key = decode_hash(office.identity.relay_public_key)
    made = []
    stem = f"{office.identity.device[:8]}-{office.today:%Y%m%d}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(session_of(office).export_outbox(), 1):
            sealed = seal_outbox(message, centre_key, ephemeral=office.random_bytes(32), nonce=office.random_bytes(12))
            file = folder / f"{stem}-{number}{SUFFIX}"
            write_durably(file, sealed)
            made.append(file)
    except OSError:
        raise Stopped("not_saved") from None
    return made


async def carry_file(office: Office, file: Path, *, transport: httpx.AsyncBaseTransport | None = None) -> int:
    """How far the centre now has that device's chain. Raises Stopped."""
    sealed = read_sealed(file)
    unsent = office.replica.unsent()
    try:
        async with http_client(office.identity.server, transport=transport) as client:
            token = await tokens_of(office).access(client)
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
            answer = await client.post(RELAY_PATH, content=sealed, headers=headers)
        if answer.status_code != httpx.codes.OK:
            raise turned_away(_read(answer.content))
        return parse_answer(answer.content).envelope.last_seq
    except TokenRefused:
        raise Stopped("session_ended", changes=unsent.changes) from None
    except (httpx.HTTPError, OSError, TimeoutError, Malformed, NotAuthentic):
        raise Stopped("no_contact", changes=unsent.changes, files=unsent.files) from None


def read_sealed(file: Path) -> bytes:
    """Raises Stopped: nothing_found, answer_wrong."""
    try:
        sealed = file.read_bytes()
    except OSError:
        raise Stopped("nothing_found", what=file) from None
    if len(sealed) > SEALED_BYTES_MAX:
        raise Stopped("answer_wrong", what=file.name, why=f"> {SEALED_BYTES_MAX}")
    return sealed


def _read(content: bytes) -> object:
    try:
        return msgspec.json.decode(content)
    except msgspec.MsgspecError:
        return None
