"""Owns who may do what, and where: the nine roles, their reach over places and units, and the changes they make.

Laws: a reach is a subtree of places or a list of units; outside it a record does not exist for that person. The
people who run the system (administrator) do not see cases; those who audit change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.places import is_within


class Role(StrEnum):
    HELPER = "helper"  # 帮办员
    TOWN_LEAD = "town_lead"  # 乡镇负责人
    CLAIM_WORKER = "claim_worker"  # 认领填报员
    DESK_CLERK = "desk_clerk"  # 综合窗口
    CATALOGUE_REVIEWER = "catalogue_reviewer"  # 目录审核员
    COUNTY_SUPERVISOR = "county_supervisor"
    CITY_SUPERVISOR = "city_supervisor"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class Scope:
    """Places, each with everything below it, and units by credit code or id."""

    places: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def holds_place(self, place: str) -> bool:
        return any(is_within(place, own) for own in self.places)

    def holds_unit(self, unit: str, unit_place: str | None = None) -> bool:
        """A unit is held by name, or because it lies in a place that is held."""
        return unit in self.units or (unit_place is not None and self.holds_place(unit_place))

    def holds(self, other: Scope) -> bool:
        """Whether someone with `other` reaches nowhere that this scope does not; who grants must hold."""
        return all(self.holds_place(place) for place in other.places) and other.units <= self.units


_CASE_WORK = frozenset(
    {
        *("case.open", "case.edit", "case.submit", "case.amend", "case.withdraw", "case.correct", "case.supply"),
        "bundle.file",
        "case.hand_over",
    }
)
_CASE_DESK = frozenset(
    {
        "case.precheck",
        "case.accept",
        "case.return",
        "case.refuse",
        "case.review",
        "case.special",
        "case.suspend",
        "case.resume",
        "case.part_answer",
        "case.part_drop",
        "case.pass_up",
        "case.extend",
        "case.tolerance_extend",
        "case.tolerance_fail",
        "case.lapse",
        "case.decide",
        "case.finish",
        "case.transfer",
        "case.void",
        "case.dispatch",
        "case.deliver",
        "case.archive",
    }
)
# Who supervises does not decide in the desk's place: a case that lies wrong is moved or made void.
_CASE_OVERSIGHT = frozenset({"case.transfer", "case.void", "case.credit_clear"})
_VISIT = _CASE_WORK | {
    "resident.register",
    "resident.edit",
    "consent.give",
    "consent.revoke",
    "licence.keep",
    "licence.use",
    "service_log.write",
    "ticket.appeal",
    "conflict.decide",
    "notice.read",
    "notice.answer",
}
# What follows a filing is worked at desks; who supervises also sets aside a rating that was not the resident's.
_TASK_WORK = frozenset({"task.open", "task.pass", "task.explain", "task.close"})
_TICKET_WORK = frozenset({"ticket.open", "ticket.pass", "ticket.answer", "ticket.close", "ticket.reopen"})
_FOLLOWUP = _TASK_WORK | _TICKET_WORK | {"rating.give"}
_FOLLOWUP_OVERSIGHT = _FOLLOWUP | {"rating.set_aside", "consent.revoke"}
# A desk has seen the original; the register's answers are the centre's to keep.
_LICENCE_DESK = frozenset({"licence.verify", "licence.expire", "licence.void"})
_CATALOGUE = frozenset(
    f"{kind}.{verb}"
    for kind in ("item", "base_item")
    for verb in ("publish", "suspend", "resume", "cancel", "split", "merge")
) | {"local_item.set"}
_CLAIM_WORK = frozenset(
    {
        *("claim.take", "claim.decline", "claim.fill", "claim.submit", "claim.withdraw", "claim.amend"),
        *("lease.take", "lease.extend", "lease.give_back", "look_back.fix"),
        *("local_item.set", "conflict.decide", "notice.read"),
    }
)
_UNIT_CHECK = frozenset({"claim.check", "claim.return"})  # 部门初审: never by who submitted it
_HANDING_OVER = frozenset({"claim.hand_over", "lease.hand_over"})
_CATALOGUE_REVIEW = frozenset(
    {
        *("claim.approve", "claim.publish", "claim.suspend", "claim.resume", "claim.cancel"),
        *("claim.adopt", "claim.reject"),
        *("campaign.plan", "campaign.open", "campaign.extend", "campaign.close", "baseline.freeze"),
        *("look_back.draw", "look_back.pass", "look_back.find", "look_back.find_again", "look_back.recheck"),
    }
)

_EXPLAINS = frozenset({"light.explain", "notice.answer"})
_WATCHES = frozenset({"light.escalate", "review.find", "review.explain"})
_BULLETIN = frozenset({"bulletin.draft", "bulletin.freeze", "bulletin.supersede"})

# role → the changes it may make, by name; names that are not here nobody makes by hand.
MAY_CHANGE: Mapping[Role, frozenset[str]] = {
    # In a village the helper is often the only hand that the unit has, and claims beside its claim workers.
    Role.HELPER: _VISIT | _CLAIM_WORK,
    Role.TOWN_LEAD: _EXPLAINS
    | _VISIT
    | _CLAIM_WORK
    | _UNIT_CHECK
    | _HANDING_OVER
    | {"case.precheck"}
    | _TASK_WORK
    | {"ticket.pass", "ticket.answer"},
    # Told of their unit's lights and orders, they answer them.
    Role.CLAIM_WORKER: _CLAIM_WORK | _UNIT_CHECK | {"notice.answer"},
    Role.DESK_CLERK: _EXPLAINS | _VISIT | _CASE_DESK | _LICENCE_DESK | _FOLLOWUP,
    Role.CATALOGUE_REVIEWER: _CATALOGUE | _CATALOGUE_REVIEW | _UNIT_CHECK | _HANDING_OVER | {"notice.read"},
    Role.COUNTY_SUPERVISOR: _WATCHES
    | frozenset({"conflict.decide", "notice.send", "notice.read"})
    | _HANDING_OVER
    | _CASE_OVERSIGHT
    | _FOLLOWUP_OVERSIGHT,
    Role.CITY_SUPERVISOR: frozenset({"calendar.set"})
    | _WATCHES
    | _BULLETIN
    | frozenset({"conflict.decide", "notice.send", "notice.read"})
    | _HANDING_OVER
    | _CASE_OVERSIGHT
    | _FOLLOWUP_OVERSIGHT,
    Role.AUDITOR: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
}

# role → the kinds it may read within its scope; catalogue kinds everybody reads.
CATALOGUE_KINDS = frozenset({"base_item", "item", "local_item", "campaign", "calendar"})
_CLAIM_KINDS = frozenset({"claim", "lease", "look_back"})
_ROUND_KINDS = _CLAIM_KINDS | {"baseline", "snapshot"}
_VILLAGE_KINDS = frozenset({"resident", "consent", "case", "bundle", "licence", "service_log", "conflict", "ticket"})
_DESK_KINDS = frozenset({"task", "rating"})
_WATCHED_KINDS = frozenset({"bulletin", "light", "review"})
MAY_READ: Mapping[Role, frozenset[str]] = {
    Role.HELPER: _VILLAGE_KINDS | CATALOGUE_KINDS | _CLAIM_KINDS,
    Role.TOWN_LEAD: frozenset({"light", "bulletin"}) | _VILLAGE_KINDS | CATALOGUE_KINDS | _CLAIM_KINDS | {"task"},
    Role.CLAIM_WORKER: CATALOGUE_KINDS | _CLAIM_KINDS | {"conflict"},
    Role.DESK_CLERK: frozenset({"light"}) | _VILLAGE_KINDS | CATALOGUE_KINDS | _DESK_KINDS,
    Role.CATALOGUE_REVIEWER: CATALOGUE_KINDS | _ROUND_KINDS | {"conflict"},
    Role.COUNTY_SUPERVISOR: _WATCHED_KINDS | _VILLAGE_KINDS | CATALOGUE_KINDS | _DESK_KINDS | _ROUND_KINDS,
    Role.CITY_SUPERVISOR: _WATCHED_KINDS | _VILLAGE_KINDS | CATALOGUE_KINDS | _DESK_KINDS | _ROUND_KINDS,
    Role.AUDITOR: _WATCHED_KINDS | _VILLAGE_KINDS | CATALOGUE_KINDS | _DESK_KINDS | _ROUND_KINDS,
    Role.ADMINISTRATOR: CATALOGUE_KINDS,
}


def may_change(role: Role, change_name: str) -> bool:
    return change_name in MAY_CHANGE[role]


def may_read(role: Role, kind: str) -> bool:
    """Whether records of this kind are for this role at all; the scope then says which. Notices and outcomes
    are a person's own and need no role.
    """
    return kind in MAY_READ[role] or kind in ("notice", "outcome")


CENTRE_ROLE = "centre"
"""As what the centre acts, by its schedule or on a resident's word. No account has it; its steps' tables bind it."""


def roles_that_may(change_name: str) -> frozenset[str]:
    """The roles that may make a change of this name, as the policies name them."""
    return frozenset({CENTRE_ROLE, *(role.value for role, names in MAY_CHANGE.items() if change_name in names)})
