"""Items: what may be published, and what a new version does to a draft."""

from datetime import date

import pytest

from server.domain.catalogue.items import MigrationKind, check_item, check_material_rows, migrate_draft
from server.domain.check_context import CheckContext
from server.domain.record_fields import groups

CTX = CheckContext(on=date(2026, 11, 22))
ITEM: dict[str, object] = {
    "name": "高龄津贴申领",
    "status": "active",
    "version": 3,
    "base_item": "990511001000",
    "promise_days": 10,
    "rule": {"min_age": 80},
    "materials": [
        {"no": 1, "name": "居民身份证", "necessity": 1},
        {"no": 2, "name": "申请表", "necessity": 1},
        {"no": 3, "name": "社保卡", "necessity": 3},
    ],
    "fields": [{"name": "contact_phone", "required": True}, {"name": "bank", "required": False}],
}
DRAFT: dict[str, object] = {
    "item_version": 3,
    "material.1": {"state": "licence"},
    "material.2": {"state": "scanned", "file": "f2"},
    "form.contact_phone": "13812341234",
    "form.bank": "6217",
}


def newer(**changed: object) -> dict[str, object]:
    return {**ITEM, "version": 4, **changed}


def codes(fields: dict[str, object], before: dict[str, object] | None = None) -> list[str]:
    return [each.code for each in check_item(fields, CheckContext(on=CTX.on, before=before))]


def test_a_sound_item_may_be_published() -> None:
    assert codes(ITEM) == []
    assert codes(newer(), before=ITEM) == []


def test_wrong_status_code_rule_or_material_numbers_are_told() -> None:
    assert codes({**ITEM, "status": "gone"}) == ["state_unknown"]
    assert codes({**ITEM, "base_item": "99"}) == ["base_item_code"]
    assert codes({**ITEM, "rule": {"min": 1}}) == ["rule_invalid"]
    assert codes({**ITEM, "materials": [{"no": 1, "name": "a"}, {"no": 1, "name": "b"}]}) == ["material_repeat"]


@pytest.mark.parametrize("days", [-1, 3651, 2**53 - 1])
def test_days_that_nobody_was_ever_given_are_told(days: int) -> None:
    assert codes(newer(promise_days=days)) == codes(newer(legal_days=days)) == ["field_shape"]


def test_a_version_never_goes_back() -> None:
    assert codes({**ITEM, "version": 2}, before=ITEM) == ["version_range"]


def test_a_draft_on_the_current_version_needs_nothing() -> None:
    assert migrate_draft(DRAFT, ITEM, ITEM).writes == {}


def test_a_new_version_of_the_same_meaning_only_moves_the_pin() -> None:
    migration = migrate_draft(DRAFT, ITEM, newer(basis="another article"))
    assert migration.kind is MigrationKind.SAME_MEANING
    assert migration.writes == {"item_version": 4}


def test_a_cancelled_material_is_dropped_told_and_kept_in_the_list() -> None:
    materials = [{"no": 1, "name": "居民身份证"}, {"no": 2, "name": "申请表", "cancelled": True}]
    migration = migrate_draft(DRAFT, ITEM, newer(materials=materials))
    assert migration.kind is MigrationKind.MIGRATED
    assert [change.code for change in migration.changes] == ["material_gone"]
    assert migration.writes["material.2"] is None
    assert migration.writes["migrated"] == [migration.changes[0].as_value()]
    assert migration.changes[0].as_value()["kept"] == "file=f2; state=scanned"


def test_a_material_that_changed_its_place_moves_with_its_name() -> None:
    first, second, third = groups(ITEM, "materials")
    materials = [{**second, "no": 1}, {**first, "no": 2}, third]
    migration = migrate_draft(DRAFT, ITEM, newer(materials=materials))
    assert migration.kind is MigrationKind.SAME_MEANING
    assert migration.writes["material.1"] == DRAFT["material.2"]
    assert migration.writes["material.2"] == DRAFT["material.1"]


def test_a_new_material_and_a_new_necessity_are_told() -> None:
    materials = [
        {"no": 1, "name": "居民身份证", "necessity": 1},
        {"no": 2, "name": "申请表", "necessity": 3},
        {"no": 3, "name": "社保卡", "necessity": 3},
        {"no": 4, "name": "照片", "necessity": 1},
    ]
    changes = migrate_draft(DRAFT, ITEM, newer(materials=materials)).changes
    assert {(change.code, change.field) for change in changes} == {
        ("necessity_changed", "material.2"),
        ("material_added", "material.4"),
    }


def test_answers_to_questions_that_are_gone_are_kept_and_new_ones_asked() -> None:
    fields = [{"name": "contact_phone", "required": True}, {"name": "since", "label": "日期", "required": True}]
    migration = migrate_draft(DRAFT, ITEM, newer(fields=fields))
    assert {change.code: change.kept for change in migration.changes} == {
        "answer_gone": "6217",
        "answer_needed": None,
    }
    assert migration.writes["form.bank"] is None


def test_a_new_promise_or_rule_and_a_suspension_are_told() -> None:
    changed = newer(promise_days=5, rule={"min_age": 70}, status="suspended")
    codes_told = {change.code for change in migrate_draft(DRAFT, ITEM, changed).changes}
    assert codes_told == {"promise_changed", "rule_changed", "item_suspended"}


def test_a_cancelled_item_carries_nothing_over_and_says_why() -> None:
    migration = migrate_draft(DRAFT, ITEM, newer(status="cancelled", status_reason="森林法修订"))
    assert migration.kind is MigrationKind.CANCELLED
    assert migration.writes == {}
    assert "森林法修订" in migration.changes[0].zh


def test_a_split_item_names_what_stands_for_it_and_asks_for_a_new_consent() -> None:
    successors = ["a" * 32, "b" * 32]
    migration = migrate_draft(DRAFT, ITEM, newer(status="cancelled", successors=successors))
    assert [change.code for change in migration.changes] == ["item_cancelled", "item_replaced"]
    assert migration.changes[1].as_value()["kept"] == "; ".join(successors)


@pytest.mark.parametrize(
    ("row", "label"), [({"no": 1}, "名称"), ({"no": 1, "name": "x", "cut": 8}, "减免方式"),
                       ({"no": 1, "name": "x", "source": 30}, "来源")],
)  # fmt: skip
def test_a_material_that_is_no_value_of_the_dictionaries_is_told(row: dict[str, object], label: str) -> None:
    found = check_material_rows({"materials": [row]})
    assert [(one.code, one.zh) for one in found] == [("material_row", f"材料1的{label}不对")]


@pytest.mark.parametrize("code", ["12345", "113416020031661969400201400600", "1134160200316619694002014006009001"])
def test_a_code_of_another_length_is_none(code: str) -> None:
    assert codes({**ITEM, "code": code}) == ["implementing_code"]


def test_the_implementing_code_holds_the_base_code_and_the_level() -> None:
    sound = {**ITEM, "status": "active", "base_item": "002014006009", "level": "4"}
    code = "1134160200316619694002014006009"
    assert check_item({**sound, "code": code}, CTX) == []
    for changed in ({"base_item": "002014006008"}, {"level": "5"}):
        assert [one.code for one in check_item({**sound, "code": code, **changed}, CTX)] == ["code_differs"]


def test_without_the_old_version_the_draft_itself_is_compared() -> None:
    materials = [{"no": 1, "name": "居民身份证"}]
    migration = migrate_draft(DRAFT, None, newer(materials=materials))
    assert [change.field for change in migration.changes] == ["material.2"]


def test_what_an_earlier_version_changed_stays_in_the_list() -> None:
    told = {"code": "material_gone"}
    migration = migrate_draft({**DRAFT, "migrated": [told]}, ITEM, newer(promise_days=5))
    listed = migration.writes["migrated"]
    assert isinstance(listed, list)
    assert listed[0] == told
    assert len(listed) == 2
