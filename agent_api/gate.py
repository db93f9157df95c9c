"""The one way from the wire to a handler: who, how often, how much, then the handler; and every failure as a problem.

Laws: a row's rules are kept before its handler sees a byte of the body; whatever is raised becomes a problem document,
and what nobody foresaw becomes `internal`, with its place in the log and without its text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from agent_api.admission import ComeLater
from agent_api.bodies import BodyRefused, claimed_length, read_body, request_with
from agent_api.caller import Caller, Denied, Who
from agent_api.limits import RateExceeded
from agent_api.logs import logger
from agent_api.metrics import is_operator
from agent_api.problems import ALL_PROBLEMS, problem_response
from agent_api.routes import Handle, Row
from agent_api.wiring import Services
from server.actions.refusals import ActionRefused
from server.connections import counted_address
from server.storage.errors import CommitUnknown, DiskFailure, StorageFull, Superseded, TryAgain
from sync.core.errors import SyncError

CALLER = "bangban.caller"
ROW = "bangban.row"
PROBLEM = "bangban.problem"
WORK = "bangban.work"
NOTHING = "\x00"
"""Nothing is called so, and PostgreSQL takes no text that holds it."""


def caller_of(request: Request) -> Caller:
    """Who asks, in a handler that is given the request alone."""
    caller = request.scope.get(CALLER)
    assert isinstance(caller, Caller), "only rows for devices have a caller"
    return caller


def _names_nothing(request: Request, row: Row) -> str | None:
    """The problem of an address whose words no record can have; None for any other."""
    for words, code in ((request.path_params, "not_found"), (request.query_params, "malformed")):
        if any(NOTHING in word for word in words.values()):
            return next((one for one in (code, "not_found", "malformed") if one in row.problems), None)
    return None


class Gate:
    """All rows of one path, as an ASGI app."""

    def __init__(self, rows: Sequence[Row], services: Services) -> None:
        self._services = services
        self._rows: Mapping[str, tuple[Row, Handle]] = {row.method: (row, row.bind(services)) for row in rows}
        assert len(self._rows) == len(rows), f"{rows[0].path} has two rows for one method"
        self._allow = ", ".join(sorted(self._rows | ({"HEAD": None} if "GET" in self._rows else {})))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        method = "GET" if scope["method"] == "HEAD" and "HEAD" not in self._rows else scope["method"]
        if method not in self._rows:
            response = refuse(scope, "wrong_method", allow=self._allow)
        else:
            row, handle = self._rows[method]
            scope[ROW] = row
            response = await self._answer(request, row, handle)
        try:
            await response(scope, receive, send)
        except ClientDisconnect:
            return

    async def _answer(self, request: Request, row: Row, handle: Handle) -> Response:
        scope = request.scope
        try:
            caller = await self._admit(request, row)
            if (code := _names_nothing(request, row)) is not None:
                return refuse(scope, code)
            if row.body_max is None:
                if request.headers.get("content-encoding", "identity") != "identity":
                    raise BodyRefused("encoding_unknown")
                return await handle(request, caller)
            body = await read_body(request, row.body_max)
            if (work := scope.get(WORK)) is not None:
                work.begin()
            return await handle(request_with(request, body), caller)
        except (Denied, BodyRefused, ActionRefused, SyncError) as error:
            return refuse(scope, error.code)
        except RateExceeded as error:
            return refuse(scope, "too_many_requests", retry_after=error.retry_after)
        except ComeLater as error:
            return refuse(scope, "centre_busy", retry_after=error.retry_after)
        except (TryAgain, CommitUnknown):
            return refuse(scope, "storage_unavailable", retry_after=1)
        except StorageFull:
            return refuse(scope, "storage_full", retry_after=60)
        except Superseded:
            return refuse(scope, "centre_superseded", retry_after=60)
        except DiskFailure as error:
            logger().error("disk_failure", exc_info=error)
            return refuse(scope, "storage_unavailable", retry_after=60)
        except HTTPException as error:
            return refuse(scope, _HTTP_CODES.get(error.status_code, "malformed"))
        except ClientDisconnect:
            return refuse(scope, "too_slow")  # reaches nobody; the log sees it
        except asyncio.CancelledError:
            raise
        except Exception as error:
            logger().error("unforeseen", route=row.path, exc_info=error)
            return refuse(scope, "internal")
        finally:
            if (work := scope.get(WORK)) is not None:
                work.end()

    async def _admit(self, request: Request, row: Row) -> Caller | None:
        services, scope = self._services, request.scope
        address = counted_address(request.client.host) if request.client else ""
        match row.who:
            case Who.ANYONE:
                services.limits.charge(row.limit, row.method, row.path, address)
                return None
            case Who.OPERATOR:
                if not is_operator(request, services.metrics_token, services.secrets):
                    services.limits.charge(row.limit, row.path, address)
                    raise Denied("not_found")
                return None
            case _:

                def enter(device: str) -> None:
                    if row.queued:
                        scope[WORK] = services.admission.enter(device, claimed_length(request, row.body_max or 0))

                authorization = request.headers.get("authorization")
                caller = await services.access.caller(authorization, row.who, row.roles, enter=enter)
                services.limits.charge(row.limit, row.method, row.path, caller.device)
                scope[CALLER] = caller
                return caller


_HTTP_CODES = {404: "not_found", 405: "wrong_method", 413: "too_large", 415: "media_type_unknown"}


def refuse(scope: Scope, code: str, *, retry_after: int | None = None, allow: str = "") -> Response:
    """The problem's answer, remembered for the log. A code that the table lacks is a programmer's mistake."""
    if code not in ALL_PROBLEMS:
        logger().error("problem_without_row", problem_code=code)
        code = "internal"
    scope[PROBLEM] = code
    return problem_response(code, retry_after=retry_after, allow=allow)
