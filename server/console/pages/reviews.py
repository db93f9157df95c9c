"""Reviews of patterns: a list in no order that means anything, and a review with what was measured and what was said.

Laws: evidence is told by number and item, never by person; each case of it is opened by itself, with its own look. A
review is no penalty, and the page says so. Whose work it is about does not find on it.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from server.actions.list_watching import list_reviews
from server.actions.tell_names import case_lines, names_of
from server.console import watching_words as words
from server.console.record_pages import (
    LINES,
    Told,
    done,
    form_asked,
    forms_now,
    open_record,
    record_page,
    seen_state,
    try_step,
)
from server.console.render import page
from server.console.visit import Visit
from server.console.watching_forms import REVIEW_FORMS
from server.domain.people.reach import account_holder
from server.domain.record_fields import text, texts
from server.domain.supervision import reviews
from server.domain.supervision.reviews import ReviewState
from server.domain.supervision.signals import SIGNALS
from sync.central.known import Record

BASE = "/console/reviews"


async def show(visit: Visit) -> Response:
    """`?state=`, `?after=` the last id of the page before."""
    query, platform = visit.request.query_params, visit.console.platform
    state = query.get("state", "") if query.get("state", "") in words.REVIEW_STATES else ReviewState.OPENED.value
    found = await list_reviews(platform, visit.account, state=state, after=query.get("after", "")[:32], limit=LINES + 1)
    rows = found[:LINES]
    holders = [holder for row in rows for holder in (account_holder(row.account), f"place:{row.place}")]
    return page(
        visit,
        "reviews.html",
        rows=rows,
        more=rows[-1].id if len(found) > LINES else "",
        state_shown=state,
        names=await names_of(platform, holders),
        words=words,
    )


async def show_one(visit: Visit) -> Response:
    return await _page(visit, await open_record(visit, "review"))


async def _page(
    visit: Visit, review: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    fields = review.fields
    about, evidence = text(fields, "account"), texts(fields, "evidence")
    forms = forms_now(visit, reviews.STEPS, REVIEW_FORMS, review)
    lines = await case_lines(visit.console.platform, visit.account, evidence)
    return await record_page(
        visit,
        "review.html",
        review,
        # The centre would refuse it: nobody is asked for what they may not do.
        forms=[form for form in forms if form.step != "review.find" or about != visit.account.id],
        every=REVIEW_FORMS,
        base=f"{BASE}/{review.id}",
        tried=tried,
        problems=problems,
        status=status,
        named=[account_holder(about)],
        helper=account_holder(about),
        signal=SIGNALS.get(text(fields, "code")),
        evidence=lines,
        elsewhere=len(evidence) - len(lines),
        words=words,
    )


async def take(visit: Visit) -> Response:
    """POST /reviews/{id}/{verb}"""
    review, form = await open_record(visit, "review"), form_asked(visit, "review", REVIEW_FORMS)
    problems = await try_step(visit, review, form, seen=seen_state(visit))
    if not problems:
        return done(visit, f"{BASE}/{review.id}", form)
    return await _page(visit, await open_record(visit, "review"), tried=form.step, problems=problems, status=409)
