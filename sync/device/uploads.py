"""Sends the bytes of files by tus 1.0: announce, find out how far it came, send the next piece, until all is up.

Laws: text goes first, so only files whose change has left the outbox are ready. Every piece carries its hash. After any
cut the centre is asked how far it came; the bytes that arrived are not sent again. A file's bytes stay on the device
until the centre says `stored`, which only the exchange or the live socket tells.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import httpx
import msgspec

from sync.device.replica import Replica
from sync.device.state import Delivery, FileToSend, ReplicaStore
from sync.device.tokens import Tokens

UPLOADS_PATH = "/v1/uploads"
PIECE_BYTES = 64 * 1024
PIECE_TYPE = "application/offset+octet-stream"
TUS_VERSION = "1.0.0"
CUTS_MAX = 3
"""Times that a piece may go wrong before the line is left alone until the next exchange."""
_NEVER = (400, 403, 413, 415)
_GONE = (404, 410)
_ASK_AGAIN = (409, 423, 460)


class Uploads:
    """Over the store of one device."""

    def __init__(self, store: ReplicaStore, *, piece_bytes: int = PIECE_BYTES) -> None:
        self._store = store
        self._replica = Replica(store)
        self._piece_bytes = piece_bytes

    async def send_ready(
        self, client: httpx.AsyncClient, tokens: Tokens, on_progress: Callable[[FileToSend], None] = lambda file: None
    ) -> int:
        """How many files went up whole. Raises httpx.HTTPError when the line fails: what arrived is known next time."""
        sent = 0
        for file in self._replica.files_ready():
            sent += (await self._send(client, tokens, file, on_progress)).delivery is Delivery.SENT
        return sent

    async def _send(
        self, client: httpx.AsyncClient, tokens: Tokens, file: FileToSend, on_progress: Callable[[FileToSend], None]
    ) -> FileToSend:
        file = await self._find(client, tokens, file)
        cuts = 0
        while file.delivery is Delivery.WAITING and file.offset < file.size and cuts < CUTS_MAX:
            piece = self._store.file_content(file.id, file.offset, self._piece_bytes)
            if not piece:
                return self._keep(file, delivery=Delivery.REFUSED)
            answer = await client.patch(
                file.location, content=piece, headers=await self._headers(client, tokens, file, piece)
            )
            if answer.status_code == httpx.codes.NO_CONTENT:
                file, cuts = self._keep(file, offset=_offset(answer)), 0
                on_progress(file)
            elif answer.status_code in (*_GONE, *_ASK_AGAIN, httpx.codes.UNAUTHORIZED):
                cuts += 1
                file = await self._find(client, tokens, file)
            else:
                answer.raise_for_status()
                raise httpx.RemoteProtocolError(f"a piece was answered {answer.status_code}")
        if file.delivery is Delivery.WAITING and file.offset >= file.size:
            return self._keep(file, delivery=Delivery.SENT)
        return file

    async def _headers(
        self, client: httpx.AsyncClient, tokens: Tokens, file: FileToSend, piece: bytes
    ) -> dict[str, str]:
        checksum = base64.b64encode(hashlib.sha256(piece).digest()).decode()
        return {
            **await _common(client, tokens),
            "Content-Type": PIECE_TYPE,
            "Upload-Offset": str(file.offset),
            "Upload-Checksum": f"sha256 {checksum}",
        }

    async def _find(self, client: httpx.AsyncClient, tokens: Tokens, file: FileToSend) -> FileToSend:
        """How far the centre has come with a file, which it is told of first if it does not know it."""
        if file.location:
            answer = await client.head(file.location, headers=await _common(client, tokens))
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                tokens.forget_access()
                answer = await client.head(file.location, headers=await _common(client, tokens))
            if answer.status_code not in _GONE:
                answer.raise_for_status()
                return self._keep(file, offset=_offset(answer))
        return await self._announce(client, tokens, file)

    async def _announce(self, client: httpx.AsyncClient, tokens: Tokens, file: FileToSend) -> FileToSend:
        told = {"id": file.id, "sha256": file.sha256, "type": file.type, "purpose": file.purpose}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        length = {"Upload-Length": str(file.size), "Upload-Metadata": metadata}
        answer = await client.post(UPLOADS_PATH, headers={**await _common(client, tokens), **length})
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            tokens.forget_access()
            answer = await client.post(UPLOADS_PATH, headers={**await _common(client, tokens), **length})
        if answer.status_code in _NEVER:
            return self._keep(file, delivery=Delivery.REFUSED)
        answer.raise_for_status()
        location = answer.headers.get("location", "")
        if answer.is_redirect or not location:
            raise httpx.RemoteProtocolError("an announcement without a place to send to")
        return self._keep(file, location=location, offset=_offset(answer))

    def _keep(self, file: FileToSend, **changes: object) -> FileToSend:
        changed = msgspec.structs.replace(file, **changes)
        if changed != file:
            with self._store.transaction():
                self._store.put_file(changed)
        return changed


async def _common(client: httpx.AsyncClient, tokens: Tokens) -> dict[str, str]:
    return {"Tus-Resumable": TUS_VERSION, "Authorization": f"Bearer {await tokens.access(client)}"}


def _offset(answer: httpx.Response) -> int:
    told = answer.headers.get("upload-offset", "0")
    if not (told.isascii() and told.isdigit()):
        raise httpx.RemoteProtocolError("an offset that is no number")
    return int(told)
