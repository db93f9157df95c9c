"""Owns one request of one person at the console: who it is, in which language, and what protects the form.

Laws: the session's token is in an HttpOnly cookie; a form carries a mark made from the session, so that no other site
can send one; the language is the browser's choice, Chinese when it says nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from server.actions.refusals import SessionOver
from server.actions.sign_in import LIFE_MS, StaffVisitor, visitor_of
from server.console.wiring import Console
from server.domain.people.roles import Role
from server.storage.people import AccountRow

LANGUAGE = "bangban_lang"
KNOWN = "bangban_known"
CSRF = "csrf"
LIVE = "x-live"
"""The header of what a page fetches because a stream told it of news."""
KNOWN_DAYS = 180
_CSRF_PURPOSE = "console-csrf"
_KNOWN_PURPOSE = "console-known-browser"


def cookie_name(console: Console) -> str:
    return "__Host-bangban" if console.is_https else "bangban_console"


@dataclass(frozen=True)
class Visit:
    """A request with who makes it. `visitor` is None before signing in; `form` the posted fields; `unmask` why this
    one view shows ids and phones whole, "" for masks.
    """

    console: Console
    request: Request
    visitor: StaffVisitor | None
    english: bool
    form: dict[str, str] = field(default_factory=dict)
    unmask: str = ""

    @property
    def account(self) -> AccountRow:
        assert self.visitor is not None, "only pages behind the sign-in ask who it is"
        return self.visitor.account

    @property
    def role(self) -> Role:
        return self.account.role

    def t(self, zh: str, en: str) -> str:
        """The text in the language of this visit."""
        return en if self.english else zh

    @property
    def csrf(self) -> str:
        """What a form of this session must bring back. Before signing in: of this browser's language cookie, nothing
        secret, since there the origin alone decides.
        """
        session = self.visitor.session.id if self.visitor is not None else "nobody"
        return self.console.door.secrets.mac(_CSRF_PURPOSE, session.encode()).hex()

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return self.request.headers.get("hx-request") == "true"


async def visitor_from(console: Console, request: Request) -> StaffVisitor | None:
    """Who shows a session that lives; None for nobody."""
    token = request.cookies.get(cookie_name(console), "")
    if not token or len(token) > 100:
        return None
    try:
        return await visitor_of(console.door, token, is_activity=not by_itself(request))
    except SessionOver:
        return None


def by_itself(request: Request) -> bool:
    """Whether the page asks and not its person: a stream, or what a stream made it fetch."""
    return request.headers.get("accept") == "text/event-stream" or LIVE in request.headers


def is_own_origin(request: Request, console_origin: str = "") -> bool:
    """Whether a post comes from a page of ours. A browser says so itself; one that says nothing is not trusted."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return is_ours(request, request.headers.get("origin", ""), console_origin)


def is_ours(request: Request, address: str, console_origin: str = "") -> bool:
    """Whether an address that the browser named is on our site: the outside one, or the host that it asked for."""
    scheme, _, rest = address.partition("://")
    host = rest.partition("/")[0]
    # A proxy may ask us by another name than the browser asked it.
    return host == request.headers.get("host", "-") or f"{scheme}://{host}" == (console_origin or "-")


def carries_mark(visit: Visit) -> bool:
    """Whether the form (or htmx's header) brought the session's mark back."""
    sent = visit.form.get(CSRF) or visit.request.headers.get("x-csrf", "")
    return hmac.compare_digest(sent.encode(), visit.csrf.encode())


def give_session(console: Console, response: Response, token: str) -> None:
    response.set_cookie(
        cookie_name(console),
        token,
        max_age=LIFE_MS // 1000,
        path="/",
        secure=console.is_https,
        httponly=True,
        samesite="lax",
    )


def take_session(console: Console, response: Response) -> None:
    response.delete_cookie(cookie_name(console), path="/", secure=console.is_https, httponly=True, samesite="lax")


def known_mark(console: Console, login: str) -> str:
    """What a browser keeps that has signed in as this login: it proves that and nothing else."""
    return console.door.secrets.mac(_KNOWN_PURPOSE, login.encode()).hex()[:32]


def known_browser(console: Console, request: Request, login: str) -> str:
    """The browser's mark when it belongs to this login, "" otherwise."""
    mark = request.cookies.get(KNOWN, "")
    return mark if hmac.compare_digest(mark.encode(), known_mark(console, login).encode()) else ""


def remember_browser(console: Console, response: Response, login: str) -> None:
    response.set_cookie(
        KNOWN,
        known_mark(console, login),
        max_age=KNOWN_DAYS * 86_400,
        path="/console",
        secure=console.is_https,
        httponly=True,
        samesite="strict",
    )
