"""How bundles and the centre's own working days are merged.

Laws: a bundle is filed once, with the cases of its legs behind it; its state and its day follow from the legs. A day of
the calendar is set by whoever keeps it, and two who set different days of one year never meet.
"""

from __future__ import annotations

from server.domain.cases.bundles import BUNDLES, BundleState, bundle_due, check_bundle
from server.domain.cases.working_days import FIELD_PREFIX, calendar_id
from server.domain.people.roles import roles_that_may
from server.domain.record_checks import check_record
from server.domain.record_fields import KINDS, groups, integer, text
from server.merge_policies.judging import china_day, context_of, readable, refuse_for
from server.merge_policies.own_days import own_days, reads_own_days
from sync.central.known import Wants
from sync.central.policies import Accept, ChangeRule, Park, Reading, RecordPolicy, Refuse, Rule, Situation, Verdict
from sync.core.changes import Change, Fields
from sync.core.clock import iso


def bundle_policy() -> RecordPolicy:
    return RecordPolicy(
        kind="bundle",
        changes={"bundle.file": ChangeRule(creates=True, updates=False, roles=roles_that_may("bundle.file"))},
        computed=KINDS["bundle"].computed,
        bucket=lambda fields: f"place:{fields['village']}",
        reads=_bundle_reads,
        settle=_settle_bundle,
        columns=lambda fields: {"state": text(fields, "state"), "resident": text(fields, "resident")},
    )


def _bundle_reads(change: Change, reading: Reading) -> Wants:
    wants = Wants(records={("consent", one) for one in reading.texts("bundle", change.record, "consent")})
    wants.records |= {("item", text(leg, "item")) for leg in groups(change.set, "legs") if text(leg, "item")}
    return wants | reads_own_days(change, reading)


def _settle_bundle(situation: Situation) -> Verdict:
    fields = situation.fields
    named = text(fields, "consent")
    consent = readable(situation, "consent", named) if named else None
    if named and consent is None:
        return Park(reason="waits_for_record", waits=frozenset({named}))
    visible = {consent.id: consent.fields} if consent is not None else {}
    refused = refuse_for(check_bundle(fields, context_of(situation, visible)))
    if refused is not None:
        return refused
    items: dict[int, Fields] = {}
    for leg in groups(fields, "legs"):
        item = readable(situation, "item", text(leg, "item"))
        if item is not None:
            items[integer(leg, "leg")] = item.fields
    today = china_day(situation.centre.now)
    due = bundle_due(BUNDLES[text(fields, "code")], items, today, own_days(situation, today))
    computed: Fields = {"state": BundleState.OPEN.value, "filed_at": iso(situation.centre.now)}
    computed["due"] = due.date.isoformat()
    return Accept(computed=computed)


def calendar_policy() -> RecordPolicy:
    return RecordPolicy(
        kind="calendar",
        changes={"calendar.set": ChangeRule(creates=True, roles=roles_that_may("calendar.set"))},
        fields={FIELD_PREFIX: Rule.PERSON_DECIDES, "catalogue": Rule.CENTRE_WINS},
        bucket=lambda fields: f"catalogue:{fields['catalogue']}",
        reads=lambda change, reading: Wants(),
        settle=_settle_calendar,
        personal=False,
        natural=True,
    )


def _settle_calendar(situation: Situation) -> Verdict:
    expected = calendar_id(integer(situation.fields, "year"))
    if situation.change.record != expected:
        return Refuse(reason="wrong_id", detail={"expected": expected})
    return refuse_for(check_record("calendar", situation.fields, context_of(situation, {}))) or Accept()
