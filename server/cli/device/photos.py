"""Owns what happens to a photograph before it is a file of a case: made upright, small, and free of what a camera adds.

Laws: nothing of the original but its pixels is kept: position, time, device and previews go before anything is
hashed. A picture is refused before it is unpacked if it would be too large. A PDF is taken as it is.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from server.cli.device.failures import Stopped
from sync.device.state import FileToSend

FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_MAX = 40_000_000
READ_BYTES_MAX = 40 * 1024 * 1024
EDGE_MAX = 1800
"""Enough to read a page of a household register."""
AIM_BYTES = 300 * 1024
PDF_BYTES_MAX = 10 * 1024 * 1024
_TRIES = ((1800, 80), (1800, 65), (1800, 50), (1400, 50), (1100, 50))


@dataclass(frozen=True)
class Photo:
    """A file ready to be captured. `value` names it in a record's field."""

    id: str
    content: bytes
    type: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def value(self) -> dict[str, object]:
        return {"file": self.id, "sha256": self.sha256, "size": len(self.content), "type": self.type}

    def to_send(self, change: str, purpose: str = "material") -> tuple[FileToSend, bytes]:
        """`change` names it: its bytes go up once that has gone."""
        file = FileToSend(
            id=self.id,
            sha256=self.sha256,
            size=len(self.content),
            type=self.type,
            purpose=purpose,
            change=change,
        )
        return file, self.content


def read_photo(path: Path, file_id: str) -> Photo:
    """Raises Stopped: file_unusable."""
    try:
        if path.stat().st_size > READ_BYTES_MAX:
            raise _unusable("文件太大", "it is too large")
        raw = path.read_bytes()
    except OSError:
        raise _unusable(f"读不到 {path.name}", f"{path.name} cannot be read") from None
    if raw.startswith(b"%PDF-"):
        if len(raw) > PDF_BYTES_MAX:
            raise _unusable("PDF 太大", "the PDF is too large")
        return Photo(file_id, raw, "application/pdf")
    return Photo(file_id, shrink(raw), "image/jpeg")


def shrink(raw: bytes) -> bytes:
    """A JPEG of the same picture, upright, at most EDGE_MAX along an edge, with nothing else in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(raw), formats=FORMATS)
            if picture.width * picture.height > PIXELS_MAX:
                raise _unusable("像素太多", "it has too many pixels")
            upright = ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombWarning):
        raise _unusable("不是照片或已损坏", "not a picture, or damaged") from None
    upright.thumbnail((EDGE_MAX, EDGE_MAX), Image.Resampling.LANCZOS)
    # A new picture from the pixels alone: whatever the format carried beside them stays behind.
    plain = Image.new("RGB", upright.size, "white")
    visible = upright.convert("RGBA")
    plain.paste(visible, mask=visible.getchannel("A"))
    return _as_jpeg(plain)


def _as_jpeg(picture: Image.Image) -> bytes:
    """Coarser first, then smaller: a page stays readable longer that way. What is still large is taken as it is."""
    content = b""
    for edge, quality in _TRIES:
        smaller = picture.copy()
        smaller.thumbnail((edge, edge), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        smaller.save(out, "JPEG", quality=quality)
        content = out.getvalue()
        if len(content) <= AIM_BYTES:
            break
    return content


def _unusable(zh: str, en: str) -> Stopped:
    return Stopped("file_unusable", zh=zh, en=en)
