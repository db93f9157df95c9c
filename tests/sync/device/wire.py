"""A server end for tests: answers HTTP requests in memory, with tokens, tus uploads and faults on demand."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from tests.sync.device.fake_centre import FakeCentre

Fault = Callable[[httpx.Request], httpx.Response | None]


class TestClock:
    """Stands still unless moved."""

    __test__ = False

    def __init__(self) -> None:
        self.now = 0

    def wall_ms(self) -> int:
        return 1_700_000_000_000 + self.now

    def monotonic_ms(self) -> int:
        return self.now


@dataclass
class Server:
    """`fault` may answer or raise before anything else does."""

    centre: FakeCentre = field(default_factory=FakeCentre)
    fault: Fault = lambda request: None
    step: int = 0
    refuse_refresh: bool = False
    asked: list[str] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)
    proofs: list[dict[str, str]] = field(default_factory=list)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    announced: dict[str, dict[str, str]] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        self.headers.append(request.headers)
        faulty = self.fault(request)
        if faulty is not None:
            return faulty
        if request.url.path == "/v1/token/refresh":
            return self._refresh(request)
        if request.headers.get("authorization") != f"Bearer access-{self.step}":
            return httpx.Response(401, json={"code": "token_expired"})
        if request.url.path == "/v1/exchange":
            packed = request.headers.get("content-encoding") == "gzip"
            message = gzip.decompress(request.content) if packed else request.content
            answer = gzip.compress(self.centre.exchange(message))
            return httpx.Response(200, content=answer, headers={"Content-Encoding": "gzip"})
        return self._tus(request)

    def _refresh(self, request: httpx.Request) -> httpx.Response:
        self.proofs.append(msgspec.json.decode(request.content))
        if self.refuse_refresh:
            return httpx.Response(401, json={"code": "session_ended"})
        self.step += 1
        told = {"access_token": f"access-{self.step}", "refresh_token": f"refresh-{self.step}", "expires_in": 600}
        return httpx.Response(200, json={**told, "deposit_only": False})

    def _tus(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1]
        if request.method == "POST":
            pairs = (pair.split(" ") for pair in request.headers["upload-metadata"].split(","))
            told = {key: base64.b64decode(value).decode() for key, value in pairs}
            self.announced[told["id"]] = told
            self.lengths[told["id"]] = int(request.headers["upload-length"])
            held = self.uploads.setdefault(told["id"], bytearray())
            place = f"/v1/uploads/{told['id']}"
            return httpx.Response(201, headers={"Location": place, "Upload-Offset": str(len(held))})
        if name not in self.uploads:
            return httpx.Response(404)
        held = self.uploads[name]
        if request.method == "HEAD":
            return httpx.Response(200, headers={"Upload-Offset": str(len(held))})
        if int(request.headers["upload-offset"]) != len(held):
            return httpx.Response(409)
        checksum = base64.b64encode(hashlib.sha256(request.content).digest()).decode()
        if request.headers["upload-checksum"] != f"sha256 {checksum}":
            return httpx.Response(460)
        held += request.content
        if len(held) == self.lengths[name] and hashlib.sha256(held).hexdigest() == self.announced[name]["sha256"]:
            self.centre.stored_files.add(name)
        return httpx.Response(204, headers={"Upload-Offset": str(len(held))})


def slowly(server: Server) -> Callable[[httpx.Request], Coroutine[Any, Any, httpx.Response]]:
    """The same server behind a line: there is a moment before it has heard, and one before its answer is heard."""

    async def served(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        response = await server(request)
        await asyncio.sleep(0)
        return response

    return served
