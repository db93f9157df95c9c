"""Owns showing one record's ids and phones whole: a reason first, a limit for each account, and for one view alone.

Law: the answer to the post is the only page that shows them. A reload sends the reason again and is a look of its own;
opening the address anew shows the masks.
"""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from server.actions.note_unmasking import PER_HOUR, TooManyUnmaskings, note_unmasking
from server.console.render import page
from server.console.rows import Handle
from server.console.visit import Visit
from server.domain.supervision.reads import REASON_LENGTH_MAX, is_reason


def unmasked(show: Handle, kind: str) -> Handle:
    """The page that `show` makes of a record of this kind, without masks. The record is the address's `id`."""

    async def handle(visit: Visit) -> Response:
        reason = visit.form.get("reason", "").strip()[:REASON_LENGTH_MAX]
        if not is_reason(reason):
            return _ask(visit, visit.t("请写明为什么要看。", "Please say why you need them."), 422)
        record = str(visit.request.path_params["id"])
        try:
            await note_unmasking(visit.console.platform, visit.account, kind, record)
        except TooManyUnmaskings:
            said = visit.t(
                f"一小时内最多查看{PER_HOUR}次，请稍后再看；确有需要请找审计员。",
                f"No more than {PER_HOUR} in an hour: please wait, or speak to the auditor.",
            )
            return _ask(visit, said, 429)
        return await show(replace(visit, unmask=reason))

    return handle


def _ask(visit: Visit, problem: str, status: int) -> Response:
    back = visit.request.url.path.removesuffix("/unmask")
    return page(visit, "unmask.html", status=status, problem=problem, back=back)
