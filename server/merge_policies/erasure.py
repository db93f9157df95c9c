"""How a record about a person is made empty (PIPL 47): its fields go, what it is and where it belongs stays.

Laws: only the centre empties, as a change in the log like any other, so every device is told by the next body, and who
checks the log can tell a lawful gap from another. What is empty takes no further change: an old phone may still bring
one, and it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from server.domain.people.roles import CENTRE_ROLE
from server.domain.record_fields import text, texts
from sync.central.known import Wants
from sync.central.policies import (
    Accept,
    ChangeRule,
    NewRecord,
    Reading,
    RecordPolicy,
    Refuse,
    Situation,
    Verdict,
)
from sync.core.changes import Change, Fields
from sync.core.clock import iso

ERASED_AT = "erased_at"
EMPTIED = "已删除"
# Kind → the fields that stay: ids, states, places and times, without which counts and chains would not hold.
STAYS: Mapping[str, frozenset[str]] = {
    "resident": frozenset({"village"}),
    "consent": frozenset({"resident", "items", "village", "helper", "valid_until", "revoked_at"}),
    "case": frozenset(
        {
            *("resident", "item", "item_version", "consent", "village", "state", "helper", "number", "received_at"),
            *("duplicate_of", "bundle", "leg", "holder", "state_since", "accepted_at", "finished_at", "finish_type"),
            "clock",
        }
    ),
    "conflict": frozenset({"record", "kind", "rev", "change", "state", "fields", "authors", "bucket", "decided_by"}),
    "service_log": frozenset({"village", "resident", "kind", "helper"}),
    "ticket": frozenset(
        {"place", "source", "type", "state", "number", "case", "resident", "holder", "due", "opened_at", "satisfaction"}
    ),
    "rating": frozenset(
        {"case", "place", "grade", "channel", "state", "item", "unit", "rated_at", "instead_of", "set_aside_by"}
    ),
    "licence": frozenset({"resident", "village", "kind", "state", "trust", "source", "valid_until"}),
    "notice": frozenset({"to", "about", "about_kind", "code", "at"}),
}
_OUTCOME_STAYS = ("change", "code", "kind", "name", "record", "reason", "conflict")
OUTCOMES = "outcomes"
"""What the change that empties a record names: the outcomes that were told of it."""
_SAID: Mapping[str, Mapping[str, object]] = {
    "resident": {"name": EMPTIED},
    "notice": {"text_zh": "内容已依法删除。", "text_en": "The contents were deleted as the law asks."},
}


def erase_name(kind: str) -> str:
    return f"{kind}.erase"


def with_erasure(policy: RecordPolicy) -> RecordPolicy:
    """The policy of a kind that is about a person, with the change that empties it."""
    kind, stays = policy.kind, STAYS.get(policy.kind)
    if stays is None:
        return policy
    name, settle_kept, reads_kept = erase_name(kind), policy.settle, policy.reads

    def reads(change: Change, reading: Reading) -> Wants:
        if change.name != name:
            return reads_kept(change, reading)
        return Wants(records={("outcome", one) for one in texts(change.set, OUTCOMES)})

    def settle(situation: Situation) -> Verdict:
        before = situation.before
        if situation.change.name == name:
            assert before is not None, "what is not there cannot be emptied"
            kept = frozenset(key for key in before.keys if key.startswith("number:"))
            computed = _emptied(kind, situation.fields, iso(situation.centre.now))
            return Accept(computed=computed, keys=kept, beside=_outcomes(situation))
        if before is not None and text(before.fields, ERASED_AT):
            return Refuse(reason="erased")
        return settle_kept(situation)

    return replace(
        policy,
        changes={**policy.changes, name: ChangeRule(roles=frozenset({CENTRE_ROLE}))},
        computed=policy.computed | {ERASED_AT},
        reads=reads,
        settle=settle,
    )


def _emptied(kind: str, fields: Fields, now: str) -> Fields:
    empty: Fields = {name: None for name in fields if name not in STAYS[kind]}
    return {**empty, **_SAID.get(kind, {}), ERASED_AT: now}


def _outcomes(situation: Situation) -> tuple[NewRecord, ...]:
    """What authors were told of their changes, without the details."""
    found = []
    for one in texts(situation.change.set, OUTCOMES):
        told = situation.known.record("outcome", one)
        if told is not None:
            fields: Fields = {name: told.fields[name] for name in _OUTCOME_STAYS if name in told.fields}
            found.append(NewRecord(kind="outcome", id=one, bucket=told.bucket, fields={**fields, "detail": {}}))
    return tuple(found)
