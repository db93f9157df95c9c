"""What is shown of a picture, and what hostile ones do not reach. The corpus is made here."""

import asyncio
import hashlib
import io
import itertools
import os
import resource
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
import pytest_asyncio
from PIL import Image

from server import renditions
from server.actions.upload import FileClaim
from server.renditions import Renderer, RenditionQueue, Verdict
from server.storage.file_rows import Owner, StoredFile, stored_file
from tests.file_reception import Centre, centre, new_id, new_owner, photo, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRET = b"SECRET-PLACE"  # what no rendition may carry, wherever it was hidden
LATITUDE = 2
_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def renderer() -> AsyncIterator[Renderer]:
    made = Renderer()
    try:
        yield made
    finally:
        await made.close()


def located() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[LATITUDE] = (30.0, 56.0, 27.0)
    return exif


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, *, rows: int = 0) -> bytes:
    """A black PNG that says it is so large, and holds so many rows; few bytes here, whatever its size there."""
    packer = zlib.compressobj(1)
    row = bytes(1 + 3 * width) if rows else b""
    packed = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def animated(of_format: str) -> bytes:
    written = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    frames[0].save(written, of_format, save_all=True, append_images=frames[1:], duration=50)
    return written.getvalue()


SHOWN: dict[str, tuple[str, Callable[[], bytes]]] = {
    "plain": ("image/jpeg", picture),
    "exif and gps": ("image/jpeg", lambda: picture(exif=located(), comment=SECRET)),
    "exif in png": ("image/png", lambda: picture(of_format="PNG", exif=located())),
    "xmp in webp": ("image/webp", lambda: picture(of_format="WEBP", exif=located(), xmp=SECRET)),
    "profile": ("image/jpeg", lambda: picture(icc_profile=SECRET * 20)),
    "page behind the picture": ("image/jpeg", lambda: picture() + b"<html><script>" + SECRET),
    "archive behind the picture": ("image/png", lambda: picture(of_format="PNG") + b"PK\x03\x04" + SECRET),
    "animated png": ("image/png", lambda: animated("PNG")),
    "animated webp": ("image/webp", lambda: animated("WEBP")),
    "many pixels": ("image/jpeg", lambda: picture(5_000, 4_000)),
}
NOT_SHOWN: dict[str, tuple[str, Callable[[], bytes], Verdict]] = {
    "pixel bomb": ("image/png", lambda: png_of(50_000, 50_000), Verdict.TOO_MANY_PIXELS),
    "just too many pixels": ("image/png", lambda: png_of(40_000_001, 1), Verdict.TOO_MANY_PIXELS),
    "page": ("image/jpeg", lambda: b"\xff\xd8\xff<html>", Verdict.NOT_A_PICTURE),
    "svg": ("image/png", lambda: b"<svg onload='alert(1)'/>", Verdict.NOT_A_PICTURE),
    "png called jpeg": ("image/jpeg", lambda: picture(of_format="PNG"), Verdict.NOT_A_PICTURE),
    "truncated": ("image/jpeg", lambda: picture(800, 600)[:2_000], Verdict.NOT_A_PICTURE),
    "noise": ("image/webp", lambda: b"RIFF\x10\x00\x00\x00WEBPVP8 " + bytes(100), Verdict.NOT_A_PICTURE),
    "empty": ("image/png", lambda: b"", Verdict.NOT_A_PICTURE),
    "text bomb": (
        "image/png",
        lambda: png_of(4, 4).replace(chunk(b"IEND", b""), chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**26), 9))),
        Verdict.NOT_A_PICTURE,
    ),
}


@pytest.mark.parametrize("name", SHOWN)
async def test_a_rendition_is_a_small_picture_and_nothing_else(renderer: Renderer, name: str) -> None:
    of_type, make = SHOWN[name]
    rendition = await renderer.render(make(), of_type)
    assert rendition.verdict is Verdict.MADE
    with Image.open(io.BytesIO(rendition.jpeg), formats=["JPEG"]) as shown:
        shown.load()
        assert max(shown.size) <= 1_600
        assert not shown.getexif()
        assert set(shown.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for hidden in (SECRET, b"Exif", b"http://ns.adobe.com", b"<script", b"PK\x03\x04", b"ICC_PROFILE"):
        assert hidden not in rendition.jpeg


async def test_the_corpus_does_carry_what_must_not_come_out() -> None:
    for name, (_, make) in SHOWN.items():
        if name not in ("plain", "many pixels") and not name.startswith("animated"):
            assert SECRET in make(), name


@pytest.mark.parametrize("name", NOT_SHOWN)
async def test_what_cannot_be_shown_gets_a_verdict_and_the_next_picture_its_rendition(
    renderer: Renderer, name: str
) -> None:
    of_type, make, verdict = NOT_SHOWN[name]
    assert (await renderer.render(make(), of_type)).verdict is verdict
    assert (await renderer.render(picture(), "image/jpeg")).verdict is Verdict.MADE


async def test_a_picture_is_turned_as_the_camera_was_held(renderer: Renderer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    rendition = await renderer.render(picture(60, 20, exif=exif), "image/jpeg")
    with Image.open(io.BytesIO(rendition.jpeg)) as shown:
        assert shown.size == (20, 60)


async def test_a_large_picture_is_decoded_elsewhere_within_the_limits(renderer: Renderer) -> None:
    bomb = png_of(5_000, 5_000, rows=5_000)  # 75 MB in 330 kB
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rendition = await renderer.render(bomb, "image/png")
    assert rendition.verdict is Verdict.MADE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000, "nothing was decoded here"
    assert renderer.pid is not None
    assert psutil.Process(renderer.pid).memory_info().rss < 100 * 2**20, "nor in the process that stays"


async def test_a_process_that_dies_is_replaced_and_one_that_is_silent_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    renderer = Renderer()
    assert (await renderer.render(picture(), "image/jpeg")).verdict is Verdict.MADE
    first = renderer.pid
    assert first is not None
    psutil.Process(first).suspend()
    monkeypatch.setattr(renditions, "ANSWER_S_MAX", 0.05)
    assert (await renderer.render(picture(), "image/jpeg")).verdict is Verdict.OVER_LIMITS
    monkeypatch.undo()
    assert not psutil.pid_exists(first)
    assert (await renderer.render(picture(), "image/jpeg")).verdict is Verdict.MADE
    assert renderer.pid != first
    await renderer.close()
    assert renderer.pid is None


async def send(at: Centre, owner: Owner, data: bytes) -> FileClaim:
    claim = FileClaim(new_id(), hashlib.sha256(data).hexdigest(), len(data), "image/jpeg", "material")

    async def pieces() -> AsyncIterator[bytes]:
        yield data

    await at.reception.announce(owner, claim)
    await at.reception.append(owner, claim.id, 0, pieces())
    return claim


async def found(at: Centre, claim: FileClaim) -> StoredFile:
    async with at.database.read() as snapshot:
        senders = [row[0] for row in await snapshot.fetch("SELECT account FROM files WHERE id = ?", [claim.id])]
        file = await stored_file(snapshot, claim.id, claim.sha256, senders)
    assert file is not None
    return file


def queue_of(at: Centre, renderer: Renderer) -> RenditionQueue:
    return RenditionQueue(at.database, at.blobs, renderer, now=at.clock, random_bytes=os.urandom)


async def test_every_picture_gets_its_rendition_behind_the_upload(tmp_path: Path, renderer: Renderer) -> None:
    async with centre(tmp_path) as at:
        good, bad = await send(at, new_owner(), picture()), await send(at, new_owner(), photo())
        assert (await found(at, good)).rendition == ""
        queue = queue_of(at, renderer)
        running = asyncio.ensure_future(queue.run())
        while not (file := await found(at, good)).rendition:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.005)
        shown = await at.blobs.get(file.rendition, file.rendition_sha256)
        assert shown.startswith(b"\xff\xd8\xff")
        assert await at.blobs.get(file.key, file.sha256) == picture(), "the original stays"
        later = await send(at, new_owner(), picture(32, 32))
        queue.wake()
        while not (await found(at, later)).rendition:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.005)
        running.cancel()
        assert await queue.work() == 0
        assert (await found(at, bad)).rendition == "", "what is no picture is not tried for ever"


async def test_an_original_that_rotted_is_marked_and_the_others_go_on(tmp_path: Path, renderer: Renderer) -> None:
    async with centre(tmp_path) as at:
        rotten, good = await send(at, new_owner(), picture()), await send(at, new_owner(), picture(32, 32))
        (tmp_path / "files" / "objects" / (await found(at, rotten)).key).write_bytes(b"rot")
        queue = queue_of(at, renderer)
        assert await queue.work() == 2
        assert await queue.work() == 0
        assert (await found(at, good)).rendition
        async with at.database.read() as snapshot:
            assert await snapshot.fetch("SELECT damaged_at FROM blobs WHERE sha256 = ?", (rotten.sha256,)) == [
                (at.clock.now,)
            ]
