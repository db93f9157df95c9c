"""Resumable uploads: tus 1.0 over HTTP, mapped to server/actions/receive_file.py. No rule of its own.

Core, creation, creation-with-upload, checksum, expiration and termination of https://tus.io/protocols/resumable-upload.
- An upload is found under the id its device gave the file, and only by that account and device. Another's, an unknown
  and a withdrawn one get the same 404, byte for byte.
- A piece that is cut off counts up to its last byte; nobody is there to be answered.
- An answer is a problem document or has no body.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from email.utils import formatdate

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from server.actions.receive_file import FileReception
from server.actions.upload import Checksum, FileClaim, Upload, UploadError
from server.storage.blobs import BlobError
from server.storage.errors import CommitUnknown, DiskFailure, StorageFull, Superseded, TryAgain
from server.storage.file_rows import Owner
from sync.core.ids import is_id

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CHECKSUMS = {"sha256": 32, "sha1": 20}
PIECE_TYPE = "application/offset+octet-stream"
METADATA_MAX = 4_096
_DIGITS = re.compile(r"[0-9]{1,15}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PURPOSE = re.compile(r"[a-z][a-z0-9_.-]{0,39}")
_COMMON = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Identify = Callable[[Request], Awaitable[Owner]]
AnswerProblem = Callable[[Request, str], Response]


class BadUploadRequest(UploadError):
    """A header that is missing or cannot be read."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UploadEndpoints:
    """The handlers. `identify` says whose request it is, or raises what the app answers with a problem."""

    def __init__(self, reception: FileReception, identify: Identify, answer_problem: AnswerProblem) -> None:
        self._reception = reception
        self._identify = identify
        self._answer_problem = answer_problem

    def routes(self, prefix: str = "/v1/uploads") -> list[Route]:
        return [
            Route(prefix, self.collection, methods=["OPTIONS", "POST"]),
            Route(f"{prefix}/{{id}}", self.upload, methods=["OPTIONS", "HEAD", "PATCH", "POST", "DELETE"]),
        ]

    async def collection(self, request: Request) -> Response:
        """What can be done here, and how an upload begins."""
        return self.describe() if request.method == "OPTIONS" else await self._answer(request, self._create)

    async def upload(self, request: Request) -> Response:
        """One upload. Lines that let only GET and POST through may name the method in a header, as tus has it."""
        method = request.method
        if method == "POST":
            method = request.headers.get("x-http-method-override", "")
        match method:
            case "OPTIONS":
                return self.describe()
            case "HEAD":
                return await self._answer(request, self._look)
            case "PATCH":
                return await self._answer(request, self._append)
            case "DELETE":
                return await self._answer(request, self._withdraw)
            case _:
                answer = self._answer_problem(request, "wrong_method")
                answer.headers.update({**_COMMON, "Allow": "OPTIONS, HEAD, PATCH, DELETE"})
                return answer

    def describe(self) -> Response:
        """What this server speaks. Asked before anybody has signed in."""
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
            "Tus-Max-Size": str(max(self._reception.limits.size_max.values())),
        }
        return Response(status_code=204, headers={**_COMMON, **headers})

    async def _answer(self, request: Request, handle: Callable[[Request, Owner], Awaitable[Response]]) -> Response:
        owner = await self._identify(request)
        try:
            if request.headers.get("tus-resumable") != VERSION:
                raise BadUploadRequest("tus_version")
            return await handle(request, owner)
        except UploadError as error:
            answer = self._answer_problem(request, error.code)
        except StorageFull:
            answer = self._answer_problem(request, "storage_full")
        except Superseded:
            answer = self._answer_problem(request, "centre_superseded")
        except (BlobError, TryAgain, CommitUnknown, DiskFailure):
            answer = self._answer_problem(request, "storage_unavailable")
        except ClientDisconnect:
            answer = self._answer_problem(request, "upload_interrupted")  # never arrives; logs see it
        answer.headers.update(_COMMON)
        if answer.status_code == 412:
            answer.headers["Tus-Version"] = VERSION
        return answer

    async def _create(self, request: Request, owner: Owner) -> Response:
        if "upload-defer-length" in request.headers:
            raise BadUploadRequest("upload_length_missing")
        claim = _claim(request)
        upload = await self._reception.announce(owner, claim)
        is_new = upload.is_new
        if request.headers.get("content-type") == PIECE_TYPE and upload.offset == 0:
            upload = await self._reception.append(
                owner, claim.id, 0, _pieces(request), length=_content_length(request), checksum=_checksum(request)
            )
        headers = {"Location": f"{request.scope['path'].rstrip('/')}/{claim.id}"}
        return Response(status_code=201 if is_new else 200, headers=self._headers(upload) | headers)

    async def _look(self, request: Request, owner: Owner) -> Response:
        upload = await self._reception.look(owner, _id(request))
        headers = self._headers(upload) | {"Upload-Length": str(upload.file.size)}
        return Response(status_code=200, headers=headers)

    async def _append(self, request: Request, owner: Owner) -> Response:
        file_id = _id(request)
        if request.headers.get("content-type") != PIECE_TYPE:
            raise BadUploadRequest("upload_content_type")
        upload = await self._reception.append(
            owner,
            file_id,
            _number(request, "upload-offset", "upload_offset_missing"),
            _pieces(request),
            length=_content_length(request),
            checksum=_checksum(request),
        )
        return Response(status_code=204, headers=self._headers(upload))

    async def _withdraw(self, request: Request, owner: Owner) -> Response:
        await self._reception.withdraw(owner, _id(request))
        return Response(status_code=204, headers=_COMMON)

    def _headers(self, upload: Upload) -> dict[str, str]:
        headers = {**_COMMON, "Upload-Offset": str(upload.offset)}
        if not upload.is_stored:
            headers["Upload-Expires"] = formatdate(self._reception.expires_at(upload) / 1000, usegmt=True)
        return headers


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    async for data in request.stream():
        if data:
            yield data


def _id(request: Request) -> str:
    file_id = str(request.path_params["id"])
    if not is_id(file_id):
        raise BadUploadRequest("not_found")
    return file_id


def _number(request: Request, header: str, code: str) -> int:
    text = request.headers.get(header, "")
    if not _DIGITS.fullmatch(text):
        raise BadUploadRequest(code)
    return int(text)


def _content_length(request: Request) -> int | None:
    return _number(request, "content-length", "upload_length_missing") if "content-length" in request.headers else None


def _checksum(request: Request) -> Checksum | None:
    header = request.headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    digest = _decoded(encoded, "upload_checksum_unreadable")
    if CHECKSUMS.get(algorithm) != len(digest):
        raise BadUploadRequest("upload_checksum_unreadable")
    return Checksum(algorithm, digest)


def _claim(request: Request) -> FileClaim:
    size = _number(request, "upload-length", "upload_length_missing")
    told = _metadata(request.headers.get("upload-metadata", ""))
    file_id, sha256, of_type, purpose = (told.get(name, "") for name in ("id", "sha256", "type", "purpose"))
    if not (is_id(file_id) and _SHA256.fullmatch(sha256) and _PURPOSE.fullmatch(purpose)):
        raise BadUploadRequest("upload_metadata_unreadable")
    return FileClaim(file_id, sha256, size, of_type, purpose)


def _metadata(header: str) -> dict[str, str]:
    """Pairs of key and base64 value; unknown keys are passed over, a key told twice is not believed."""
    if len(header) > METADATA_MAX:
        raise BadUploadRequest("upload_metadata_unreadable")
    told: dict[str, str] = {}
    for pair in header.split(","):
        key, _, encoded = pair.strip().partition(" ")
        if key in told:
            raise BadUploadRequest("upload_metadata_unreadable")
        told[key] = _decoded(encoded, "upload_metadata_unreadable").decode("ascii", errors="replace")
    return told


def _decoded(encoded: str, code: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadUploadRequest(code) from error


# What only uploads can say, in the shape of the table of agent_api/problems.py, which takes these in.
UPLOAD_PROBLEMS: dict[str, tuple[int, str, str, str, str]] = {
    "tus_version": (
        *(412, "上传协议版本不符", "this server speaks tus 1.0.0"),
        *("请更新应用", "send Tus-Resumable: 1.0.0, or update the app"),
    ),
    "upload_metadata_unreadable": (
        *(400, "文件说明无法读取", "Upload-Metadata cannot be read"),
        *("请更新应用", "send id, sha256, type and purpose in base64"),
    ),
    "upload_length_missing": (
        *(400, "没有说明文件大小", "Upload-Length is missing"),
        *("请更新应用", "send the file's size in bytes"),
    ),
    "upload_offset_missing": (
        *(400, "没有说明续传位置", "Upload-Offset is missing"),
        *("请更新应用", "ask with HEAD from where to go on"),
    ),
    "upload_content_type": (
        *(415, "内容类型应为" + PIECE_TYPE, "the content type must be " + PIECE_TYPE),
        *("请更新应用", "set the content type"),
    ),
    "upload_checksum_unreadable": (
        *(400, "校验和无法读取", "Upload-Checksum cannot be read"),
        *("请更新应用", "use sha256 or sha1, in base64"),
    ),
    "file_type_not_allowed": (
        *(415, "不接受这种文件", "this type of file is not taken"),
        *("请改用照片或PDF", "use JPEG, PNG, WebP or PDF"),
    ),
    "file_type_differs": (
        *(415, "文件内容与所称类型不符，已拒收", "the bytes are of another type than announced; the file is refused"),
        *("请重新拍照", "take the photo again, as a new file"),
    ),
    "file_too_large": (
        *(413, "文件太大或为空", "the file is too large, or empty"),
        *("请缩小照片后再传", "make the photo smaller and announce it as a new file"),
    ),
    "upload_quota_reached": (
        *(429, "这台设备今天上传的文件太多", "this device has announced too many files"),
        *("先传完未完成的文件，稍后再试", "finish what is under way and try again later"),
    ),
    "file_id_reused": (
        *(409, "这个文件编号已用于别的内容", "this file id was announced with another content"),
        *("请重新拍照", "use a new id"),
    ),
    "upload_offset_differs": (
        *(409, "续传位置不对", "the upload stands at another offset"),
        *("应用会自动重新询问位置", "ask with HEAD from where to go on"),
    ),
    "upload_busy": (
        *(423, "这个文件正在上传", "another request is writing to this upload"),
        *("稍后再试", "ask with HEAD, then go on"),
    ),
    "upload_too_long": (
        *(413, "收到的比文件还长", "more bytes than the file has"),
        *("请更新应用", "send no more than Upload-Length"),
    ),
    "upload_checksum_differs": (
        *(460, "这一段在路上损坏了", "this piece was damaged on its way"),
        *("应用会自动重传", "send the piece again"),
    ),
    "file_hash_differs": (
        *(422, "文件与其指纹不符，需从头重传", "the whole does not match its sha256; nothing of it was kept"),
        *("应用会自动从头重传", "send it again from offset 0"),
    ),
    "file_refused": (
        *(410, "这个文件已被拒收", "this file was refused"),
        *("请重新拍照", "take the photo again, as a new file"),
    ),
    "file_stored": (
        *(409, "文件已保存，不能撤回", "the file is stored and cannot be withdrawn"),
        *("无需操作", "nothing needs to be done"),
    ),
    "upload_interrupted": (
        *(408, "上传中断，已收到的部分有效", "the piece stopped coming; what came counts"),
        *("应用会自动续传", "ask with HEAD, then go on"),
    ),
}
