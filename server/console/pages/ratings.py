"""One rating, for who verifies it: the case, the grade, the words; and setting aside what was not the resident's own.

Law: a rating is never changed; one that does not count stays where it is, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.actions.tell_names import case_lines
from server.console import followup_words as words
from server.console.followup_forms import RATING_FORMS
from server.console.record_pages import (
    Told,
    done,
    form_asked,
    forms_now,
    open_record,
    record_page,
    seen_state,
    try_step,
)
from server.console.visit import Visit
from server.domain.cases import ratings
from server.domain.record_fields import integer, text
from sync.central.known import Record

BASE = "/console/ratings"


async def show_one(visit: Visit) -> Response:
    return await _page(visit, await open_record(visit, "rating"))


async def _page(
    visit: Visit, rating: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    lines = await case_lines(visit.console.platform, visit.account, [text(rating.fields, "case")])
    return await record_page(
        visit,
        "rating.html",
        rating,
        forms=forms_now(visit, ratings.STEPS, RATING_FORMS, rating),
        every=RATING_FORMS,
        base=f"{BASE}/{rating.id}",
        tried=tried,
        problems=problems,
        status=status,
        case=lines[0] if lines else None,
        grade=integer(rating.fields, "grade"),
        words=words,
    )


async def take(visit: Visit) -> Response:
    """POST /ratings/{id}/{verb}"""
    rating, form = await open_record(visit, "rating"), form_asked(visit, "rating", RATING_FORMS)
    problems = await try_step(visit, rating, form, seen=seen_state(visit))
    if not problems:
        return done(visit, f"{BASE}/{rating.id}", form)
    return await _page(visit, await open_record(visit, "rating"), tried=form.step, problems=problems, status=409)
