"""The console as an ASGI app: each page behind its row, with who may see it and what it takes to send it.

    request → language, session → row's roles and level → form and its mark → handler → page
                                   └── any refusal is a page that says what to do next

Laws: a page without a row does not exist. A post without its mark, or from another site, changes nothing. What a role
may not see and what is not there are the same page. Nobody reaches a full page with a password alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from server.actions.refusals import ActionRefused, NotFound, ReasonMissing
from server.console.looking import ask_reason
from server.console.pages import PAGES, RESIDENT_PAGES
from server.console.render import problem_page
from server.console.rows import Level, Page
from server.console.visit import LANGUAGE, Visit, carries_mark, is_ours, is_own_origin, visitor_from
from server.console.wiring import Console
from server.storage.errors import StorageError
from sync.core.text import as_sent

STATIC = Path(__file__).parent / "static"
FORM_FIELDS_MAX = 500
FORM_BYTES_MAX = 256 * 1024
SIGN_IN = "/console/sign-in"
NOTHING = "\x00"
"""Nothing is called so, and PostgreSQL takes no text that holds it."""

NOT_FOUND = (
    ("没有找到", "Not found"),
    ("请从菜单重新进入，或核对编号。", "Start again from the menu, or check the number."),
)
STALE = (
    ("页面已过期", "This page is out of date"),
    ("没有任何改变。请返回上一页并刷新后再试。", "Nothing was changed. Go back, reload the page and try again."),
)
BUSY = (
    ("系统正忙", "The centre is busy"),
    ("没有任何改变。请稍后再试。", "Nothing was changed. Please try again in a moment."),
)
BROKEN = (
    ("系统出错", "Something went wrong"),
    (
        "请先回去看看有没有办成，再决定要不要重做；仍不行请告诉管理员。",
        "Go back and see whether it was done before you do it again; if it goes on, tell an administrator.",
    ),
)


def create_console(console: Console) -> Starlette:
    """The app for everything under /console/."""
    app = Starlette(
        routes=[
            *_routes(PAGES, console, "/console"),
            Mount("/static", StaticFiles(directory=STATIC)),
            Mount("/built", StaticFiles(directory=console.built, check_dir=False)),
        ],
        exception_handlers={HTTPException: _Missing(console), Exception: _Broken(console)},
    )
    app.router.redirect_slashes = False
    return app


def create_resident_pages(console: Console) -> Starlette:
    """The app for the residents' page. Its styles are the console's."""
    app = Starlette(
        routes=_routes(RESIDENT_PAGES, console, "/r"),
        exception_handlers={HTTPException: _Missing(console), Exception: _Broken(console)},
    )
    app.router.redirect_slashes = False
    return app


def console_pages(console: Console) -> tuple[Mount, ...]:
    """Where the two stand."""
    return (Mount("/console", create_console(console)), Mount("/r", create_resident_pages(console)))


def _routes(pages: Sequence[Page], console: Console, under: str) -> list[Route]:
    return [
        Route(path, endpoint=_Door(list(rows), console, under + path), name=path)
        for path, rows in groupby(sorted(pages, key=lambda row: row.path), key=lambda row: row.path)
    ]


class _Missing:
    """An address that is not there."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def __call__(self, request: Request, error: Exception) -> Response:
        visit = Visit(self._console, request, await visitor_from(self._console, request), _english(request))
        return problem_page(visit, 404, *NOT_FOUND)


class _Broken:
    """A fault of ours. Who asks is not looked up, since that may be what failed; the error goes on to the log."""

    def __init__(self, console: Console) -> None:
        self._console = console

    async def __call__(self, request: Request, error: Exception) -> Response:
        return problem_page(Visit(self._console, request, None, _english(request)), 500, *BROKEN)


class _Door:
    """All rows of one path. `template` is what counts and the log call it: it names nobody."""

    def __init__(self, rows: Sequence[Page], console: Console, template: str) -> None:
        self.template = template
        self._rows = {row.method: row for row in rows}
        self._console = console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        console = self._console
        visit = Visit(console, request, await visitor_from(console, request), _english(request))
        row = self._rows.get("GET" if request.method == "HEAD" else request.method)
        if row is None:
            return problem_page(visit, 405, *NOT_FOUND)
        if any(NOTHING in value for value in (*request.path_params.values(), *request.query_params.values())):
            return problem_page(visit, 404, *NOT_FOUND)
        turned_away = _turn_away(visit, row)
        if turned_away is not None:
            return turned_away
        try:
            if row.method == "POST":
                visit = await _with_form(visit)
                marked = row.level is Level.OPEN or carries_mark(visit)
                if not marked or not is_own_origin(request, console.origin):
                    return problem_page(visit, 403, *STALE, back=_way_back(request, self._rows))
            return await row.handle(visit)
        except NotFound:
            return problem_page(visit, 404, *NOT_FOUND)
        except ReasonMissing:
            return ask_reason(visit)
        except StorageError:
            return problem_page(visit, 503, *BUSY)
        except ActionRefused:
            return problem_page(visit, 409, *STALE, back=_way_back(request, self._rows))
        except HTTPException as error:
            return problem_page(visit, error.status_code, *(STALE if error.status_code == 413 else NOT_FOUND))


def _way_back(request: Request, rows: Mapping[str, Page]) -> str:
    """The page with the form that was sent: what is read at this address, or its record's own; "" for neither."""
    path, record = request.url.path, request.path_params.get("id", "")
    if "GET" in rows:
        return path
    return f"{path.partition(record)[0]}{record}" if record else ""


def _turn_away(visit: Visit, row: Page) -> Response | None:
    """Where to go first; None for coming in."""
    if row.level is Level.OPEN:
        return None
    if visit.visitor is None:
        return _to_sign_in(visit)
    if row.level is Level.PASSWORD:
        return None
    if not visit.visitor.full:
        return RedirectResponse("/console/factor", 303)
    if visit.role not in row.roles:
        return problem_page(visit, 404, *NOT_FOUND)
    if row.level is Level.STEPPED_UP and not visit.visitor.stepped_up(visit.console.now()):
        return RedirectResponse(f"/console/factor?next={quote(_came_from(visit), safe='')}", 303)
    return None


def _came_from(visit: Visit) -> str:
    """The page to go back to: a post's is the one that held its form."""
    if visit.request.method == "GET":
        return visit.request.url.path
    origin, _, path = visit.request.headers.get("referer", "").partition("/console/")
    is_own = is_ours(visit.request, origin, visit.console.origin)
    return f"/console/{path.partition('?')[0]}" if is_own else "/console/"


def _to_sign_in(visit: Visit) -> Response:
    """A part of a page cannot show the sign-in: htmx is told to go there whole."""
    if visit.is_fragment:
        return Response(status_code=401, headers={"hx-redirect": SIGN_IN})
    return RedirectResponse(f"{SIGN_IN}?next={quote(_came_from(visit), safe='')}", 303)


async def _with_form(visit: Visit) -> Visit:
    length = visit.request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > FORM_BYTES_MAX:
        raise HTTPException(413)
    form = await visit.request.form(max_files=0, max_fields=FORM_FIELDS_MAX)
    fields = {name: as_sent(value) for name, value in form.items() if isinstance(value, str)}
    return Visit(visit.console, visit.request, visit.visitor, visit.english, fields)


def _english(request: Request) -> bool:
    return request.cookies.get(LANGUAGE) == "en"
