"""A person's own sessions and second factors, and the way to end what is not theirs any more."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from server.actions.sign_in import IDLE_MS, sign_out
from server.console.render import page
from server.console.visit import Visit
from server.storage.staff import factors_of, live_staff_sessions


async def show(visit: Visit) -> Response:
    return await show_with(visit)


async def show_with(visit: Visit, *, problem: str = "", status: int = 200) -> Response:
    assert visit.visitor is not None, "the row lets in whoever is signed in"
    async with visit.console.platform.database.read() as snapshot:
        sessions = await live_staff_sessions(snapshot, visit.account.id, visit.console.now() - IDLE_MS)
        factors = await factors_of(snapshot, visit.account.id)
    confirmed = [one for one in factors if one.confirmed_at is not None]
    return page(
        visit,
        "account.html",
        status=status,
        sessions=sessions,
        factors=confirmed,
        own=visit.visitor.session.id,
        problem=problem,
        added=visit.request.query_params.get("done") == "passkey",
    )


async def end_session(visit: Visit) -> Response:
    assert visit.visitor is not None, "the row lets in whoever is signed in"
    await sign_out(visit.console.door, visit.visitor, session=visit.form.get("session", "")[:43])
    return RedirectResponse("/console/account", 303)
