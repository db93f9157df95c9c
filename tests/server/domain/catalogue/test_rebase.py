"""A new version of a base item, shown beside what the unit wrote."""

from server.domain.catalogue.rebase import KEPT_MAX, differences, needs_a_look, rebase

OLD = {"name": "老年证", "legal_days": 20, "basis": "旧法", "dept": "民政"}
NEW = {"name": "老年优待证", "legal_days": 20, "basis": "新法", "dept": "民政"}
CLAIM = {"f.name": "老年证（胡乐）", "f.hours": "9-17"}


def test_only_what_changed_is_shown_and_the_units_own_beside_it() -> None:
    name, basis = differences(CLAIM, OLD, NEW)
    assert (name.field, name.was, name.now, name.own, name.inherits) == (
        "name",
        "老年证",
        "老年优待证",
        "老年证（胡乐）",
        False,
    )
    assert (basis.field, basis.inherits) == ("legal_basis", True)
    assert differences(CLAIM, NEW, NEW) == ()


def test_the_claim_stands_on_the_new_version_and_keeps_what_it_was_told_before() -> None:
    written = rebase(CLAIM, OLD, NEW, 2)
    assert written["base_version"] == 2
    assert needs_a_look({**CLAIM, **written}) == ("name",)
    again = rebase({**CLAIM, **written}, NEW, {**NEW, "legal_days": 10}, 3)
    assert [one["field"] for one in again["rebased"]] == ["name", "legal_basis", "legal_days"]  # type: ignore[attr-defined]


def test_what_is_kept_has_an_end() -> None:
    told = {"rebased": [{"field": "name"}] * KEPT_MAX}
    assert len(rebase(told, OLD, NEW, 2)["rebased"]) == KEPT_MAX  # type: ignore[arg-type]
