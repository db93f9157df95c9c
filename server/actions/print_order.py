"""Writes a supervision order out as a sheet to print and sign: what it asks, of whom, by when, what was said, what a
supervisor found.

Laws: only who may read the order gets its sheet, and the look is logged. It says what is on record and nothing else;
lines are left for what is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from server.actions.open_to_read import open_to_read, reach_record
from server.actions.pdf_pages import MARGIN, WIDTH, PdfPages
from server.actions.platform import Platform
from server.actions.recall_reason import recall_reason
from server.actions.refusals import NotFound
from server.actions.tell_names import names_of
from server.domain.people.reach import account_holder, place_holder
from server.domain.record_fields import Fields, parse_moment, text
from server.domain.supervision.orders import is_order
from server.storage.people import AccountRow
from sync.core.clock import CHINA

_TITLE, _SIZE = 18, 11
_LABEL = 110.0
_FINDINGS: Mapping[str, str] = {
    "done": "已办好 done",
    "well_founded": "属实，已整改 well founded, and put right",
    "unfounded": "不属实 unfounded",
    "unreachable": "联系不上 not reached",
}
_LINE = "＿" * 24


async def order_sheet(platform: Platform, account: AccountRow, order: str, reason: str = "") -> bytes:
    """A PDF. Raises NotFound for what is no order, and for one out of reach; ReasonMissing where one is asked for and
    none was given lately for the order's page.
    """
    try:
        found = await reach_record(platform, account, "task", order)
    except NotFound:
        raise NotFound(f"no order {order}") from None
    if not is_order(found.fields):
        raise NotFound(f"no order {order}")
    why = reason.strip() or await recall_reason(platform, account, "task", order)
    fields = (await open_to_read(platform, account, "task", order, why)).fields
    people = [account_holder(text(fields, name)) for name in ("explained_by", "closed_by") if text(fields, name)]
    names = await names_of(platform, [text(fields, "holder"), place_holder(text(fields, "place")), *people])
    return _document(order, fields, names)


def _document(order: str, fields: Fields, names: Mapping[str, str]) -> bytes:
    pages = PdfPages()
    pages.line("督办单 Supervision order", _TITLE)
    pages.gap()
    for label, said in _lines(order, fields, names):
        for number, part in enumerate(_wrapped(said)):
            pages.row(["" if number else label, part], [0, _LABEL], _SIZE)
        pages.gap(4)
    return pages.document(f"督办单 {number_of(order, fields)}")


def number_of(order: str, fields: Fields) -> str:
    """What people call it by: the day it was issued, and the first signs of its id."""
    return f"{_day(text(fields, 'opened_at')).replace('-', '')}-{order[:6]}"


def _lines(order: str, fields: Fields, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Each label with what is on record for it."""
    yield "编号 No.", number_of(order, fields)
    yield "发出 Issued", f"{_moment(text(fields, 'opened_at'))}，电子监察按时限发出 by the clock"
    yield "承办 To", names.get(text(fields, "holder"), text(fields, "holder"))
    yield "所在地 Place", names.get(place_holder(text(fields, "place")), text(fields, "place"))
    yield "事由 Why", text(fields, "text")
    yield "答复期限 By", text(fields, "due")
    yield "答复 Answer", text(fields, "explanation") or _LINE
    yield "答复人 By", _who(fields, "explained", names)
    yield "核查结论 Finding", _FINDINGS.get(text(fields, "finding"), _LINE)
    if text(fields, "finding_note"):
        yield "核查说明 Note", text(fields, "finding_note")
    yield "核查人 Checked by", _who(fields, "closed", names)
    yield "签字 Signed", _LINE


def _who(fields: Fields, done: str, names: Mapping[str, str]) -> str:
    person = text(fields, f"{done}_by")
    if not person:
        return _LINE
    return f"{names.get(account_holder(person), person)}，{_moment(text(fields, f'{done}_at'))}"


def _day(moment: str) -> str:
    found = parse_moment(moment)
    return found.astimezone(CHINA).date().isoformat() if found is not None else ""


def _moment(moment: str) -> str:
    found = parse_moment(moment)
    return found.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if found is not None else ""


def _wrapped(said: str) -> Iterator[str]:
    """In lines that fit: a Chinese sign takes two halves, a Latin one half of that."""
    room = int((WIDTH - 2 * MARGIN - _LABEL) / _SIZE) * 2 - 2
    for paragraph in said.splitlines() or [""]:
        line, used = "", 0
        for sign in paragraph:
            wide = 1 if ord(sign) < 0x7F else 2
            if used + wide > room:
                yield line
                line, used = "", 0
            line, used = line + sign, used + wide
        yield line
