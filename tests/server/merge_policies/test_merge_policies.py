"""The table of kinds is whole: every change a role may make is in it, and every computed field is the centre's."""

from __future__ import annotations

import pytest

from server.domain.cases.lifecycle import CENTRE_ONLY
from server.domain.people.roles import MAY_CHANGE
from server.domain.record_fields import KINDS
from server.merge_policies import policies_of
from server.merge_policies.erasure import STAYS, erase_name
from sync.central.policies import RecordPolicy

POLICIES = policies_of(lambda text: f"ix{text}")
# What the schedule, a register's answer or a resident on the page does, and nobody by hand.
OF_THE_CENTRE = {
    *("item.take_effect", "base_item.take_effect", "licence.fetch"),
    *("claim.rebase", "lease.end", "case.import", "case.import_accepted"),
    *("light.raise", "light.change", "light.clear", "light.order", "review.open", "snapshot.take"),
    *(erase_name(kind) for kind in STAYS),
}
rows = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES.keys())


def test_every_change_that_a_role_may_make_has_its_rule() -> None:
    named = {name for policy in POLICIES.values() for name in policy.changes}
    by_hand = {name for names in MAY_CHANGE.values() for name in names}
    assert by_hand <= named
    # Receiving has no change of its own: the centre does it in the write that submits.
    assert named - by_hand == CENTRE_ONLY - {"case.receive"} | OF_THE_CENTRE


@rows
def test_a_change_is_named_after_its_kind_and_made_by_somebody(policy: RecordPolicy) -> None:
    for name, rule in policy.changes.items():
        assert name.startswith(f"{policy.kind}.")
        assert rule.roles
        assert rule.creates or rule.updates


@rows
def test_what_the_domain_computes_no_device_may_write(policy: RecordPolicy) -> None:
    if policy.kind in KINDS:
        assert KINDS[policy.kind].computed <= policy.computed


def test_personal_kinds_are_sealed_and_the_catalogue_is_not() -> None:
    plain = {policy.kind for policy in POLICIES.values() if not policy.personal}
    catalogue = {"base_item", "item", "local_item", "campaign", "claim", "baseline", "lease", "look_back", "snapshot"}
    assert plain == catalogue | {"calendar", "bulletin"}


def test_a_resident_is_indexed_by_hashes_and_never_by_the_id_itself() -> None:
    columns = POLICIES["resident"].columns({"citizen_id": "341802193507020027", "name": "汪秀英"})
    assert columns == {"person": "ix341802193507020027", "name_index": "ix汪秀英"}
