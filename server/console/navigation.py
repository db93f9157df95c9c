"""Owns the console's sections: their names, their places and the roles whose work they are."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.people.roles import Role, may_change, may_read

SUPERVISORS = frozenset({Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR})
AREA = SUPERVISORS | {Role.TOWN_LEAD}
STAFF = frozenset(Role) - {Role.HELPER, Role.CLAIM_WORKER}


def readers(kind: str) -> frozenset[Role]:
    """The staff whose role may read records of this kind."""
    return frozenset(role for role in STAFF if may_read(role, kind))


@dataclass(frozen=True)
class Section:
    path: str
    zh: str
    en: str
    roles: frozenset[Role]


CASE_DESKS = AREA | {Role.DESK_CLERK, Role.AUDITOR}
PEOPLE = AREA | {Role.ADMINISTRATOR}
AUDIT = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
TOLD = frozenset(role for role in STAFF if may_change(role, "notice.read"))
CATALOGUE_READERS = CASE_DESKS | {Role.CATALOGUE_REVIEWER}

SECTIONS: tuple[Section, ...] = (
    Section("/console/", "总览", "Overview", STAFF),
    Section("/console/notices", "通知", "Notices", TOLD),
    Section("/console/desk", "办件", "Cases", CASE_DESKS),
    Section("/console/tasks", "任务", "Tasks", readers("task")),
    Section("/console/tickets", "工单", "Tickets", readers("ticket")),
    Section("/console/calls", "回访", "Calls", readers("rating")),
    Section("/console/lights", "红黄灯", "Lights", readers("light")),
    Section("/console/reviews", "审查", "Reviews", readers("review")),
    Section("/console/conflicts", "冲突", "Conflicts", AREA),
    Section("/console/bulletins", "通报", "Bulletins", readers("bulletin")),
    Section("/console/campaigns", "认领", "Claiming", readers("claim")),
    Section("/console/catalogue", "目录", "Catalogue", CATALOGUE_READERS),
    Section("/console/helpers", "帮办员", "Helpers", PEOPLE),
    Section("/console/operations", "运行与审计", "Operations", AUDIT),
)


def sections_for(role: Role) -> tuple[Section, ...]:
    """What this role's menu shows, in order."""
    return tuple(section for section in SECTIONS if role in section.roles)
