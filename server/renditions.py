"""Makes what is shown of a picture: re-encoded, at most 1600 pixels wide or high, without EXIF, GPS or XMP.

- No picture is ever decoded in the server's process (server/rendition_child.py).
- The blobs that wait are the queue, so that it is as durable as they are and never grows in memory.
- Renditions are made one after the other, beside everything else: no upload waits for one.
- Originals are kept as they came. A PDF has no rendition: it is handed out as an attachment.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from server.storage.blobs import KEY_BYTES, BlobDamaged, BlobError, BlobMissing, Blobs, new_key
from server.storage.errors import StorageError
from server.storage.file_rows import Rendered, WaitingBlob, keep_renditions, mark_damaged, waiting_blobs
from server.storage.unit_of_work import Database

CHILD = Path(__file__).with_name("rendition_child.py")
ANSWER_S_MAX = 15.0
GROUP_MAX = 32
RETRY_S = 60.0
_HEAD_BYTES = 5
_FORMATS = {"image/jpeg": 0, "image/png": 1, "image/webp": 2}


class Verdict(StrEnum):
    """What the child made of a picture, in the order of its verdict byte."""

    MADE = "made"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOT_A_PICTURE = "not_a_picture"
    OVER_LIMITS = "over_limits"


@dataclass(frozen=True, slots=True)
class Rendition:
    verdict: Verdict
    jpeg: bytes = b""


class Renderer:
    """The process that decodes. It is started when needed, and anew when it does not answer."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._alone = asyncio.Lock()

    async def render(self, picture: bytes, of_type: str) -> Rendition:
        """The rendition of a picture of a type that has one. Never raises for what the picture holds."""
        async with self._alone:
            try:
                async with asyncio.timeout(ANSWER_S_MAX):
                    return await self._ask(picture, _FORMATS[of_type])
            except (TimeoutError, OSError, EOFError):
                await self._end()
                return Rendition(Verdict.OVER_LIMITS)
            except BaseException:
                await self._end()  # its answer to this picture must not be taken for the next one's
                raise

    async def close(self) -> None:
        async with self._alone:
            await self._end()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def _ask(self, picture: bytes, of_format: int) -> Rendition:
        process = self._process
        if process is None or process.returncode is not None:
            # -I: neither the environment nor the folder it is started in decides what it imports.
            process = self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", str(CHILD)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(len(picture).to_bytes(4, "big") + bytes((of_format,)))
        process.stdin.write(picture)
        await process.stdin.drain()
        head = await process.stdout.readexactly(_HEAD_BYTES)
        jpeg = await process.stdout.readexactly(int.from_bytes(head[:4], "big"))
        return Rendition(tuple(Verdict)[head[4]], jpeg)

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()


class RenditionQueue:
    """Works through the blobs that wait. `run` is a task of the server; `wake` says that there may be more."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        renderer: Renderer,
        *,
        now: Callable[[], int],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._renderer = renderer
        self._now = now
        self._random_bytes = random_bytes
        self._woken = asyncio.Event()
        self._woken.set()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled. What fails is tried again: a store or a database that is away comes back."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(RETRY_S):
                    await self._woken.wait()
            self._woken.clear()
            with contextlib.suppress(BlobError, StorageError):
                while await self.work():
                    pass

    async def work(self) -> int:
        """Renders one group; how many blobs it dealt with, 0 when none waits."""
        async with self._database.read() as snapshot:
            waiting = await waiting_blobs(snapshot, GROUP_MAX)
        done = [await self._render(blob) for blob in waiting]
        if done:
            async with self._database.write() as tx:
                await keep_renditions(tx, [one for one in done if isinstance(one, Rendered)])
                for one in done:
                    if isinstance(one, WaitingBlob):
                        await mark_damaged(tx, one.blob, self._now())
        return len(done)

    async def _render(self, blob: WaitingBlob) -> Rendered | WaitingBlob:
        """The rendition's place, or the blob itself when its object is not whole."""
        try:
            original = await self._blobs.get(blob.key, blob.sha256)
        except (BlobMissing, BlobDamaged):
            return blob
        rendition = await self._renderer.render(original, blob.type)
        if rendition.verdict is not Verdict.MADE:
            return Rendered(blob.blob)
        key = new_key(self._random_bytes(KEY_BYTES))
        await self._blobs.put(key, rendition.jpeg)
        return Rendered(blob.blob, key, hashlib.sha256(rendition.jpeg).hexdigest())
