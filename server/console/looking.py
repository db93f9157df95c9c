"""Owns why somebody looks, on its way: asked for by a page, brought by its form, kept in the forms shown after it.

Laws: a reason travels in a form and never in an address. A look for which one is missing shows nothing but the
question, and the answer leads to the same page.
"""

from __future__ import annotations

from starlette.responses import Response

from server.console.render import page
from server.console.visit import Visit
from server.domain.supervision.reads import REASON_LENGTH_MAX

REASON = "reason"
LOOK = "look"
_LISTLESS = ("consents", "ratings")
"""What has no list of its own to go back to."""


def reason_of_look(visit: Visit) -> str:
    """As it was typed; "" for none."""
    return visit.unmask or visit.form.get(REASON, "").strip()[:REASON_LENGTH_MAX]


def kept_reason(visit: Visit) -> tuple[tuple[str, str], ...]:
    """What a form carries of the reason for which its page was opened: a step is no new look."""
    said = reason_of_look(visit)
    return ((REASON, said),) if said else ()


def ask_reason(visit: Visit) -> Response:
    """The page that asks before it shows. A step that came without one is not taken: its page is opened anew."""
    path = visit.request.url.path
    area, *rest = path.removeprefix("/console/").split("/")
    record, more = f"/console/{area}/{rest[0]}", rest[1:]
    is_picture = more[:1] == ["file"]
    is_step = visit.request.method == "POST" and more not in ([], [LOOK]) and not is_picture
    # Posting to a conflict decides it.
    opened = f"{record}/{LOOK}" if area == "conflicts" else record
    return page(
        visit,
        "case_reason.html",
        status=422 if is_step else 200,
        action=path if is_picture else opened,
        back="/console/" if area in _LISTLESS else f"/console/{area}",
        is_step=is_step,
    )
