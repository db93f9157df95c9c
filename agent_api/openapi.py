"""Writes the OpenAPI 3.1 document from the routes and the message types themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from agent_api.caller import Who
from agent_api.problems import ALL_PROBLEMS, MEDIA_TYPE, Problem
from sync.core.changes import Change
from sync.core.messages import Body

if TYPE_CHECKING:
    from agent_api.routes import Row

REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_ALWAYS = ("too_many_requests", "internal")
_TUS = ("Tus-Resumable", "The version of tus that is spoken", True, "^1\\.0\\.0$")
_OFFSET = ("Upload-Offset", "How much of the file was sent before", True, "^[0-9]{1,15}$")
_CHECKSUM = (
    "Upload-Checksum",
    "sha256 or sha1, a space, and this piece's hash in base64",
    False,
    "^sha(256|1) [A-Za-z0-9+/=]+$",
)
_ANNOUNCED = (
    ("Upload-Length", "The file's size in bytes", True, "^[0-9]{1,15}$"),
    (
        "Upload-Metadata",
        "id, sha256, type and purpose, each with its value in base64",
        True,
        "^[a-z0-9]+ [A-Za-z0-9+/=]*",
    ),
)
_REASON = (
    "Bangban-Reason",
    "Why the account looks, percent-encoded UTF-8: where the law asks for it, the answer is `reason_missing` without",
    False,
    "^[ -~]*$",
)
_HEADERS = {
    ("GET", "/v1/desk/cases/{record}"): (_REASON,),
    ("GET", "/v1/desk/conflicts/{record}"): (_REASON,),
    ("POST", "/v1/uploads"): (_TUS, *_ANNOUNCED, _CHECKSUM),
    ("HEAD", "/v1/uploads/{id}"): (_TUS,),
    ("PATCH", "/v1/uploads/{id}"): (_TUS, _OFFSET, _CHECKSUM),
    ("POST", "/v1/uploads/{id}"): (
        _TUS,
        ("X-HTTP-Method-Override", "PATCH, HEAD or DELETE", True, "^(PATCH|HEAD|DELETE)$"),
    ),
    ("DELETE", "/v1/uploads/{id}"): (_TUS,),
}


def document(rows: Sequence[Row]) -> dict[str, Any]:
    """The whole description. Lines of an exchange are described by their types, though OpenAPI has no word for them."""
    types = {row.takes for row in rows} | {row.gives for row in rows}
    structs: set[type[msgspec.Struct]] = {Problem, Change, Body}
    structs |= {kind for kind in types if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}
    ordered = sorted(structs, key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for row in rows:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bangban helpers' API",
            "version": "1",
            "summary": "What a helper's device may call.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer", "bearerFormat": "at+jwt"}},
        },
    }


def response(rows: Sequence[Row]) -> Response:
    return Response(_encoded(tuple(rows)), media_type="application/json")


@lru_cache(maxsize=1)
def _encoded(rows: tuple[Row, ...]) -> bytes:
    return msgspec.json.encode(document(rows))


def codes_of(row: Row) -> list[str]:
    """Every problem this row can answer with."""
    codes = {*row.problems, *_ALWAYS}
    if row.who in (Who.DEVICE, Who.DEPOSITOR):
        codes |= {"token_missing", "token_invalid", "token_expired", "session_ended", "storage_unavailable"}
        codes |= {"not_allowed"} | ({"device_revoked"} if row.who is Who.DEVICE else set())
    if row.body_max != 0:
        codes |= {"too_large", "encoding_unknown", "too_slow"}
    return sorted(codes)


def _operation(row: Row) -> dict[str, Any]:
    name = re.sub(r"[^a-z0-9]+", "_", f"{row.method} {row.path}".lower()).strip("_")
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": row.summary,
        "parameters": _parameters(row.method, row.path),
        "responses": _responses(row),
        "security": [{"device": []}] if row.who in (Who.DEVICE, Who.DEPOSITOR) else [],
    }
    if row.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(row.takes, row.media)}
    return operation


def _parameters(method: str, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]
    for name, description, required, pattern in _HEADERS.get((method, path), ()):
        schema = {"type": "string", "pattern": pattern}
        found.append({"name": name, "in": "header", "required": required, "description": description, "schema": schema})
    return found


def _responses(row: Row) -> dict[str, Any]:
    good: dict[str, Any] = {"description": row.summary}
    if row.gives is not None:
        good["content"] = _content(row.gives, row.media)
    found = {str(status): good for status in (row.status, *row.also)}
    by_status: dict[int, list[str]] = {}
    for code in codes_of(row):
        by_status.setdefault(ALL_PROBLEMS[code][0], []).append(code)
    for status, codes in sorted(by_status.items()):
        schema = {"allOf": [{"$ref": REF.format(name="Problem")}, {"properties": {"code": {"enum": codes}}}]}
        text = "; ".join(ALL_PROBLEMS[code][2] for code in codes)
        found[str(status)] = {"description": text, "content": {MEDIA_TYPE: {"schema": schema}}}
    return found


def _content(kind: Any, media: str) -> dict[str, Any]:
    if isinstance(kind, str):
        return {kind: {"schema": {"type": "object" if kind == "application/json" else "string"}}}
    reference = {"$ref": REF.format(name=kind.__name__)}
    if media == "application/json":
        return {media: {"schema": reference}}
    # The first line is the envelope; docs/protocol.md tells the lines that follow.
    schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": reference}
    return {media: {"schema": schema}}


def table_of(rows: Iterable[Row]) -> list[tuple[str, str, str, str, str, list[str]]]:
    """(method, path, who, limit, summary, codes): what the readable page shows."""
    return [(row.method, row.path, row.who.value, row.limit, row.summary, codes_of(row)) for row in rows]
