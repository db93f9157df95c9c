"""Whatever anybody does to a case, in whatever order and however stale their page: no illegal state, no value lost, and
never an open case that nobody holds."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.cases.lifecycle import STEPS, CaseState, may_become, needs_holder, next_state, parse_state
from server.domain.people.roles import Role
from sync.central.known import KnownChange
from sync.core.changes import Base, Change, OutcomeCode
from tests.server.merge_policies.case_at_desk import DAY_MS, CaseAtDesk
from tests.server.merge_policies.test_case_policy import CATALOGUE
from tests.sync.central.centre_in_memory import VILLAGE, Phone

BUCKETS = (f"place:{VILLAGE}", CATALOGUE)
# What a person at each field may say: some of it lawful, some not.
SAYINGS: dict[str, list[Any]] = {
    "correction": [
        {"materials": [{"no": "2", "why": "wrong"}], "text": "照片不清", "due": "2026-12-30"},
        {"materials": [{"no": "1", "why": "missing"}, {"no": "2", "why": "missing"}], "text": "缺件"},
        {},
    ],
    "refusal": [{"reason": "other", "text": "不属于本单位"}, {"reason": "whim"}],
    "special": [{"procedure": "test", "told": True}, {"procedure": "site_visit"}, {"procedure": "test"}],
    "suspension": [{"reason": "court", "text": "等待判决"}, {}],
    "extension": [{"days": 10, "reason": "核查", "approved_by": "王", "told": True}, {"days": 99}],
    "decision": [{"granted": True}, {"granted": False, "text": "不符合"}, {"granted": False}],
    "transfer": [{"to": "unit:113416020031661969", "reason": "属住建"}, {"to": "nobody"}],
    "voiding": [{"reason": "mistaken", "text": "录错"}, {}],
    "withdrawal": [{"reason": "不办了"}],
    "tolerance_extension": [{"due": "2026-12-20", "reason": "force_majeure", "approved_by": "王"}],
    "tolerance_failure": [{"reason": "late"}, {"reason": "false", "text": "不实"}],
    "parcel": [{"mode": "pickup", "state": "at_village"}, {"mode": "ems", "state": "asked"}, {"mode": "owl"}],
    "handover": [{"to": "本人", "relation": "self", "at": "2026-12-01T09:00:00+08:00"}, {"to": "某人"}],
    "material.2": [{"state": "paper"}, {"state": "promised", "due": "2026-11-27"}, {"state": "missing"}],
    "form.contact_phone": ["19900001111", "19900002222"],
    "notes": [["已电话联系"]],
}
ROLES = (Role.HELPER, Role.DESK_CLERK, Role.TOWN_LEAD, Role.COUNTY_SUPERVISOR, Role.CATALOGUE_REVIEWER)


@st.composite
def deeds(draw: st.DrawFn) -> tuple[Role, str, dict[str, Any], int, bool]:
    """(who, which step, what it says, days that passed before, whether their page is the first of all)"""
    name = draw(st.sampled_from(sorted(STEPS)))
    own = [field for field in SAYINGS if STEPS[name].may_write(field)]
    stray = draw(st.lists(st.sampled_from(sorted(SAYINGS)), max_size=1)) if draw(st.integers(0, 5)) == 0 else []
    said = {field: draw(st.sampled_from(SAYINGS[field])) for field in (*own, *stray)}
    return (
        draw(st.sampled_from(ROLES)),
        name,
        said,
        draw(st.sampled_from([0, 0, 1, 9])),
        draw(st.booleans()) and draw(st.booleans()),
    )


class Watched:
    """A case with everything that was ever said about it."""

    def __init__(self) -> None:
        self.desk = CaseAtDesk()
        self.desk.file(promise={"read_aloud": True, "signature_file": "f" * 32})
        self.first = self.desk.helper.seen("case", self.desk.record)
        self.people = {
            role: Phone(self.desk.centre, f"one_{role.value}", role=role.value, buckets=BUCKETS) for role in ROLES
        }

    def do(self, role: Role, name: str, said: dict[str, Any], *, stale: bool) -> None:
        who, record, centre = self.people[role], self.desk.record, self.desk.centre
        before = centre.records["case", record]
        base: Base = self.first if stale else who.seen("case", record)
        change = who.change("case", name, record, set=said, base=base)
        outcome = who.send(change)[0]
        after = centre.records["case", record]
        was, now = parse_state(before.fields["state"]), parse_state(after.fields["state"])
        assert now is not None
        assert may_become(was, now), (name, was, now)
        if now is not was:
            assert outcome.code.has_effect
            assert next_state(name, was) is now
        self._is_somebodys(now, after.fields)
        self._is_kept(change, outcome)
        assert outcome.code is not OutcomeCode.PARKED or name in ("case.receive",), outcome

    def _is_somebodys(self, state: CaseState, fields: dict[str, Any]) -> None:
        assert bool(fields["holder"]) is needs_holder(state), (state, fields["holder"])

    def _is_kept(self, change: Change, outcome: KnownChange) -> None:
        """What was said is in the body of its rev, waits in a conflict, was told as kept out, or stands in the log."""
        centre = self.desk.centre
        assert change.id in centre.lines
        if not outcome.code.has_effect:
            return
        held = centre.records["case", self.desk.record]
        body = held.fields if outcome.rev == held.rev else centre.past["case", held.id, outcome.rev].fields
        waiting = centre.fields("conflict", outcome.conflict)["mine"] if outcome.conflict else {}
        for field, value in change.set.items():
            kept = body.get(field) == value or waiting.get(field) == value or field in outcome.detail.get("kept", [])
            assert kept, (change.name, field, value)

    def history_is_whole(self) -> None:
        held = self.desk.centre.records["case", self.desk.record]
        assert {rev for _, record, rev in self.desk.centre.past if record == held.id} == set(range(1, held.rev))


@settings(max_examples=30, deadline=None)
@given(st.lists(deeds(), min_size=1, max_size=25))
def test_no_order_of_steps_leads_astray(done: list[tuple[Role, str, dict[str, Any], int, bool]]) -> None:
    watched = Watched()
    for role, name, said, days, stale in done:
        watched.desk.centre.now += days * DAY_MS
        watched.do(role, name, said, stale=stale)
    watched.history_is_whole()


LAWFUL = (
    *("precheck", "return", "correct", "accept", "review", "special", "resume", "suspend", "resume", "extend"),
    *("transfer", "decide", "finish", "dispatch", "deliver", "archive"),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(deeds(), max_size=9))
def test_a_case_on_its_usual_way_survives_whatever_else_is_tried(
    tried: list[tuple[Role, str, dict[str, Any], int, bool]],
) -> None:
    watched = Watched()
    for place, verb in enumerate(LAWFUL):
        name = f"case.{verb}"
        said = {field: SAYINGS[field][0] for field in STEPS[name].needs}
        watched.do(Role.HELPER if verb == "correct" else Role.DESK_CLERK, name, said, stale=False)
        if place < len(tried):
            role, name, said, days, stale = tried[place]
            watched.desk.centre.now += days * DAY_MS
            watched.do(role, name, said, stale=stale)
    watched.history_is_whole()
