"""A town in small: two legs of a bundle, handled jointly, delivered and rated, a ticket, a task and a claim, a consent
that may be taken back, and everybody doing anything to any of them in any order, however stale their page. Never an
illegal state, a value lost, or work that nobody holds; and whoever is told can read it in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fixtures.simulation.lives import check_life
from server.domain.cases import lifecycle, tickets
from server.domain.cases.bundles import is_over
from server.domain.cases.consent import RevokeChannel
from server.domain.cases.joint import open_units
from server.domain.cases.ratings import BAD_UPTO, RATED_STATES, rating_id
from server.domain.catalogue import claims
from server.domain.people.roles import roles_that_may
from server.domain.steps import state_after
from server.domain.supervision import tasks
from server.merge_policies.case_desk_policy import part_task_id
from sync.central.known import KnownChange, Record
from sync.core.changes import Base, Change
from sync.core.ids import derived_id
from tests.server.merge_policies.case_at_desk import DAY_MS
from tests.server.merge_policies.test_case_desk_policy import bundled
from tests.server.merge_policies.test_case_policy import CATALOGUE
from tests.server.merge_policies.test_case_steps_in_any_order import SAYINGS as OF_CASES
from tests.server.merge_policies.test_claim_review import BASE_ITEM, CAMPAIGN, CLAIM, LIST, PLACE, SHARED, UNIT
from tests.sync.central.centre_in_memory import VILLAGE, Phone

TICKET, TASK = "7" * 32, "8" * 32
A, B = "unit:a", "unit:b"
Key = tuple[str, str]

# What a person may say in each field of each kind: some of it lawful, some not.
SAYINGS: Mapping[str, Mapping[str, list[Any]]] = {
    "case": {
        **OF_CASES,
        "joint": [[A, B], [A], [], [A, A]],
        "part_answer": [{"unit": A, "agrees": True}, {"unit": B, "agrees": False, "text": "不符合"}, {"unit": A}],
        "part_drop": [{"unit": B, "text": "不涉及"}, {"unit": A}],
        "credit_clearing": [{"reason": "mistaken", "text": "登记有误"}, {"reason": "expired"}],
    },
    "ticket": {
        "holder": [f"place:{VILLAGE}", "unit:a"],
        "answer": ["已联系本人"],
        "satisfaction": [5, 1, 9],
        "reopen_why": ["仍未解决"],
        "text": ["改了诉求"],
    },
    "task": {
        "holder": [f"place:{VILLAGE}", "unit:a"],
        "explanation": ["正在核实"],
        "finding": ["done", "unfounded", "whatever"],
        "text": ["改了内容"],
    },
    "claim": {
        "f.name": ["老年优待证", "老年卡"],
        "f.address": ["胡乐村服务中心", "便民服务站"],
        "f.promise_days": [1, 3],
        "return_reasons": [["basis"], [], ["whim"]],
        "return_note": ["请补依据"],
        "decline_reason": ["不属本单位"],
        "amend_reason": ["政策调整"],
        "stop_reason": ["暂停受理"],
        "claimed_by": ["one", "two"],
    },
}
STEPS: Mapping[str, list[str]] = {
    "case": sorted(lifecycle.STEPS),
    "ticket": sorted(tickets.STEPS),
    "task": sorted(tasks.STEPS),
    "claim": sorted(claims.STEPS),
}
BUCKETS = (f"place:{VILLAGE}", f"desk:{VILLAGE}", f"unit:{UNIT}", CATALOGUE, SHARED)
PEOPLE = {
    **{"helper": "helper", "clerk": "desk_clerk", "colleague": "desk_clerk", "lead": "town_lead"},
    **{"above": "county_supervisor", "one": "claim_worker", "two": "claim_worker", "editor": "catalogue_reviewer"},
    **{"lawyer": "catalogue_reviewer", "schedule": "centre"},
}


class Town(RuleBasedStateMachine):
    """Everything lives in one centre; what somebody saw is kept, so that they may act on it much later."""

    @initialize()
    def begin(self) -> None:
        desk, self.both, second = bundled()
        self.centre = desk.centre
        self.cases = (desk.record, second)
        self.consent = str(desk.fields["consent"])
        campaign = {"name": "第三轮", "start": "2026-11-01", "end": "2026-12-31", "catalogue": "all:341800"}
        self.centre.seed("campaign", CAMPAIGN, {**campaign, "exclusive": True}, SHARED)
        self.people = {
            who: Phone(self.centre, who, role=role, buckets=BUCKETS, device=derived_id("desk", who))
            for who, role in PEOPLE.items()
        }
        made = {"place": VILLAGE, "source": "hotline", "type": "question", "text": "怎么换领？"}
        self._make("clerk", "ticket", "ticket.open", TICKET, made)
        asked = {"place": VILLAGE, "code": "check", "about": desk.record, "about_kind": "case", "text": "请核实"}
        self._make("above", "task", "task.open", TASK, asked)
        taken = {"campaign": CAMPAIGN, "unit": UNIT, "base_item": BASE_ITEM, "place": PLACE, "state": "claimed"}
        self._make("one", "claim", "claim.take", CLAIM, {**taken, **LIST})
        self.alive: list[Key] = [*(("case", one) for one in self.cases), ("ticket", TICKET), ("task", TASK)]
        self.alive.append(("claim", CLAIM))
        self.seen = {key: self._base(key) for key in self.alive}

    def _make(self, who: str, kind: str, name: str, record: str, fields: dict[str, Any]) -> None:
        outcome = self.people[who].send(self.people[who].change(kind, name, record, set=fields))[0]
        assert outcome.code.has_effect, outcome

    def _base(self, key: Key) -> Base:
        return self.people["clerk"].seen(*key)

    # What happens

    @rule(days=st.sampled_from([1, 1, 6, 20, 400]))
    def days_pass(self, days: int) -> None:
        self.centre.now += days * DAY_MS

    @rule(place=st.integers(0, 4))
    def look(self, place: int) -> None:
        """Somebody opens a page and leaves it open."""
        key = self.alive[place]
        self.seen[key] = self._base(key)

    @rule(place=st.integers(0, 4), stale=st.integers(0, 4), odd=st.integers(0, 6), data=st.data())
    def do(self, place: int, stale: int, odd: int, data: st.DataObject) -> None:
        """Mostly what may be done now, by whom may do it; sometimes anything by anybody, or on an old page."""
        kind, record = key = self.alive[place]
        before = self.centre.records[key]
        names = [name for name in STEPS[kind] if odd == 0 or _leads_to(kind, name, str(before.fields["state"]))]
        name = data.draw(st.sampled_from(names or STEPS[kind]))
        may = [who for who, role in PEOPLE.items() if odd == 1 or role in roles_that_may(name)]
        who = data.draw(st.sampled_from(may or sorted(PEOPLE)))
        said = {
            field: data.draw(st.sampled_from(values[: None if odd < 3 else 1]))
            for field, values in SAYINGS[kind].items()
            if (_may_say(kind, name, field) and (odd < 3 or _must_say(kind, name, field))) or (odd == 2 and place == 2)
        }
        base = self.seen[key] if stale == 0 else self._base(key)
        self._send(who, kind, name, record, said, base)

    @rule(leg=st.integers(0, 1), to=st.sampled_from([A, B, f"place:{VILLAGE}"]))
    def pass_on(self, leg: int, to: str) -> None:
        """Another desk goes on with it: from then on it is theirs, and no clock begins anew."""
        case = self.cases[leg]
        before = self.centre.fields("case", case)
        if "case.transfer" not in lifecycle.actions_from(lifecycle.CaseState(before["state"])):
            return
        said = {"transfer": {"to": to, "reason": "归口办理"}}
        outcome = self._send("clerk", "case", "case.transfer", case, said, self._base(("case", case)))
        after = self.centre.fields("case", case)
        assert outcome.code.has_effect is (before["holder"] != to), outcome
        assert after["holder"] == to
        assert after.get("clock") == before.get("clock")

    @rule(leg=st.integers(0, 1), step=st.sampled_from(["suspend", "special"]))
    def pause(self, leg: int, step: str) -> None:
        """The clock stands until somebody resumes, and the case stays somebody's."""
        case = self.cases[leg]
        field, name = {"suspend": "suspension", "special": "special"}[step], f"case.{step}"
        state = lifecycle.CaseState(self.centre.fields("case", case)["state"])
        if name in lifecycle.actions_from(state):
            self._send("clerk", "case", name, case, {field: OF_CASES[field][0]}, self._base(("case", case)))
            assert self.centre.fields("case", case)["clock"]["paused_since"]

    @rule(leg=st.integers(0, 1), who=st.sampled_from(["clerk", "schedule"]), grade=st.sampled_from([5, 1]))
    def rate(self, leg: int, who: str, grade: int) -> None:
        """The resident says how it was, on the page or when called back: once."""
        case = self.cases[leg]
        before, rating = self.centre.fields("case", case), rating_id(case)
        is_first = ("rating", rating) not in self.centre.records
        channel = "page" if who == "schedule" else "call"
        said = {"case": case, "place": VILLAGE, "grade": grade, "channel": channel}
        outcome = self.people[who].send(self.people[who].change("rating", "rating.give", rating, set=said))[0]
        assert outcome.code.has_effect is (is_first and before["state"] in RATED_STATES), outcome
        after = self.centre.fields("case", case)
        is_rated = outcome.code.has_effect and before["state"] == "delivered"
        assert after["state"] == ("rated" if is_rated else before["state"])
        self._lives(("case", case), before)

    @rule(who=st.sampled_from(["helper", "clerk", "above"]), channel=st.sampled_from([*RevokeChannel]))
    def revoke(self, who: str, channel: RevokeChannel) -> None:
        """The resident takes the consent back, through whomever: the first day stands, and nothing else of it moves."""
        key = ("consent", self.consent)
        before, person = self.centre.fields(*key), self.people[who]
        said = {"revoke_channel": channel.value, "revoke_reason": "不办了"}
        change = person.change(*key[:1], "consent.revoke", self.consent, set=said, base=self._base(key))
        outcome = person.send(change)[0]
        assert outcome.code.has_effect, outcome
        after = self.centre.fields(*key)
        assert after["revoked_at"] == before.get("revoked_at", after["revoked_at"])
        others = [name for name in after if not name.startswith("revoke")]
        assert {name: after[name] for name in others} == {name: before.get(name) for name in others}

    @rule(data=st.data())
    def read(self, data: st.DataObject) -> None:
        """Somebody reads what they were told; nothing else of it changes."""
        told = sorted(
            (record.id, record.bucket.removeprefix("person:"))
            for record in self.centre.records.values()
            if record.kind == "notice" and record.bucket.removeprefix("person:") in PEOPLE
        )
        if not told:
            return
        notice, who = data.draw(st.sampled_from(told))
        before, at = self.centre.fields("notice", notice), {"read_at": "2026-12-01T09:00:00+08:00"}
        change = self.people[who].change("notice", "notice.read", notice, set=at, base=self._base(("notice", notice)))
        outcome = self.people[who].send(change)[0]
        assert outcome.code.has_effect, outcome
        assert self.centre.fields("notice", notice) == {**before, **at}

    @rule(leg=st.integers(0, 1), together=st.booleans(), steps=st.sampled_from([1, 1, 4, 9]))
    def go_on(self, leg: int, together: bool, steps: int) -> None:
        """The desk takes the next steps with a leg as it should, so that its later states are reached as well."""
        for _ in range(steps):
            self._next_step(leg, together)

    def _next_step(self, leg: int, together: bool) -> None:
        case = self.cases[leg]
        fields = self.centre.fields("case", case)
        said: dict[str, Any]
        match fields["state"]:
            case "received" | "prechecked":
                step, said = "accept", {"joint": [A, B]} if together else {}
            case "to_correct":
                step, said = "correct", {"material.2": {"state": "paper"}}
            case "special_procedure" | "suspended":
                step, said = "resume", {}
            case "accepted" | "reviewing":
                units = open_units(fields)
                answer = {"part_answer": {"unit": units[0], "agrees": True}} if units else {}
                step, said = ("part_answer", answer) if units else ("decide", {"decision": {"granted": True}})
            case "decided":
                step, said = "finish", {}
            case "finished" if together and "parcel" not in fields:
                step, said = "dispatch", {"parcel": OF_CASES["parcel"][0]}
            case "finished":
                step, said = "hand_over" if together else "deliver", {"handover": OF_CASES["handover"][0]}
            case "delivered" | "rated" if together:
                step, said = "archive", {}
            case _:
                return
        who = "helper" if step in ("correct", "hand_over") else "clerk"
        self._send(who, "case", f"case.{step}", case, said, self._base(("case", case)))

    def _send(self, who: str, kind: str, name: str, record: str, said: dict[str, Any], base: Base) -> KnownChange:
        before = self.centre.records[kind, record]
        change = self.people[who].change(kind, name, record, set=said, base=base)
        outcome = self.people[who].send(change)[0]
        self._moved_lawfully(name, before, self.centre.records[kind, record], outcome)
        self._lives((kind, record), before.fields)
        self._is_kept(change, before, outcome)
        return outcome

    # What must hold

    def _lives(self, key: Key, before: Mapping[str, Any]) -> None:
        """The rules of a life as the simulation's oracle has them, written down without the tables of steps."""
        assert [*check_life(key[0], before, self.centre.fields(*key))] == []

    def _moved_lawfully(self, name: str, before: Record, after: Record, outcome: KnownChange) -> None:
        was, now = str(before.fields["state"]), str(after.fields["state"])
        if was == now:
            return
        assert outcome.code.has_effect, (name, was, now)
        assert now == _leads_to(before.kind, name, was), (name, was, now)

    def _is_kept(self, change: Change, before: Record, outcome: KnownChange) -> None:
        """What was said is in the body of its rev, waits in a conflict, was told as kept out, or stands in the log."""
        assert change.id in self.centre.lines
        if not outcome.code.has_effect:
            held = self.centre.records[change.kind, change.record]
            assert (held.rev, held.body) == (before.rev, before.body) or outcome.conflict, change
            return
        held = self.centre.records[change.kind, change.record]
        body = held.fields if outcome.rev == held.rev else self.centre.past[held.kind, held.id, outcome.rev].fields
        waiting = self.centre.fields("conflict", outcome.conflict)["mine"] if outcome.conflict else {}
        for field, value in change.set.items():
            kept = field == "state" or body.get(field) == value or waiting.get(field) == value
            assert kept or field in outcome.detail.get("kept", []), (change.name, field, value, outcome)

    @invariant()
    def every_state_is_one(self) -> None:
        for kind, record in self.alive:
            fields = self.centre.fields(kind, record)
            known = {
                "case": lifecycle.CaseState,
                "ticket": tickets.TicketState,
                "task": tasks.TaskState,
                "claim": claims.ClaimState,
            }[kind]
            assert fields["state"] in known.__members__.values()

    @invariant()
    def what_is_open_is_somebodys(self) -> None:
        for case in self.cases:
            fields = self.centre.fields("case", case)
            state = lifecycle.CaseState(fields["state"])
            assert bool(fields["holder"]) is lifecycle.needs_holder(state), (state, fields["holder"])
        for kind, record in (("ticket", TICKET), ("task", TASK)):
            assert self.centre.fields(kind, record)["holder"]
        claim = self.centre.fields("claim", CLAIM)
        assert bool(claim.get("claimed_by")) is (claim["state"] != "free")

    @invariant()
    def a_part_that_is_open_has_its_task_and_no_other_part_has(self) -> None:
        for case in self.cases:
            fields = self.centre.fields("case", case)
            is_open = lifecycle.is_open(lifecycle.CaseState(fields["state"]))
            waiting = set(open_units(fields)) if is_open else set()
            for unit in (A, B):
                task = self.centre.records.get(("task", part_task_id(case, unit)))
                state = "" if task is None else str(task.fields["state"])
                assert (state in ("open", "explained")) is (unit in waiting), (case, unit, state, waiting)

    @invariant()
    def nothing_is_decided_over_the_head_of_a_unit(self) -> None:
        for case in self.cases:
            fields = self.centre.fields("case", case)
            if fields["state"] in ("decided", "finished", "delivered"):
                assert open_units(fields) == ()

    @invariant()
    def a_bundle_is_over_with_the_last_of_its_legs(self) -> None:
        states = {leg: self.centre.fields("case", case)["state"] for leg, case in enumerate(self.cases, 1)}
        assert (self.centre.fields("bundle", self.both)["state"] == "over") is is_over(states), states

    @invariant()
    def a_consent_that_was_taken_back_has_told_who_must_stop(self) -> None:
        consent = self.centre.fields("consent", self.consent)
        told = [one for one in self._of("task") if one["code"] == "consent_revoked"]
        assert bool(told) is bool(consent.get("revoked_at"))
        assert all(one["holder"] and one["about"] == self.consent for one in told)

    @invariant()
    def a_bad_rating_has_its_task_and_no_other_has(self) -> None:
        bad = {
            one.id for one in self.centre.records.values() if one.kind == "rating" and one.fields["grade"] <= BAD_UPTO
        }
        assert {one["about"] for one in self._of("task") if one["code"] == "bad_rating"} == bad

    @invariant()
    def whoever_is_told_is_told_in_words(self) -> None:
        for notice in self._of("notice"):
            assert all(notice[name] for name in ("code", "text_zh", "text_en", "about", "to")), notice

    def _of(self, kind: str) -> list[dict[str, Any]]:
        return [record.fields for record in self.centre.records.values() if record.kind == kind]

    @invariant()
    def history_is_whole(self) -> None:
        for kind, record in self.alive:
            held = self.centre.records[kind, record]
            assert all((kind, record, rev) in self.centre.past for rev in range(1, held.rev)), (kind, held.rev)

    @invariant()
    def no_two_records_hold_one_key(self) -> None:
        for key, (kind, record) in self.centre.keys.items():
            assert key in self.centre.records[kind, record].keys, key


def _may_say(kind: str, name: str, field: str) -> bool:
    match kind:
        case "case":
            return lifecycle.STEPS[name].may_write(field)
        case "ticket":
            return tickets.STEPS[name].may_write(field)
        case "task":
            return tasks.STEPS[name].may_write(field)
    own = claims.REVIEW_WRITES.get(name)
    return (
        field in own
        if own is not None
        else field.startswith("f.") or (name, field) == ("claim.decline", "decline_reason")
    )


def _must_say(kind: str, name: str, field: str) -> bool:
    """What the step is refused without; a claim's fields are said in every filling."""
    match kind:
        case "case":
            return field in lifecycle.STEPS[name].needs
        case "ticket":
            return field in tickets.STEPS[name].needs
        case "task":
            return field in tasks.STEPS[name].needs
    return True


def _leads_to(kind: str, name: str, before: str) -> str | None:
    match kind:
        case "case":
            return lifecycle.next_state(name, lifecycle.CaseState(before))
        case "ticket":
            return state_after(tickets.STEPS, name, before)
        case "task":
            return state_after(tasks.STEPS, name, before)
    return claims.settled_state(name, claims.ClaimState(before))


Town.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestTown = Town.TestCase
