"""What an upload is: what a device says of a file, where it stands, its limits, every reason why it may not go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from server.storage.file_rows import FileRow, Quota, UploadState

MAGIC: dict[str, Callable[[bytes], bool]] = {
    "image/jpeg": lambda head: head.startswith(b"\xff\xd8\xff"),
    "image/png": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    "application/pdf": lambda head: head.startswith(b"%PDF-"),
}


class UploadError(Exception):
    """Why an upload did not go on. `code` is stable; the edge turns it into words."""

    code = "upload_error"


class UploadAbsent(UploadError):
    """There is none of this owner's; another's is just as absent."""

    code = "not_found"


class TypeNotAllowed(UploadError):
    code = "file_type_not_allowed"


class FileTooLarge(UploadError):
    code = "file_too_large"


class UploadQuotaReached(UploadError):
    code = "upload_quota_reached"


class FileIdReused(UploadError):
    """The id was announced before with another content."""

    code = "file_id_reused"


class OffsetDiffers(UploadError):
    code = "upload_offset_differs"


class UploadBusy(UploadError):
    code = "upload_busy"


class TooManyBytes(UploadError):
    code = "upload_too_long"


class ChecksumDiffers(UploadError):
    """This piece was damaged on its way; nothing of it counts."""

    code = "upload_checksum_differs"


class FileHashDiffers(UploadError):
    """The whole is not what was announced; the upload is at offset 0 again."""

    code = "file_hash_differs"


class TypeDiffers(UploadError):
    """The bytes are the announced ones, but of another type: the file is refused for good."""

    code = "file_type_differs"


class UploadRefused(UploadError):
    code = "file_refused"


class UploadFinished(UploadError):
    """A stored file is not withdrawn by a device."""

    code = "file_stored"


class UploadInterrupted(UploadError):
    """The piece stopped coming, or its device asked for the offset meanwhile. What came counts."""

    code = "upload_interrupted"


@dataclass(frozen=True, slots=True)
class FileClaim:
    """What a device says of a file before it sends it. Already well-formed."""

    id: str
    sha256: str
    size: int
    type: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one piece must hash to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Upload:
    """Where an upload stands. `is_new`: this call announced it."""

    file: FileRow
    offset: int
    is_new: bool = False

    @property
    def is_stored(self) -> bool:
        return self.file.state is UploadState.STORED


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Sizes in bytes, times in seconds except `unfinished_ms`."""

    size_max: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MAGIC, 20 * 2**20))
    quota: Quota = field(default_factory=Quota)
    unfinished_ms: int = 7 * 86_400_000
    silence_s_max: float = 30.0
    piece_s_max: float = 600.0
    memory_max: int = 2**20
    """How much of a piece is gathered before it goes to the disk."""
