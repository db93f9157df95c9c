"""Every page of the console on one screen."""

from __future__ import annotations

from server.console.pages import account, language, overview, sign_in
from server.console.rows import Level, Page

# fmt: off
PAGES: tuple[Page, ...] = (
    Page("GET", "/sign-in", sign_in.show, level=Level.OPEN),
    Page("POST", "/sign-in", sign_in.enter, level=Level.OPEN),
    Page("GET", "/password", sign_in.show_password, level=Level.OPEN),
    Page("POST", "/password", sign_in.set_new_password, level=Level.OPEN),
    Page("GET", "/factor", sign_in.show_factor, level=Level.PASSWORD),
    Page("POST", "/factor", sign_in.enter_factor, level=Level.PASSWORD),
    Page("POST", "/sign-out", sign_in.leave, level=Level.PASSWORD),
    Page("POST", "/language", language.choose, level=Level.OPEN),
    Page("GET", "/account", account.show),
    Page("POST", "/account/session", account.end_session),
    Page("GET", "/", overview.show),
)
# fmt: on
