"""What tests of files share: a reception over a real database and folder, a server around it, and pictures."""

import asyncio
import base64
import hashlib
import io
import itertools
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from agent_api.problems import problem_response
from agent_api.uploads import UploadEndpoints
from server.actions.receive_file import FileReception
from server.actions.upload import UploadLimits
from server.storage.blobs import Blobs, LocalBlobs
from server.storage.file_rows import Owner
from server.storage.migrate import migrate
from server.storage.open import open_database
from server.storage.spool import Spool
from server.storage.unit_of_work import Database
from sync.core.messages import FileState
from tests.centre import sealing

_ids = itertools.count(1)


def new_id() -> str:
    return f"{next(_ids):032x}"


def new_owner() -> Owner:
    return Owner(new_id(), new_id())


def photo(seed: int = 0, size: int = 4_000) -> bytes:
    """Bytes that begin as a JPEG does. No decoder ever sees them."""
    return b"\xff\xd8\xff\xe0" + random.Random(seed).randbytes(size - 4)


def picture(width: int = 64, height: int = 48, of_format: str = "JPEG", **saved: object) -> bytes:
    """A picture that decodes."""
    written = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(written, of_format, **saved)
    return written.getvalue()


@dataclass
class Clock:
    now: int = 1_800_000_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Centre:
    """A reception and what it stands on. `told` is what it said of files."""

    database: Database
    blobs: Blobs
    spool: Spool
    reception: FileReception
    clock: Clock
    folder: Path
    told: list[tuple[Owner, str, FileState]] = field(default_factory=list)


@asynccontextmanager
async def centre(folder: Path, *, url: str = "", limits: UploadLimits | None = None) -> AsyncIterator[Centre]:
    url = url or f"sqlite:///{folder}/centre.db"
    await migrate(url, now_ms=0)
    database = await open_database(url)
    clock, told = Clock(), []
    blobs, spool = LocalBlobs(folder / "files", sealing()), Spool(folder / "files" / "spool", sealing())
    reception = FileReception(
        database,
        blobs,
        spool,
        now=clock,
        random_bytes=random.Random(folder.name).randbytes,
        limits=limits,
        tell=lambda owner, file_id, state: told.append((owner, file_id, state)),
    )
    try:
        yield Centre(database, blobs, spool, reception, clock, folder, told)
    finally:
        await reception.close()
        await database.close()


@dataclass
class Line:
    """A client on 127.0.0.1, signed in as `owner`."""

    client: httpx.AsyncClient
    port: int
    owner: Owner

    @property
    def headers(self) -> dict[str, str]:
        return {"Tus-Resumable": "1.0.0", "X-Account": self.owner.account, "X-Device": self.owner.device}

    async def announce(self, data: bytes, file_id: str, **told: str) -> httpx.Response:
        headers = {**self.headers, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(data, file_id, **told)}
        return await self.client.post("/v1/uploads", headers=headers)

    async def head(self, file_id: str) -> httpx.Response:
        return await self.client.head(f"/v1/uploads/{file_id}", headers=self.headers)

    async def offset(self, file_id: str) -> int:
        return int((await self.head(file_id)).headers["upload-offset"])

    async def patch(self, file_id: str, data: bytes, offset: int, **headers: str) -> httpx.Response:
        headers = {
            **self.headers,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return await self.client.patch(f"/v1/uploads/{file_id}", headers=headers, content=data)

    async def begin(self, file_id: str, data: bytes, offset: int, length: int) -> asyncio.StreamWriter:
        """Sends the head of a PATCH of `length` bytes and only `data` of it, and stays connected."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        writer.write(
            f"PATCH /v1/uploads/{file_id} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {length}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: {offset}\r\n\r\n".encode()
            + data
        )
        await writer.drain()
        return writer


def metadata(data: bytes, file_id: str, **told: str) -> str:
    told = {
        "id": file_id,
        "sha256": hashlib.sha256(data).hexdigest(),
        "type": "image/jpeg",
        "purpose": "material",
    } | told
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())


async def _identify(request: Request) -> Owner:
    return Owner(request.headers["x-account"], request.headers["x-device"])


def _problem(request: Request, code: str) -> Response:
    return problem_response(code)


@asynccontextmanager
async def serving(at: Centre) -> AsyncIterator[Line]:
    """A real server around the reception, and a line to it."""
    app = Starlette(routes=UploadEndpoints(at.reception, _identify, _problem).routes())
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        running = asyncio.ensure_future(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.001)
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                yield Line(client, port, new_owner())
        finally:
            server.should_exit = True
            await running
