"""Owns what is written about a resident outside of a filing: corrections, withdrawals, hand-overs, what was done for
them, appeals on their behalf, and answers to what the centre asks.

Laws: one change each, under the centre's own checks, so that nothing leaves here that would come back refused. Only
what differs is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.cli.device.failures import NotLawful, Stopped
from server.cli.device.finding import see_fields
from server.cli.device.office import Office
from server.cli.device.visit import new_resident
from server.domain.cases import tickets
from server.domain.cases.consent import RevokeChannel
from server.domain.cases.lifecycle import check_written, next_state, parse_state
from server.domain.cases.parcels import check_parcel
from server.domain.check_context import CheckContext
from server.domain.problems import Problem
from server.domain.record_checks import CHECKS, check_record
from server.domain.record_fields import KINDS, Fields, text
from server.domain.steps import check_step
from sync.core.clock import iso
from sync.device.replica import Draft, Sighting

EDITABLE = (
    *("name", "citizen_id", "birth", "sex", "phone", "phone_relation", "address", "village", "hukou"),
    *("notes", "flags"),
)
EXPLANATION = "explanation"


@dataclass(frozen=True)
class Written:
    record: str
    change: str


def edit_resident(office: Office, resident: Sighting, said: Mapping[str, str]) -> Written:
    """`said`: field, by its name or its Chinese one, → value; an empty value empties it. A remark or a circumstance is
    added to those that stand.
    """
    by_label = {KINDS["resident"].fields[name].zh: name for name in EDITABLE}
    named = {by_label.get(name, name): value.strip() for name, value in said.items()}
    if unknown := [name for name in named if name not in EDITABLE]:
        raise Stopped("nothing_found", what=", ".join(unknown))
    if not named:
        raise Stopped("choice_missing", what="--set")
    before = resident.fields
    lists: dict[str, list[Any]] = {name: [value] for name in ("notes", "flags") if (value := named.pop(name, ""))}
    wanted: dict[str, Any] = {name: value or None for name, value in named.items()}
    wanted |= {name: value for name, value in new_resident(named, "", office.today).items() if value}
    changed = {name: value for name, value in wanted.items() if before.get(name) != value}
    fields = {**before, **changed}
    refuse(check_record("resident", {k: v for k, v in fields.items() if v is not None}, _context(office, before, {})))
    return _write(office, Draft("resident", resident.record, "resident.edit", set=changed, add=lists))


def withdraw_case(office: Office, case: Sighting, reason: str) -> Written:
    return _step(office, case, "case.withdraw", {"withdrawal": {"reason": reason}})


def hand_over(office: Office, case: Sighting, to: str, relation: str) -> Written:
    """Who took the result out of the village's office."""
    taken = {"to": to, "relation": relation, "at": iso(office.clock.wall_ms())}
    return _step(office, case, "case.hand_over", {"handover": taken})


def _step(office: Office, case: Sighting, name: str, values: dict[str, Any]) -> Written:
    after = next_state(name, parse_state(case.fields.get("state")))
    if after is None:
        raise Stopped("state_step", state=text(case.fields, "state"))
    changed = {"state": after.value, **values}
    fields = {**case.fields, **changed}
    refuse(
        check_written(name, changed)
        + check_record("case", fields, _context(office, case.fields, fields))
        + check_parcel({"handover": values.get("handover")})
    )
    return _write(office, Draft("case", case.record, name, set=changed))


def standing_consents(office: Office, resident: str) -> list[Sighting]:
    """Those that still hold something, the newest first."""
    found = [
        seen
        for seen in office.replica.see_all("consent")
        if text(seen.fields, "resident") == resident and not seen.fields.get("revoked_at")
    ]
    return sorted(found, key=lambda seen: text(seen.fields, "signed_at"), reverse=True)


def revoke_consent(office: Office, consent: Sighting, reason: str = "") -> Written:
    """Stops what is still unsent, and tells the desks about the rest."""
    if consent.fields.get("revoked_at"):
        raise Stopped("already_done")
    values: dict[str, Any] = {
        "revoked_at": iso(office.clock.wall_ms()),
        "revoke_channel": RevokeChannel.HELPER.value,
        **({"revoke_reason": reason} if reason else {}),
    }
    refuse(check_record("consent", {**consent.fields, **values}, _context(office, consent.fields, {})))
    return _write(office, Draft("consent", consent.record, "consent.revoke", set=values))


def log_service(office: Office, said: Mapping[str, Any], resident: Sighting | None = None) -> Written:
    """`said`: kind, minutes, outcome, follow_up, note, materials_returned, items, village."""
    village = text(resident.fields, "village") if resident is not None else ""
    villages = office.villages()
    fields: dict[str, Any] = {name: value for name, value in said.items() if value not in ("", None, [], 0)}
    fields.setdefault("village", village or (villages[0] if len(villages) == 1 else ""))
    fields["helper"] = office.identity.account
    if resident is not None:
        fields["resident"] = resident.record
    if not fields["village"]:
        raise Stopped("choice_missing", what="--village")
    refuse(check_record("service_log", fields, _context(office, None, {})))
    needs = resident.own[-1:] if resident is not None else ()
    return _write(office, Draft("service_log", office.new_id(), "service_log.write", set=fields, needs=needs))


def appeal(office: Office, resident: Sighting, said: str, case: Sighting | None = None, phone: str = "") -> Written:
    """A ticket for the resident; it lies in the village, where its answer comes back."""
    fields: dict[str, Any] = {
        "state": tickets.TicketState.OPEN.value,
        "source": tickets.Source.APPEAL.value,
        "type": "appeal",
        "place": text(resident.fields, "village"),
        "resident": resident.record,
        "text": said,
        **({"case": case.record} if case is not None else {}),
        **({"phone": phone} if phone else {}),
    }
    ident = office.new_id()
    refuse(
        check_step(tickets.STEPS, "ticket", "ticket.appeal", before=None, touched=fields, fields=fields)
        + check_record("ticket", fields, _context(office, None, {}))
        + tickets.check_way("ticket.appeal", fields, ident, 0)
    )
    needs = (*resident.own[-1:], *(case.own[-1:] if case is not None else ()))
    return _write(office, Draft("ticket", ident, "ticket.appeal", set=fields, needs=needs))


def asking_notices(office: Office) -> list[Sighting]:
    """Notices that ask for an explanation and have none yet, by this store."""
    return [
        seen
        for seen in office.replica.see_all("notice")
        if text(seen.fields, "asks") == EXPLANATION and not text(seen.fields, "answer")
    ]


def answer_notice(office: Office, notice: Sighting, said: str) -> Written:
    if text(notice.fields, "asks") != EXPLANATION:
        raise Stopped("nothing_asked")
    values = {"answer": said, "read_at": iso(office.clock.wall_ms())}
    refuse(check_record("notice", {**notice.fields, **values}, _context(office, notice.fields, {})))
    return _write(office, Draft("notice", notice.record, "notice.answer", set=dict(values)))


def refuse(problems: Sequence[Problem]) -> None:
    """Raises NotLawful with every problem at once."""
    if problems:
        raise NotLawful([{"code": one.code, "field": one.field, "zh": one.zh, "en": one.en} for one in problems])


def records_named(office: Office, kind: str, fields: Fields) -> dict[str, Fields]:
    """What a check of this kind looks into, as far as this store has it."""
    named = (text(fields, name) for name in CHECKS[kind].reads) if kind in CHECKS else ()
    return {one: found for one in named if one and (found := see_fields(office, one))}


def _context(office: Office, before: Fields | None, case: Fields) -> CheckContext:
    records = records_named(office, "case", case) if case else {}
    return CheckContext(on=office.today, captured_on=office.today, before=before, records=records)


def _write(office: Office, draft: Draft) -> Written:
    change = office.new_id()
    office.capture([(draft, change)])
    return Written(draft.record, change)
