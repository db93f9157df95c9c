"""Lets a browser choose its language."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from server.console.visit import LANGUAGE, Visit


async def choose(visit: Visit) -> Response:
    """Back to the page it came from."""
    back = urlsplit(visit.request.headers.get("referer", "")).path
    response = RedirectResponse(back if back.startswith("/console/") else "/console/", 303)
    chosen = "en" if visit.form.get("language") == "en" else "zh"
    response.set_cookie(LANGUAGE, chosen, max_age=31_536_000, path="/", samesite="lax", secure=visit.console.is_https)
    return response
