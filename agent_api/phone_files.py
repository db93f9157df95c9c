"""Serves the helpers' phone app: a handful of built files, read once, packed once, the same for everybody.

Laws: nothing outside the built folder can be named. A file whose name holds its hash may be kept for ever; the page,
the worker and the manifest are asked for again each time, so that an update is seen. The page may load and run only
what comes from here.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

BASE = "/app/"
PAGE = "index.html"
HASHED = "assets/"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_PACK_FROM_BYTES = 500
_NOT_BUILT = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>帮办</title>'
    "<p>手机应用还没有构建：请在服务器上运行 make phone，再重新启动。</p>"
    "<p>The phone app has not been built: run make phone on the server, then start it again.</p></html>"
)


@dataclass(frozen=True)
class BuiltFile:
    """A file as it is sent. `packed` is empty where packing gains nothing."""

    content: bytes
    packed: bytes
    media_type: str
    tag: str
    caching: str


def read_built(folder: Path) -> dict[str, BuiltFile]:
    """Every file of the folder by its name below BASE; empty when the app was not built."""
    if not (folder / PAGE).is_file():
        return {}
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): _built(folder, path) for path in paths}


def _built(folder: Path, path: Path) -> BuiltFile:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0) if len(content) >= _PACK_FROM_BYTES else b""
    is_hashed = path.relative_to(folder).as_posix().startswith(HASHED)
    kind = "application/manifest+json" if path.suffix == ".webmanifest" else mimetypes.guess_type(path.name)[0]
    return BuiltFile(
        content=content,
        packed=packed if 0 < len(packed) < len(content) else b"",
        media_type=kind or "application/octet-stream",
        tag=f'"{hashlib.sha256(content).hexdigest()[:24]}"',
        caching="public, max-age=31536000, immutable" if is_hashed else "no-cache",
    )


def phone_routes(folder: Path) -> list[BaseRoute]:
    """The routes of the app. They need no token: the files hold no data."""
    built = read_built(folder)

    async def serve(request: Request) -> Response:
        return answer(built, request.path_params["path"] or PAGE, request.headers)

    async def lead_on(_request: Request) -> Response:
        return RedirectResponse(BASE)

    return [Route(f"{BASE}{{path:path}}", serve, methods=["GET"]), Route(BASE.rstrip("/"), lead_on, methods=["GET"])]


def answer(built: Mapping[str, BuiltFile], name: str, headers: Mapping[str, str]) -> Response:
    file = built.get(name)
    if file is None:
        if name == PAGE:
            return HTMLResponse(_NOT_BUILT, status_code=503, headers={"Cache-Control": "no-store"})
        return Response(status_code=404, headers={"Cache-Control": "no-store"})
    told = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": file.caching,
        "ETag": file.tag,
        "Vary": "Accept-Encoding",
    }
    if headers.get("if-none-match") == file.tag:
        return Response(status_code=304, headers=told)
    if file.packed and "gzip" in headers.get("accept-encoding", ""):
        return Response(file.packed, media_type=file.media_type, headers={**told, "Content-Encoding": "gzip"})
    return Response(file.content, media_type=file.media_type, headers=told)
