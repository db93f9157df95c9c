"""A consent at a desk: whose it is, what it covers, and withdrawing it on the resident's word.

Laws: the look is logged, at the consent and at its resident. Withdrawing names the way the resident asked; the units
that hold open work are told by the centre, in the same decision.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import RedirectResponse, Response

from server.actions.log_read import log_read
from server.actions.open_to_read import by_leave_of
from server.actions.take_step import read_record
from server.console import case_words, followup_words
from server.console.followup_forms import CONSENT_REVOKE
from server.console.looking import reason_of_look
from server.console.record_pages import Told, open_record, record_page, seen_state, try_step
from server.console.visit import Visit
from server.domain.people.reach import account_holder, reaches
from server.domain.people.roles import may_change
from server.domain.record_fields import text, texts
from sync.central.known import Record
from sync.core.ids import is_id

BASE = "/console/consents"
EVERY = {CONSENT_REVOKE.step: CONSENT_REVOKE}


async def show_one(visit: Visit) -> Response:
    return await _page(visit, await open_record(visit, "consent"))


async def _page(
    visit: Visit, consent: Record, *, tried: str = "", problems: Sequence[Told] = (), status: int = 200
) -> Response:
    platform, fields = visit.console.platform, consent.fields
    resident = await read_record(platform, "resident", text(fields, "resident"))
    if resident is not None and not await by_leave_of(platform, visit.account, consent, resident):
        resident = None
    if resident is not None:
        why, unmasked = reason_of_look(visit), bool(visit.unmask)
        await log_read(platform, visit.account, "resident", resident.id, why, unmasked=unmasked, of=consent)
    items = [await read_record(platform, "item", item) for item in texts(fields, "items")]
    return await record_page(
        visit,
        "consent.html",
        consent,
        forms=[CONSENT_REVOKE] if may_revoke(visit, consent) else [],
        every=EVERY,
        base=f"{BASE}/{consent.id}",
        tried=tried,
        problems=problems,
        status=status,
        named=[account_holder(text(fields, "helper"))],
        helper=account_holder(text(fields, "helper")),
        resident=resident.fields if resident is not None else {},
        items=[text(item.fields, "name") for item in items if item is not None],
        means_words=case_words.means_words,
        words=followup_words,
        from_case=_from_case(visit),
    )


def may_revoke(visit: Visit, consent: Record) -> bool:
    """Whether this role withdraws one, and it still stands."""
    return may_change(visit.role, CONSENT_REVOKE.step) and not text(consent.fields, "revoked_at")


async def revocable(visit: Visit, consent: str) -> Record | None:
    """The consent that a case's page may offer to withdraw; None where it lies elsewhere, or is not this role's."""
    platform, account = visit.console.platform, visit.account
    found = await read_record(platform, "consent", consent) if consent else None
    if found is None or not may_revoke(visit, found):
        return None
    is_here = reaches(account.id, account.scope, found.bucket, found.fields, await platform.directory())
    return found if is_here else None


def _from_case(visit: Visit) -> str:
    """The case whose page led here; "" for none."""
    asked = visit.form.get("case", "") or visit.request.query_params.get("case", "")
    return asked if is_id(asked) else ""


async def revoke(visit: Visit) -> Response:
    """POST /consents/{id}/revoke"""
    consent = await open_record(visit, "consent")
    problems: Sequence[Told] = (
        [{"zh": "已经撤回过了。", "en": "It was withdrawn already."}]
        if text(consent.fields, "revoked_at")
        else await try_step(visit, consent, CONSENT_REVOKE, seen=seen_state(visit))
    )
    if not problems:
        case = _from_case(visit)
        back = f"/console/desk/{case}" if case else f"{BASE}/{consent.id}"
        return RedirectResponse(f"{back}?done={CONSENT_REVOKE.step}", 303)
    consent = await open_record(visit, "consent")
    return await _page(visit, consent, tried=CONSENT_REVOKE.step, problems=problems, status=409)
