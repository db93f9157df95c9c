"""Buckets follow role, scope and the directory's links."""

import pytest

from server.domain.people.entitlement import NotListed, buckets_of
from server.domain.people.roles import Role, Scope
from tests.people import (
    DIRECTORY,
    HALL,
    SCOPES,
    SIBLING,
    TOWN,
    TOWN_UNIT,
    VILLAGE,
    VILLAGE_UNIT,
    ZONE_TOWN,
    ZONE_UNIT,
    ZONE_VILLAGE,
)

ME = "e" * 32


def own(role: Role, scope: Scope) -> set[str]:
    """Without the catalogues, which have tests of their own."""
    return {bucket for bucket in buckets_of(ME, role, scope, DIRECTORY) if not bucket.startswith("catalogue:")}


def catalogues(role: Role, scope: Scope) -> set[str]:
    return set(buckets_of(ME, role, scope, DIRECTORY)) - own(role, scope)


def test_a_helper_reads_the_village_its_unit_and_what_is_personal() -> None:
    assert own(Role.HELPER, SCOPES[Role.HELPER]) == {f"place:{VILLAGE}", f"unit:{VILLAGE_UNIT}", f"person:{ME}"}
    assert "catalogue:village:341881" in catalogues(Role.HELPER, SCOPES[Role.HELPER])


def test_a_town_lead_reads_the_town_and_all_its_villages() -> None:
    assert own(Role.TOWN_LEAD, SCOPES[Role.TOWN_LEAD]) == {
        *(f"place:{place}" for place in (TOWN, VILLAGE, SIBLING)),
        *(f"unit:{unit}" for unit in (TOWN_UNIT, VILLAGE_UNIT)),
        f"person:{ME}",
    }
    wanted = {"catalogue:town:341881", "catalogue:village:341881"}
    assert wanted <= catalogues(Role.TOWN_LEAD, SCOPES[Role.TOWN_LEAD])


def test_a_claim_worker_reads_units_and_no_place() -> None:
    assert own(Role.CLAIM_WORKER, SCOPES[Role.CLAIM_WORKER]) == {f"unit:{VILLAGE_UNIT}", f"person:{ME}"}


def test_a_hall_helper_reads_the_halls_bucket_and_not_the_countys_villages() -> None:
    hall = Scope(frozenset(), frozenset({HALL}))
    assert own(Role.HELPER, hall) == {f"unit:{HALL}", "place:341881000000", f"person:{ME}"}
    assert "catalogue:county:341881" in catalogues(Role.HELPER, hall)


def test_the_county_is_told_by_links_and_not_by_digits() -> None:
    zone = Scope(frozenset({ZONE_TOWN}))
    assert own(Role.TOWN_LEAD, zone) == {
        f"place:{ZONE_TOWN}",
        f"place:{ZONE_VILLAGE}",
        f"unit:{ZONE_UNIT}",
        f"person:{ME}",
    }
    assert not [bucket for bucket in catalogues(Role.TOWN_LEAD, zone) if bucket.endswith(":341871")]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HELPER, Role.TOWN_LEAD, Role.CLAIM_WORKER}))
def test_every_other_role_has_the_person_bucket_alone(role: Role) -> None:
    assert buckets_of(ME, role, Scope(frozenset({TOWN}), frozenset({HALL})), DIRECTORY) == {f"person:{ME}"}


@pytest.mark.parametrize("role", list(Role))
def test_what_is_not_listed_is_refused_for_every_role(role: Role) -> None:
    for scope in (Scope(frozenset({"341881999999"})), Scope(frozenset(), frozenset({"nobody"}))):
        with pytest.raises(NotListed):
            buckets_of(ME, role, scope, DIRECTORY)
