"""Puts the API together: the routes behind their gates, and around them request ids, headers, metrics and the log.

Nothing here decides anything. `create_app` is called by the composition root with what the API needs.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import Protocol, runtime_checkable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent_api.gate import CALLER, PROBLEM, ROW, Gate, refuse
from agent_api.headers import LEAN_HEADERS, RawHeaders, full_headers
from agent_api.logs import logger
from agent_api.phone_files import phone_routes
from agent_api.routes import LIVE_PATH, ROWS, Row
from agent_api.wiring import Services

EVENT_STREAM = b"text/event-stream; charset=utf-8"
PAGE_METHODS = ("GET", "HEAD", "POST")
Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@runtime_checkable
class PageEndpoint(Protocol):
    """A page of another app: `template` is its address without what it is about."""

    @property
    def template(self) -> str: ...


@asynccontextmanager
async def _nothing(_app: Starlette) -> AsyncIterator[None]:
    yield


def create_app(
    services: Services,
    *,
    lifespan: Lifespan = _nothing,
    phone_folder: Path | None = None,
    pages: Sequence[BaseRoute] = (),
) -> Starlette:
    """The ASGI app. `lifespan` starts and stops what the services stand on. `phone_folder` holds the built phone app,
    whose files stand beside the rows: they are the same for everybody and need no token. `pages` are other apps.
    """
    paths = [
        Route(path, endpoint=Gate(list(rows), services), name=path)
        for path, rows in groupby(sorted(ROWS, key=lambda row: row.path), key=lambda row: row.path)
    ]
    app = Starlette(
        routes=[
            *paths,
            WebSocketRoute(LIVE_PATH, services.live),
            *(phone_routes(phone_folder) if phone_folder else []),
            *pages,
        ],
        exception_handlers={HTTPException: _refuse_http, Exception: _refuse_unforeseen},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.add_middleware(Envelope, services=services)
    return app


async def _refuse_http(request: Request, error: Exception) -> Response:
    """What Starlette's router says no to: an address that is not there."""
    return refuse(request.scope, "not_found")


async def _refuse_unforeseen(request: Request, error: Exception) -> Response:
    logger().error("unforeseen", exc_info=error)
    return refuse(request.scope, "internal")


def _route_of(scope: Scope) -> tuple[str, str]:
    """Method and template, for counts and the log. Only what we know becomes a label: anyone can send any word as a
    method, and an address may name anything.
    """
    row: Row | None = scope.get(ROW)
    if row is not None:
        return row.method, row.path
    endpoint = scope.get("endpoint")
    if isinstance(endpoint, PageEndpoint):
        return (scope["method"] if scope["method"] in PAGE_METHODS else "other"), endpoint.template
    return "other", "none"


class Envelope:
    """Around every HTTP answer: its id, its headers, its count and its line in the log."""

    def __init__(self, app: ASGIApp, services: Services) -> None:
        self._app = app
        self._services = services
        self._full = full_headers(is_https=services.is_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = self._services.randomness(6).hex()
        began = self._services.clock.monotonic_ms()
        status, sent, streams = 0, 0, False

        async def send_dressed(message: Message) -> None:
            nonlocal status, sent, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", []))
                streams = (b"content-type", EVENT_STREAM) in headers
                message["headers"] = self._dress(scope, status, headers, request_id)
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, send_dressed)
        finally:
            took_ms = self._services.clock.monotonic_ms() - began
            self._note(scope, status, sent, took_ms, request_id, streams=streams)

    def _dress(self, scope: Scope, status: int, headers: RawHeaders, request_id: str) -> RawHeaders:
        row: Row | None = scope.get(ROW)
        lean = row is not None and row.lean and status == 200
        have = {name.lower() for name, _ in headers}
        wanted = LEAN_HEADERS if lean else [*self._full, (b"x-request-id", request_id.encode())]
        return headers + [(name, value) for name, value in wanted if name not in have]

    def _note(self, scope: Scope, status: int, sent: int, took_ms: int, request_id: str, *, streams: bool) -> None:
        method, route = _route_of(scope)
        metrics = self._services.metrics
        metrics.requests.labels(method, route, str(status)).inc()
        # A stream lasts as long as its reader likes: that is no time to answer.
        if not streams:
            metrics.seconds.labels(route).observe(took_ms / 1000)
        problem = scope.get(PROBLEM, "")
        if problem:
            metrics.refusals.labels(problem).inc()
        caller = scope.get(CALLER)
        client = scope.get("client")
        logger().info(
            "request",
            method=method,
            route=route,
            status=status,
            problem_code=problem,
            bytes=sent,
            ms=took_ms,
            request=request_id,
            device=caller.device if caller else "",
            ip=client[0] if client else "",
        )
