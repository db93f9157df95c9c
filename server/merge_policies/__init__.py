"""The table of every record kind: its field rules, its checks, what they must read, its derived columns.

One row a kind, so that the whole of what merging means can be read on one screen. The three kinds with rules of
their own have a module each; for the rest the domain's check is all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.domain.people.roles import roles_that_may
from server.domain.record_fields import KINDS, text
from server.merge_policies.authorship import with_authors
from server.merge_policies.bulletin_policy import bulletin_policy
from server.merge_policies.bundle_policies import bundle_policy, calendar_policy
from server.merge_policies.campaign_policies import (
    baseline_policy,
    campaign_policy,
    lease_policy,
    look_back_policy,
    snapshot_policy,
)
from server.merge_policies.case_policy import Index, case_policy
from server.merge_policies.catalogue_policies import (
    base_item_policy,
    item_policy,
    licence_policy,
    local_item_policy,
)
from server.merge_policies.claim_policy import claim_policy
from server.merge_policies.conflict_policy import conflict_policy
from server.merge_policies.erasure import with_erasure
from server.merge_policies.followup_policies import consent_policy, rating_policy, task_policy, ticket_policy
from server.merge_policies.judging import settle_by_check
from server.merge_policies.supervision_policies import light_policy, notice_policy, review_policy
from sync.central.known import Wants
from sync.central.policies import ChangeRule, Policies, Reading, RecordPolicy, Rule
from sync.core.changes import Change, Fields

__all__ = ["Index", "policies_of"]


def policies_of(index: Index) -> Policies:
    """Kind → policy. `index` is the keyed hash under which a person's id number is looked up."""
    rows = (
        _plain(
            "resident",
            creates=("resident.register",),
            updates=("resident.edit",),
            sets=("notes", "flags"),
            bucket=_place,
            columns=lambda fields: {
                "person": index(text(fields, "citizen_id")) if text(fields, "citizen_id") else None,
                "name_index": index(text(fields, "name")),
            },
        ),
        consent_policy(),
        case_policy(index),
        bundle_policy(),
        calendar_policy(),
        claim_policy(),
        base_item_policy(),
        item_policy(),
        local_item_policy(),
        licence_policy(),
        campaign_policy(),
        baseline_policy(),
        lease_policy(),
        look_back_policy(),
        snapshot_policy(),
        bulletin_policy(),
        conflict_policy(),
        notice_policy(),
        light_policy(),
        review_policy(),
        task_policy(),
        rating_policy(),
        ticket_policy(),
        _plain("service_log", creates=("service_log.write",), updates=(), bucket=_place),
        _plain("outcome", creates=(), updates=(), bucket=lambda fields: str(fields["bucket"])),
    )
    return {row.kind: with_authors(with_erasure(row)) for row in rows}


def _place(fields: Fields) -> str:
    return f"place:{fields['village']}"


def _catalogue(fields: Fields) -> str:
    """A unit's own item travels with the unit; a standard one with the catalogue that it names."""
    return f"unit:{fields['unit']}" if fields.get("unit") else f"catalogue:{fields['catalogue']}"


def _reads_nothing(change: Change, reading: Reading) -> Wants:
    return Wants()


def _plain(
    kind: str,
    *,
    creates: Iterable[str],
    updates: Iterable[str],
    bucket: Callable[[Fields], str],
    fields: dict[str, Rule] | None = None,
    sets: Iterable[str] = (),
    columns: Callable[[Fields], dict[str, object]] = lambda fields: {},
    personal: bool = True,
) -> RecordPolicy:
    """A kind whose record only has to be lawful in itself."""
    creating, updating = frozenset(creates), frozenset(updates)
    return RecordPolicy(
        kind=kind,
        changes={
            name: ChangeRule(creates=name in creating, updates=name in updating, roles=roles_that_may(name))
            for name in creating | updating
        },
        fields=fields or {},
        sets=frozenset(sets),
        computed=KINDS[kind].computed if kind in KINDS else frozenset(),
        bucket=bucket,
        reads=_reads_nothing,
        settle=settle_by_check(kind),
        columns=columns,
        personal=personal,
    )
