"""Cookies and marks: what a browser must bring, and what none can forge."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from server.console.visit import (
    KNOWN,
    Visit,
    carries_mark,
    cookie_name,
    give_session,
    is_own_origin,
    known_browser,
    known_mark,
    visitor_from,
)
from tests.server.console.office import Office, office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Office]:
    async with office(tmp_path) as made:
        yield made


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/console/", "headers": raw, "query_string": b""})


def test_a_browser_that_names_no_origin_is_not_trusted() -> None:
    assert is_own_origin(request(sec_fetch_site="same-origin"))
    assert not is_own_origin(request(sec_fetch_site="same-site", origin="http://a", host="a"))
    assert is_own_origin(request(origin="https://centre.test", host="centre.test"))
    assert not is_own_origin(request(origin="https://evil.test", host="centre.test"))
    assert not is_own_origin(request(host="centre.test"))


def test_behind_a_proxy_that_asks_by_another_name_the_outside_address_is_ours() -> None:
    outside = "https://centre.test:8443"
    assert is_own_origin(request(origin=outside, host="127.0.0.1:8470"), outside)
    assert not is_own_origin(request(origin=outside, host="127.0.0.1:8470"))
    for forged in ("http://centre.test:8443", "https://centre.test", "https://evil.test", "null", ""):
        assert not is_own_origin(request(origin=forged, host="127.0.0.1:8470"), outside), forged


async def test_over_https_the_cookie_is_bound_to_the_host(desk: Office) -> None:
    console = replace(desk.console, is_https=True)
    response = Response()
    give_session(console, response, "t")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-bangban=t;")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "Path=/;" in cookie
    assert cookie_name(desk.console) == "bangban_console"


async def test_a_known_browser_is_known_for_its_own_login_only(desk: Office) -> None:
    mark = known_mark(desk.console, "clerk")
    assert known_browser(desk.console, request(cookie=f"{KNOWN}={mark}"), "clerk") == mark
    assert known_browser(desk.console, request(cookie=f"{KNOWN}={mark}"), "other") == ""
    assert known_browser(desk.console, request(), "clerk") == ""


async def test_a_mark_is_the_sessions_own(desk: Office) -> None:
    nobody = Visit(desk.console, request(), None, False)
    assert not carries_mark(nobody)
    assert carries_mark(replace(nobody, form={"csrf": nobody.csrf}))
    assert carries_mark(replace(nobody, request=request(x_csrf=nobody.csrf)))
    assert await visitor_from(desk.console, request(cookie="bangban_console=" + "x" * 200)) is None
