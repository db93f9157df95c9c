"""Counts, by site, the people whose phones were not heard of for long, and what lay unsent at their last contact.

Law: as many as the list of helpers shows for the same place; counts of sites, never of persons.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from server.actions.desk_change import DESK_APP
from server.actions.platform import Platform
from server.domain.people.roles import Role

FIELD_ROLES = (Role.HELPER, Role.TOWN_LEAD)
_BY_SITE = """SELECT site, count(*), sum(CASE WHEN last < ? THEN 1 ELSE 0 END), sum(unsent),
                     sum(CASE WHEN unsent > 0 THEN 1 ELSE 0 END)
              FROM (SELECT a.id, a.site AS site, coalesce(max(d.last_contact), 0) AS last,
                           coalesce(sum(d.unsent), 0) AS unsent
                    FROM accounts a
                    LEFT JOIN devices d ON d.account = a.id AND d.revoked_at IS NULL AND d.app_version <> ?
                    WHERE a.site IN (?*) AND a.status = 'active' AND a.role IN (?*) GROUP BY a.id, a.site) AS people
              GROUP BY site"""


@dataclass(frozen=True, slots=True)
class Contact:
    """`people`: accounts in the field; `silent`: of them not heard of since the moment asked about; `unsent`: changes
    that lay on phones at their last contact, `waiting`: on how many people's.
    """

    people: int = 0
    silent: int = 0
    unsent: int = 0
    waiting: int = 0

    def __add__(self, other: Contact) -> Contact:
        return Contact(
            self.people + other.people,
            self.silent + other.silent,
            self.unsent + other.unsent,
            self.waiting + other.waiting,
        )


async def count_contacts(platform: Platform, places: Collection[str], *, silent_since: int) -> Mapping[str, Contact]:
    """Site → how its people were heard of. Sites without people are left out."""
    roles = [role.value for role in FIELD_ROLES]
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(_BY_SITE, [silent_since, DESK_APP, sorted(places), roles])
    return {site: Contact(*(int(number or 0) for number in numbers)) for site, *numbers in rows}
