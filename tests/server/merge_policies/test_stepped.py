"""A kind whose life is a table of steps, settled."""

from __future__ import annotations

from server.domain.problems import problem
from server.domain.steps import StepTable, step
from server.merge_policies.stepped import stepped_policy
from sync.central.known import Author, Centre, Known, Record
from sync.central.policies import Accept, NewRecord, RecordPolicy, Refuse, Situation, Verdict
from sync.core.changes import Captured, Change, Fields
from sync.core.codec import encode_body

STEPS: StepTable = {
    "conflict.open": step(None, to="open", writes=("record", "fields", "authors", "base")),
    "conflict.decide": step("open", to="decided", writes=("decided_value", "decided_by"), needs=("decided_by",)),
}
OPEN: Fields = {"record": "a" * 32, "fields": ["x"], "authors": ["anna"], "state": "open"}
POLICY = stepped_policy(
    "conflict",
    STEPS,
    bucket=lambda fields: f"person:{fields['authors'][0]}",
    adds=lambda situation, fields: {"decided_at": situation.centre.now} if fields["state"] == "decided" else {},
    beside=lambda situation, fields: (NewRecord(kind="notice", id="n" * 32, bucket="person:anna", fields={}),),
    natural_id=lambda fields: "c" * 32,
)


def settle(
    name: str, written: Fields, before: Fields | None, record: str = "c" * 32, policy: RecordPolicy = POLICY
) -> Verdict:
    held = None
    if before is not None:
        body = encode_body("conflict", record, 1, dict(before))
        held = Record("conflict", record, 1, "person:anna", 1, body, {})
    change = Change(
        id="1" * 32, kind="conflict", record=record, name=name, set=dict(written), captured=Captured(wall=0)
    )
    return policy.settle(
        Situation(
            change=change,
            author=Author(account="anna", device="d", role="helper", grants={}),
            before=held,
            fields={**(before or {}), **written},
            known=Known(),
            centre=Centre(epoch="e", epoch_block=0, now=1_795_000_000_000),
            honoured={},
        )
    )


def test_a_step_writes_the_state_it_leads_to_and_what_the_centre_adds() -> None:
    verdict = settle("conflict.decide", {"decided_by": "anna", "decided_value": {}, "state": "elsewhere"}, OPEN)
    assert isinstance(verdict, Accept)
    assert verdict.computed == {"state": "decided", "decided_at": 1_795_000_000_000}
    assert [one.kind for one in verdict.beside] == ["notice"]


def test_a_step_out_of_turn_is_refused_and_counts_as_unlawful_so_that_a_race_becomes_a_conflict() -> None:
    verdict = settle("conflict.decide", {"decided_by": "anna"}, {**OPEN, "state": "decided"})
    assert isinstance(verdict, Refuse)
    assert (verdict.reason, verdict.illegal) == ("state_step", True)


def test_a_step_writes_no_field_of_another() -> None:
    verdict = settle("conflict.decide", {"decided_by": "anna", "decided_value": {}, "base": {}}, OPEN)
    assert isinstance(verdict, Refuse)
    assert verdict.reason == "step_writes"


def test_the_kinds_own_check_still_runs() -> None:
    verdict = settle("conflict.open", {**OPEN, "record": "no id"}, None)
    assert isinstance(verdict, Refuse)
    assert verdict.reason == "field_shape"


def test_a_natural_id_is_the_one_that_everyone_derives() -> None:
    verdict = settle("conflict.open", dict(OPEN), None, record="d" * 32)
    assert isinstance(verdict, Refuse)
    assert (verdict.reason, verdict.detail) == ("wrong_id", {"expected": "c" * 32})


def test_steps_that_make_a_record_may_create_and_the_others_may_not() -> None:
    assert POLICY.natural
    assert {name: (rule.creates, rule.updates) for name, rule in POLICY.changes.items()} == {
        "conflict.open": (True, False),
        "conflict.decide": (False, True),
    }


def test_what_goes_beyond_the_table_is_looked_at_first_and_a_second_making_may_be_refused() -> None:
    policy = stepped_policy(
        "conflict",
        STEPS,
        bucket=lambda fields: "person:anna",
        natural_id=lambda fields: "c" * 32,
        once=True,
        check=lambda situation: [problem("review_own", "decided_by")] if situation.author.account == "anna" else [],
    )
    verdict = settle("conflict.decide", {"decided_by": "anna"}, {**OPEN, "state": "decided"}, policy=policy)
    assert isinstance(verdict, Refuse)
    assert verdict.reason == "review_own"
    assert not policy.natural
