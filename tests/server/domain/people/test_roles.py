"""Roles and scopes: subtrees, units, and who may never change or see."""

from server.domain.people.roles import MAY_CHANGE, MAY_READ, Role, Scope, may_change, may_read

TOWN, VILLAGE, OTHER = "341881106000", "341881106200", "341881107200"


def test_a_scope_holds_its_subtree_and_nothing_else() -> None:
    scope = Scope(places=frozenset({TOWN}))
    assert scope.holds_place(VILLAGE)
    assert not scope.holds_place(OTHER)
    assert not scope.holds_place("341881000000")


def test_a_unit_is_held_by_name_or_by_its_place() -> None:
    assert Scope(units=frozenset({"u1"})).holds_unit("u1")
    assert not Scope(units=frozenset({"u1"})).holds_unit("u2", VILLAGE)
    assert Scope(places=frozenset({TOWN})).holds_unit("u2", VILLAGE)
    assert not Scope(places=frozenset({TOWN})).holds_unit("u2")


def test_nobody_grants_more_than_they_hold() -> None:
    town, village = Scope(places=frozenset({TOWN})), Scope(places=frozenset({VILLAGE}))
    assert town.holds(village)
    assert not village.holds(town)
    assert not town.holds(Scope(units=frozenset({"u1"})))


def test_every_role_has_its_row() -> None:
    assert len(Role) == 9
    assert set(MAY_CHANGE) == set(MAY_READ) == set(Role)


def test_an_auditor_and_an_administrator_change_no_record() -> None:
    assert MAY_CHANGE[Role.AUDITOR] == MAY_CHANGE[Role.ADMINISTRATOR] == frozenset()


def test_the_administrator_sees_no_resident_and_no_case() -> None:
    assert not may_read(Role.ADMINISTRATOR, "resident")
    assert not may_read(Role.ADMINISTRATOR, "case")
    assert may_read(Role.AUDITOR, "case")


def test_helpers_file_and_claim_beside_the_claim_workers_who_do_not_file() -> None:
    assert may_change(Role.HELPER, "case.submit")
    assert may_change(Role.HELPER, "claim.take")
    assert may_read(Role.HELPER, "claim")
    assert may_change(Role.CLAIM_WORKER, "claim.take")
    assert not may_change(Role.CLAIM_WORKER, "case.submit")
    assert not any(may_change(role, "case.receive") for role in Role)
    assert may_read(Role.HELPER, "notice")
