"""Owns the receipt a resident takes home: numbers, what was given, what is missing and by when, and whom to call.

Law: it is made from the case's record alone, so it can be printed again at any time and says the same until the case
itself has changed; the temporary number stays on it when the official one has come.
"""

from __future__ import annotations

import html
import io
from typing import Any

import msgspec
import segno

from server.cli.device.failures import Stopped
from server.cli.device.finding import see_fields
from server.cli.device.office import Office
from server.cli.device.screen import Screen
from server.domain.calendar import CALENDAR_DAYS
from server.domain.cases.materials import (
    MaterialState,
    collected,
    is_form_filled,
    missing_materials,
    parse_materials,
    promised_materials,
)
from server.domain.record_fields import integer, parse_moment, text
from sync.device.replica import Sighting

HOTLINE = "12345"
_GIVEN = frozenset({MaterialState.PAPER, MaterialState.ATTACHED, MaterialState.SCANNED, MaterialState.LICENCE})


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed. `promised` are (name, due date); `number` is "" until the centre gave one."""

    case: str
    receipt: str
    number: str
    resident: str
    item: str
    dept: str
    state: str
    filed_on: str
    received_at: str
    helper: str
    promise_days: int
    promise_days_unit: str
    given: list[str]
    missing: list[str]
    promised: list[tuple[str, str]]
    duplicate_of: str = ""
    hotline: str = HOTLINE

    @property
    def shown_number(self) -> str:
        """What the QR code holds."""
        return self.number or self.receipt


def receipt_of(office: Office, case: Sighting) -> Receipt:
    """Raises Stopped: nothing_found for a draft, which has no number yet."""
    fields = case.fields
    if not text(fields, "receipt") and not text(fields, "number"):
        raise Stopped("nothing_found", what=case.record)
    item = see_fields(office, text(fields, "item"))
    materials, have = parse_materials(item), collected(fields)
    consent = see_fields(office, text(fields, "consent"))
    signed = parse_moment(consent.get("signed_at"))
    promised = [(one.name, have[one.no].due) for one in promised_materials(materials, have)]
    return Receipt(
        case=case.record,
        receipt=text(fields, "receipt"),
        number=text(fields, "number"),
        resident=text(see_fields(office, text(fields, "resident")), "name"),
        item=text(item, "name"),
        dept=text(item, "dept"),
        state=text(fields, "state"),
        filed_on=signed.date().isoformat() if signed else "",
        received_at=text(fields, "received_at"),
        # A case that another helper filed carries an account, not a name.
        helper=office.identity.name if text(fields, "helper") == office.identity.account else "",
        promise_days=integer(item, "promise_days"),
        promise_days_unit=text(item, "promise_days_unit"),
        given=[one.name for one in materials if one.no in have and have[one.no].state in _GIVEN],
        missing=[one.name for one in missing_materials(materials, have, form_filled=is_form_filled(item, fields))],
        promised=[(name, due.isoformat() if due else "") for name, due in promised],
        duplicate_of=text(fields, "duplicate_of"),
    )


def rows_of(receipt: Receipt, screen: Screen) -> list[tuple[str, str]]:
    """Label and value, in the order of the paper."""
    say = screen.text
    is_calendar = receipt.promise_days_unit == CALENDAR_DAYS
    said = say("days_is_calendar" if is_calendar else "days_is", days=receipt.promise_days)
    days = said if receipt.promise_days else say("instant")
    rows = [
        (say("receipt_number"), receipt.receipt),
        (say("official_number"), receipt.number or say("not_yet")),
        (say("applicant"), receipt.resident),
        (say("service"), receipt.item),
        (say("filed_on"), receipt.filed_on),
        (say("received_on"), receipt.received_at[:16].replace("T", " ")),
        (say("case_state"), say(f"state_{receipt.state}") if receipt.state else ""),
        (say("promised_days"), days),
        (say("helper_name"), receipt.helper),
        (say("have_title"), "、".join(receipt.given)),
        (say("missing_title"), "、".join(receipt.missing) or say("nothing_missing")),
    ]
    rows += [(say("promised_title"), say("due_by", name=name, due=due)) for name, due in receipt.promised]
    if receipt.duplicate_of:
        rows.append(("!", say("stands_for", record=receipt.duplicate_of)))
    return [(label, value) for label, value in rows if value]


def as_text(receipt: Receipt, screen: Screen) -> str:
    """The receipt as plain text with its QR code in half blocks: for the screen and for a simple printer."""
    say = screen.text
    lines = [f"══════ {say('receipt_title')} ══════"]
    lines += [
        f"{label}：{value}" if screen.lang == "zh" else f"{label}: {value}" for label, value in rows_of(receipt, screen)
    ]
    lines += ["", qr_text(receipt.shown_number), say("keep_receipt"), say("hotline")]
    return "\n".join(lines)


def qr_text(number: str) -> str:
    """A QR code of half blocks, dark on light whatever the terminal's colours: the quiet zone is printed too."""
    matrix = [list(row) for row in segno.make(number, error="m", micro=False).matrix_iter(border=2)]
    if len(matrix) % 2:
        matrix.append([0] * len(matrix[0]))
    pairs = zip(matrix[::2], matrix[1::2], strict=True)
    return "\n".join(
        "".join(_BLOCKS[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True)) for upper, lower in pairs
    )


# Dark modules are blank and light ones full: on the usual dark terminal this reads as a code, on paper print the page.
_BLOCKS = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}


def as_page(receipt: Receipt, screen: Screen) -> str:
    """A page of its own for a printer, half a sheet, with nothing to fetch."""
    out = io.BytesIO()
    segno.make(receipt.shown_number, error="m", micro=False).save(out, kind="svg", scale=5, border=2, xmldecl=False)
    rows = "".join(
        f"<tr><th>{html.escape(label)}</th><td>{html.escape(value)}</td></tr>"
        for label, value in rows_of(receipt, screen)
    )
    title = html.escape(screen.text("receipt_title"))
    foot = "<br>".join(html.escape(screen.text(key)) for key in ("keep_receipt", "hotline"))
    return (
        f'<!doctype html><html lang="{screen.lang}"><meta charset="utf-8"><title>{title} {receipt.shown_number}</title>'
        "<style>@page{size:A5;margin:12mm}body{font:18px/1.5 sans-serif;max-width:130mm;margin:auto}"
        "th{text-align:left;vertical-align:top;padding-right:1em;white-space:nowrap}h1{font-size:26px}</style>"
        f"<h1>{title}</h1><table>{rows}</table>{out.getvalue().decode()}<p>{foot}</p></html>\n"
    )


def as_json(receipt: Receipt) -> dict[str, Any]:
    """For a program: what is printed, and the number the QR code holds."""
    return {**msgspec.to_builtins(receipt), "qr": receipt.shown_number}
