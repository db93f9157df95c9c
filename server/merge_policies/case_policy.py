"""How a case is merged: what a filing is checked against, when it is received, numbered, migrated and linked.

Laws: the first filing received for a person and an item stands; a second is kept and linked, never dropped. The
person is known by the index of the id number, so that the same resident typed in two villages is one person here,
and neither village sees the other's data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, partial

from msgspec.structs import replace

from server.domain.cases.bundles import leg_of
from server.domain.cases.clocks import due_column
from server.domain.cases.credit import CREDIT_KEY, credit_keys
from server.domain.cases.imported import IMPORT_STEPS, check_source, imported_fields
from server.domain.cases.lifecycle import (
    FILING_STEPS,
    STEPS,
    CaseState,
    check_bound,
    check_written,
    is_open,
    next_state,
    parse_state,
)
from server.domain.cases.numbers import NumberInvalid, NumbersExhausted, official_number, parse_official_number
from server.domain.cases.parcels import parcel_column
from server.domain.cases.tally import tally
from server.domain.catalogue.items import MigrationKind, migrate_draft
from server.domain.people.citizen_id import normalise
from server.domain.people.reach import account_holder
from server.domain.people.residents import is_elder
from server.domain.people.roles import roles_that_may
from server.domain.problems import problem
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, integer, text
from server.domain.supervision.notices import worded
from server.merge_policies.case_desk_policy import handling_desk, settle_step, step_reads
from server.merge_policies.judging import centre_day, context_of, named, readable, refuse_for
from sync.central.known import Wants
from sync.central.policies import (
    Accept,
    ChangeRule,
    NewRecord,
    Park,
    Reading,
    RecordPolicy,
    Refuse,
    Rule,
    Situation,
    Verdict,
    texts_in,
)
from sync.core.changes import Change, Fields, OutcomeCode
from sync.core.clock import iso
from sync.core.ids import derived_id

Index = Callable[[str], str]
"""A keyed hash of a personal identifier, so that equal ones meet and none is stored."""

NUMBER_KEY = "number:"
INDEXED_MAX = 4_096
_CREDIT_STEPS = frozenset({"case.accept", "case.tolerance_fail"})
_REFERENCES = ("resident", "consent", "item")


def case_policy(index: Index) -> RecordPolicy:
    rules = _CaseRules(index)
    return RecordPolicy(
        kind="case",
        changes={
            name: ChangeRule(creates=None in taken.before, updates=True, roles=roles_that_may(name))
            for name, taken in STEPS.items()
            if name != "case.receive"  # the centre does it in the write that submits
        },
        fields={"state": Rule.LATEST, "helper": Rule.CENTRE_WINS, "receipt": Rule.CENTRE_WINS},
        default=Rule.PERSON_DECIDES,
        groups=(frozenset({"item", "item_version"}), frozenset({"phone", "address"})),
        sets=frozenset({"notes"}),
        computed=KINDS["case"].computed,
        bucket=lambda fields: f"place:{fields['village']}",
        reads=rules.reads,
        settle=rules.settle,
        columns=lambda fields: {
            "state": text(fields, "state"),
            "item": text(fields, "item"),
            "resident": text(fields, "resident"),
            "number": text(fields, "number") or None,
            "receipt": text(fields, "receipt") or None,
            "received_at": text(fields, "received_at") or None,
            "holder": text(fields, "holder") or None,
            "due": due_column(fields),
            "helper": text(fields, "helper") or None,
            "bundle": text(fields, "bundle") or None,
            "state_since": text(fields, "state_since") or None,
            "finished_at": text(fields, "finished_at") or None,
            "tally": (tally(fields) or None) if "finished_at" in fields else None,
            "parcel": parcel_column(fields) if "parcel" in fields else None,
        },
    )


def filing_key(index: Index, resident: str, citizen_id: str, item: str) -> str:
    """Under which open filings of one person for one item meet: the person by id number, else by their record."""
    number = normalise(citizen_id)
    return f"filing:{index(number) if number else resident}:{item}"


def number_key(number: str) -> str:
    """Held by every case with a number: one honoured from a lost history may have been given to another since."""
    return f"{NUMBER_KEY}{number}"


def number_series(village: str, now: int, block: int) -> str:
    """The series an official number is taken from: county, day of receipt, block of the centre's epoch."""
    return _series(village[:6], centre_day(now), block)


@lru_cache(maxsize=64)
def _series(county: str, day: date, block: int) -> str:
    return f"{county}:{day:%Y%m%d}:{block}"


class _CaseRules:
    def __init__(self, index: Index) -> None:
        # A filing's person is looked for in each round of reading and when it is linked.
        self.index: Index = lru_cache(maxsize=INDEXED_MAX)(index)

    def reads(self, change: Change, reading: Reading) -> Wants:
        of_case = partial(texts_in, reading.sources("case", change.record))
        wants = Wants()
        for kind in (*_REFERENCES, "bundle"):
            for record in of_case(kind):
                wants.records.add((kind, record))
        if change.name not in FILING_STEPS:
            wants |= step_reads(change, reading)
        if change.name in _CREDIT_STEPS:
            for resident in of_case("resident"):
                wants.keys |= {*credit_keys(self.index, resident, reading.texts("resident", resident, "citizen_id"))}
        for village in of_case("village"):
            wants.numbers.add(number_series(village, reading.centre.now, reading.centre.epoch_block))
        if change.record in reading.honoured:
            wants.keys.add(number_key(reading.honoured[change.record]))
        for item in of_case("item"):
            held = reading.record("item", item)
            pinned = reading.numbers("case", change.record, "item_version") if held is not None else ()
            wants.past |= {("item", item, version) for version in pinned if held and 0 < version < held.rev}
            for resident in of_case("resident"):
                numbers = reading.texts("resident", resident, "citizen_id")
                wants.keys |= {filing_key(self.index, resident, number, item) for number in (*numbers, "")}
        holders = {reading.holder(key) for key in wants.keys if key.startswith("filing:")}
        wants.records |= {("case", holder) for holder in holders if holder is not None}
        standing = [reading.record("case", holder) for holder in holders if holder is not None]
        # Whoever is told of a duplicate may have answered before a restored centre tells it again.
        wants.waits |= {derived_id("notice", change.id, text(one.fields, "helper")) for one in standing if one}
        return wants

    def settle(self, situation: Situation) -> Verdict:
        before = situation.before
        state = parse_state(text(before.fields, "state")) if before is not None else None
        after = next_state(situation.change.name, state)
        name = situation.change.name
        if after is None:
            return refuse_for([problem("state_step", "state", before=state or "new", after=name)]) or Accept()
        if not_its_own := check_written(name, situation.change.touched):
            return refuse_for(not_its_own) or Accept()
        standing = before.fields if before is not None else {}
        # As it was said, also where merge would leave it to a person.
        if unbound := check_bound(name, state, standing, {**situation.fields, **situation.change.set}):
            return refuse_for(unbound) or Accept()
        fields: Fields = {**situation.fields, "state": after.value}
        if name in IMPORT_STEPS:
            return self._take_over(situation, fields)
        if after is CaseState.SUBMITTED and state in (None, CaseState.DRAFT):
            return self._submit(situation, fields)
        held = before.keys if before is not None else frozenset[str]()
        if name not in FILING_STEPS:
            # A case that is over lets the next filing stand; its number stays its own for ever.
            keys = (
                held if is_open(after) else frozenset(key for key in held if key.startswith((NUMBER_KEY, CREDIT_KEY)))
            )
            taken = {slot: situation.known.holder(slot) for slot in self._credit_slots(situation, fields)}
            if name == "case.tolerance_fail":
                keys |= frozenset([slot for slot, holder in taken.items() if holder is None][:1])
            if name == "case.credit_clear":
                keys = frozenset(key for key in keys if not key.startswith(CREDIT_KEY))
            return settle_step(situation, after, fields, keys, barred=any(taken.values()))
        problems = check_record("case", fields, context_of(situation, {}))
        computed: Fields = {"state": after.value}
        if state is None:
            computed |= {"holder": account_holder(situation.author.account), "state_since": iso(situation.centre.now)}
        return refuse_for(problems) or Accept(computed=computed, keys=held)

    def _credit_slots(self, situation: Situation, fields: Fields) -> tuple[str, ...]:
        """Where a broken promise of this person would be found; only the steps that look for one load them."""
        if situation.change.name not in _CREDIT_STEPS:
            return ()
        resident = situation.known.record("resident", text(fields, "resident"))
        numbers = (text(resident.fields, "citizen_id"),) if resident is not None else ()
        return credit_keys(self.index, text(fields, "resident"), numbers)

    def _submit(self, situation: Situation, fields: Fields) -> Verdict:
        records = {kind: readable(situation, kind, named(fields, kind)) for kind in _REFERENCES if named(fields, kind)}
        absent = frozenset(
            named(fields, kind) for kind in ("resident", "consent") if kind in records and not records[kind]
        )
        if absent:
            return Park(reason="waits_for_record", waits=absent)
        if fields.get("bundle"):
            not_its_leg = _check_leg(situation, fields)
            if not_its_leg is not None:
                return not_its_leg
        item, resident = records.get("item"), records.get("resident")
        computed: Fields = {}
        reason, code, detail = "", None, {}
        if item is not None and integer(fields, "item_version") < integer(item.fields, "version"):
            old = (
                situation.known.body_at(item, integer(fields, "item_version"))
                if integer(fields, "item_version") > 0
                else None
            )
            migration = migrate_draft(fields, old.fields if old is not None else None, item.fields)
            told = [change.as_value() for change in migration.changes]
            if migration.kind is MigrationKind.CANCELLED:
                return Refuse(reason="item_cancelled", detail={"problems": told})
            computed |= migration.writes
            if migration.kind is MigrationKind.MIGRATED:
                reason, code, detail = "item_migrated", OutcomeCode.MERGED, {"changes": [one["code"] for one in told]}
        visible = {record.id: record.fields for record in records.values() if record is not None}
        refusal = refuse_for(check_record("case", {**fields, **computed}, context_of(situation, visible)))
        if refusal is not None:
            return refusal
        assert resident is not None, "the check refuses a filing without a resident"
        assert item is not None, "the check refuses a filing without an item"
        computed["holder"] = handling_desk(fields, item.fields)
        if is_elder(resident.fields, centre_day(situation.centre.now)):
            computed["elder"] = True
        if situation.author.at_desk and not text(fields, "served"):
            computed["served"] = "desk"
        accept = self._receive(situation, {**fields, **computed}, computed)
        accept = replace(accept, reason=reason, code=code, detail=detail)
        return self._link(
            situation, accept, filing_key(self.index, resident.id, text(resident.fields, "citizen_id"), item.id)
        )

    def _take_over(self, situation: Situation, fields: Fields) -> Verdict:
        """A case that was begun elsewhere keeps its days: when it was received there, and accepted."""
        item, resident = (situation.known.record(kind, named(fields, kind)) for kind in ("item", "resident"))
        if item is None or resident is None:
            return refuse_for([problem("record_absent", "item" if item is None else "resident")]) or Accept()
        computed = imported_fields(fields, item.fields)
        computed["holder"] = handling_desk(fields, item.fields)
        problems = check_source(fields) or check_record("case", {**fields, **computed}, context_of(situation, {}))
        if refused := refuse_for(problems):
            return refused
        accept = self._receive(situation, {**fields, **computed}, computed)
        accept = replace(accept, computed={**accept.computed, **computed, "state": fields["state"], "helper": ""})
        return self._link(
            situation, accept, filing_key(self.index, resident.id, text(resident.fields, "citizen_id"), item.id)
        )

    def _receive(self, situation: Situation, fields: Fields, computed: Fields) -> Accept:
        """What the centre writes when a filing has durably arrived: the official number joins the receipt."""
        centre = situation.centre
        now = iso(centre.now)
        computed = {**computed, "state": CaseState.RECEIVED.value, "received_at": now, "state_since": now}
        computed.setdefault("helper", text(fields, "helper") or situation.author.account)
        if computed["helper"] != situation.author.account:
            computed["filed_by"] = situation.author.account
        honoured = _honoured(situation, fields)
        if honoured:
            return Accept(computed={**computed, "number": honoured}, keys=frozenset({number_key(honoured)}))
        series = number_series(text(fields, "village"), centre.now, centre.epoch_block)
        try:
            number = official_number(
                text(fields, "village"), centre_day(centre.now), centre.epoch_block, situation.known.reserved(series)[0]
            )
        except (NumbersExhausted, IndexError):
            return Accept(computed=computed)  # found by its receipt; a desk numbers it
        return Accept(computed={**computed, "number": number}, keys=frozenset({number_key(number)}), took_number=series)

    def _link(self, situation: Situation, accept: Accept, key: str) -> Verdict:
        holder = situation.known.holder(key)
        if holder is None or holder == situation.change.record:
            return replace(accept, keys=accept.keys | {key})
        standing = situation.known.record("case", holder)
        assert standing is not None, "a natural key is held by a record that is there"
        both_may_see = situation.author.may_write(standing.bucket, situation.centre.now)
        helper = text(standing.fields, "helper")
        told: Mapping[str, Fields] = {
            helper: {"code": "duplicate_filing", "about": standing.id, "to": helper, "at": situation.centre.now}
        }
        notices = tuple(
            NewRecord(
                kind="notice",
                id=derived_id("notice", situation.change.id, account),
                bucket=f"person:{account}",
                fields=worded(fields),
            )
            for account, fields in told.items()
            if account
        )
        return replace(
            accept,
            computed={**accept.computed, "duplicate_of": standing.id},
            code=OutcomeCode.DUPLICATE,
            reason=accept.reason or "duplicate_filing",
            detail={**accept.detail, "stands": standing.id if both_may_see else ""},
            beside=notices,
        )


def _check_leg(situation: Situation, fields: Fields) -> Refuse | Park | None:
    """A leg is filed behind its bundle, for the same person and under the same consent."""
    named_bundle = named(fields, "bundle")
    bundle = readable(situation, "bundle", named_bundle)
    if bundle is None:
        return Park(reason="waits_for_record", waits=frozenset({named_bundle}))
    leg = leg_of(bundle.fields, situation.change.record)
    same = all(text(bundle.fields, name) == text(fields, name) for name in ("resident", "consent"))
    if leg and leg == integer(fields, "leg") and same:
        return None
    return refuse_for([problem("bundle_foreign", "bundle")])


def _honoured(situation: Situation, fields: Fields) -> str:
    """The number an earlier epoch gave: the resident may hold it on paper. Never one this epoch could give."""
    number = situation.honoured.get(situation.change.record, "")
    if not number:
        return ""
    try:
        parsed = parse_official_number(number)
    except NumberInvalid:
        return ""
    fits = parsed.county == text(fields, "village")[:6] and parsed.block != situation.centre.epoch_block
    key = number_key(number)
    taken = not situation.known.has("keys", key) or situation.known.holder(key) is not None
    return number if fits and not taken else ""
