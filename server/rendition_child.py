"""Makes renditions in a process that has nothing to lose. Run as a file, never imported by the server.

One process stays, with the decoder loaded, and forks a child for each picture; the child takes its limits, decodes,
writes its answer and ends. The parent of the forks never looks into a picture. Nothing of the project is imported:
this file sees the standard library and Pillow.

stdin:  4 bytes length, 1 byte format, then the picture
stdout: 4 bytes length, 1 byte verdict, then the rendition, empty unless the verdict is MADE
"""

import contextlib
import io
import os
import resource
import select
import signal
import struct
import time

from PIL import Image, ImageFile, ImageOps

FRAME = struct.Struct(">IB")
FORMATS = ("JPEG", "PNG", "WEBP")  # the format byte is the place in this list
MADE, TOO_MANY_PIXELS, NOT_A_PICTURE, OVER_LIMITS = range(4)

PIXELS_MAX = 40_000_000
EDGE_MAX = 1_600
QUALITY = 80
MEMORY_MAX = 512 * 2**20
CPU_S_MAX = 5
WALL_S_MAX = 8.0
RENDITION_MAX = 8 * 2**20


def render(picture: bytes, of_format: str) -> tuple[int, bytes]:
    """The verdict, and the picture as a plain JPEG upright in its first frame, without anything else it carried."""
    try:
        with Image.open(io.BytesIO(picture), formats=[of_format]) as opened:
            # Only the header has been read: a bomb is turned away before a pixel is decoded.
            if opened.width * opened.height > PIXELS_MAX:
                return TOO_MANY_PIXELS, b""
            opened.draft("RGB", (EDGE_MAX, EDGE_MAX))
            opened.load()
            opened.thumbnail((EDGE_MAX, EDGE_MAX))
            upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS, b""
    except MemoryError:
        return OVER_LIMITS, b""
    except Exception:
        return NOT_A_PICTURE, b""
    # A new picture: only pixels are carried over, no EXIF, GPS, XMP, comment, profile or thumbnail.
    clean = Image.new("RGB", upright.size, "white")
    clean.paste(upright, mask=upright.getchannel("A"))
    written = io.BytesIO()
    clean.save(written, "JPEG", quality=QUALITY)
    return MADE, written.getvalue()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _render_in_child(picture: bytes, of_format: str) -> tuple[int, bytes]:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(0)
            os.close(1)
            _limit()
            verdict, rendition = render(picture, of_format)
            _write(theirs, bytes((verdict,)) + rendition)
        finally:
            os._exit(0)
    os.close(theirs)
    try:
        told = _read_until(ours, time.monotonic() + WALL_S_MAX)
    finally:
        os.close(ours)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if not told or told[0] > OVER_LIMITS or len(told) > RENDITION_MAX:
        return OVER_LIMITS, b""  # it was ended by a limit before it could say so
    return told[0], told[1:]


def _read_until(descriptor: int, deadline: float) -> bytes:
    told = bytearray()
    while len(told) <= RENDITION_MAX:
        if not select.select((descriptor,), (), (), max(0.0, deadline - time.monotonic()))[0]:
            return b""
        data = os.read(descriptor, 65_536)
        if not data:
            break
        told += data
    return bytes(told)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _read_exactly(descriptor: int, count: int) -> bytes | None:
    data = bytearray()
    while len(data) < count:
        more = os.read(descriptor, count - len(data))
        if not more:
            return None
        data += more
    return bytes(data)


def serve() -> None:
    """Answers until the server closes its end."""
    os.nice(10)  # pictures can wait, exchanges cannot
    Image.init()
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = PIXELS_MAX
    while (head := _read_exactly(0, FRAME.size)) is not None:
        length, of_format = FRAME.unpack(head)
        picture = _read_exactly(0, length)
        if picture is None:
            return
        verdict, rendition = _render_in_child(picture, FORMATS[of_format])
        _write(1, FRAME.pack(len(rendition), verdict) + rendition)


if __name__ == "__main__":
    serve()
