"""What its person was told: notices of lights, orders, conflicts and handed-over work, each with the way to it.

Laws: nobody's but one's own. A notice is read when its person says so; where an explanation is asked for, it is given
at what the notice is about.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from server.actions.list_notices import NoticeRow, list_notices
from server.actions.refusals import NotFound
from server.console.navigation import AREA, PEOPLE, readers
from server.console.record_pages import LINES, open_record, say_step, seen_state
from server.console.render import page
from server.console.visit import Visit
from server.domain.people.roles import may_read
from sync.core.clock import iso

BASE = "/console/notices"


async def show(visit: Visit) -> Response:
    """`?after=` the row before."""
    after = visit.request.query_params.get("after", "")[:60]
    found = await list_notices(visit.console.platform, visit.account, after=after, limit=LINES + 1)
    rows = found[:LINES]
    return page(
        visit,
        "notices.html",
        rows=[(row, about_path(visit, row)) for row in rows],
        more=rows[-1].key if len(found) > LINES else "",
    )


def about_path(visit: Visit, row: NoticeRow) -> str:
    """Where what it is about can be seen; "" when there is no page for this role."""
    match row.about_kind:
        case "light" if visit.role in readers("light"):
            return f"/console/lights/{row.about}"
        case "task" if visit.role in readers("task"):
            return f"/console/tasks/{row.about}"
        case "review" if visit.role in readers("review"):
            return f"/console/reviews/{row.about}"
        case "conflict" if visit.role in AREA:
            return f"/console/conflicts/{row.about}"
        case "case" if may_read(visit.role, "case"):
            return f"/console/desk/{row.about}"
        case "account" if visit.role in PEOPLE:
            return f"/console/helpers/{row.about}"
    return ""


async def read(visit: Visit) -> Response:
    """POST /notices/{id}/read: whoever was quicker in another window has read it all the same."""
    notice = await open_record(visit, "notice")
    fields = {"read_at": iso(visit.console.now())}
    if not notice.fields.get("read_at"):
        problems = await say_step(visit, "notice", notice.id, "notice.read", fields, seen=seen_state(visit))
        if problems and not (await open_record(visit, "notice")).fields.get("read_at"):
            raise NotFound("it is not there to be read")
    return RedirectResponse(BASE, 303)
