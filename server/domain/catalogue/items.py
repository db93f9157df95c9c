"""Owns the item (实施清单) as its record holds it, and what a new version of it does to a draft.

Laws: a draft is pinned to the version its author saw. When the item has changed, the draft is carried over field by
field and told what changed; nothing a person collected is dropped without being kept in that list; a cancelled
item carries nothing over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from server.domain.cases.materials import FIELD_PREFIX, Material, parse_materials
from server.domain.catalogue.amounts import check_amounts
from server.domain.catalogue.codes import CodeInvalid, parse_base_code, parse_implementing_code
from server.domain.catalogue.eligibility import RuleInvalid, parse_rule
from server.domain.catalogue.item_life import ItemState, item_state
from server.domain.check_context import CheckContext
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, check_shapes, family, groups, integer, text, texts

__all__ = [
    "FORM_PREFIX",
    "ItemChange",
    "ItemState",
    "Migration",
    "MigrationKind",
    "check_item",
    "check_material_rows",
    "item_state",
    "migrate_draft",
]

FORM_PREFIX = "form."


class MigrationKind(Enum):
    SAME_MEANING = "same_meaning"
    MIGRATED = "migrated"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class ItemChange:
    """One thing a new version did to a draft. `kept` is what the draft held there, so that it is not lost."""

    code: str
    field: str
    zh: str
    en: str
    kept: object = None

    def as_value(self) -> dict[str, object]:
        """The group that the case's computed field `migrated` lists."""
        group: dict[str, object] = {"code": self.code, "field": self.field, "zh": self.zh, "en": self.en}
        return group if self.kept is None else {**group, "kept": _flat(self.kept)}


@dataclass(frozen=True)
class Migration:
    """`writes` are the fields to set on the case, None meaning that a field goes."""

    kind: MigrationKind
    changes: tuple[ItemChange, ...] = ()
    writes: Mapping[str, object] = field(default_factory=dict)


def check_item(fields: Fields, ctx: CheckContext) -> list[Problem]:
    """What keeps an item's record from being published."""
    found = check_shapes("item", fields)
    if found:
        return found
    if (status := text(fields, "status")) not in ItemState.__members__.values():
        found.append(problem("state_unknown", "status", value=status))
    if integer(fields, "version") < max(1, integer(ctx.before or {}, "version")):
        found.append(problem("version_range", "version"))
    try:
        base_item, level = text(fields, "base_item"), text(fields, "level")
        if base_item:
            parse_base_code(base_item)
        if code := text(fields, "code"):
            composed = parse_implementing_code(code)
            if composed.base.code != (base_item or composed.base.code) or str(composed.level) != (
                level or str(composed.level)
            ):
                found.append(problem("code_differs", "code", value=base_item))
    except CodeInvalid as invalid:
        found.append(problem(invalid.code, "base_item" if invalid.code == "base_item_code" else "code"))
    try:
        parse_rule(fields.get("rule"))
    except RuleInvalid as invalid:
        found.append(problem("rule_invalid", "rule", why=invalid))
    found += check_material_rows(fields) + check_amounts(fields)
    numbers = [material.no for material in parse_materials(fields)]
    repeated = sorted({no for no in numbers if numbers.count(no) > 1})
    return found + [problem("material_repeat", "materials", no=no) for no in repeated]


def check_material_rows(item: Fields) -> list[Problem]:
    """What of a list of materials is no value of the dictionaries. Rows of a newer app may know more."""
    found = []
    for place, row in enumerate(groups(item, "materials"), 1):
        no = row.get("no", place)
        if not text(row, "name"):
            found.append(problem("material_row", "materials", no=no, label="名称"))
        if integer(row, "cut") not in range(8):
            found.append(problem("material_row", "materials", no=no, label="减免方式"))
        if row.get("source") not in (None, 10, 20, 99):
            found.append(problem("material_row", "materials", no=no, label="来源"))
    return found


def migrate_draft(case: Fields, old: Fields | None, new: Fields) -> Migration:
    """Carry a draft over to the item's current version. `old` is the version it was pinned to, None when the
    centre no longer holds it: then the draft itself is all there is to compare with.
    """
    if item_state(new) is ItemState.CANCELLED:
        why = text(new, "status_reason") or text(new, "name")
        told = [ItemChange("item_cancelled", "item", f"事项已取消：{why}", f"the item has been cancelled: {why}")]
        if successors := texts(new, "successors"):
            # Never carried over by itself: the resident consented to this item and to no other.
            zh, en = "请改办替代事项，并重新征得同意", "apply for what stands for it now, with a new consent"
            told.append(ItemChange("item_replaced", "item", zh, en, list(successors)))
        return Migration(MigrationKind.CANCELLED, tuple(told))
    version = integer(new, "version")
    if integer(case, "item_version") == version:
        return Migration(MigrationKind.SAME_MEANING)
    changes, writes = _migrate_materials(case, old, new)
    form_changes, form_writes = _migrate_form(case, old, new)
    changes += form_changes + _migrate_terms(old, new)
    pinned: dict[str, object] = {"item_version": version}
    if not changes:
        return Migration(MigrationKind.SAME_MEANING, (), pinned | writes)
    before = case.get("migrated")
    told_before = list(before) if isinstance(before, list) else []
    told_now = [change.as_value() for change in changes]
    return Migration(
        MigrationKind.MIGRATED,
        tuple(changes),
        pinned | writes | form_writes | {"migrated": told_before + told_now},
    )


def _migrate_materials(case: Fields, old: Fields | None, new: Fields) -> tuple[list[ItemChange], dict[str, object]]:
    """A material is the same when its name is: numbers are only places in a list, and lists get reordered."""
    held = family(case, FIELD_PREFIX)
    before = {material.no: material for material in parse_materials(old or {})}
    after = {material.name: material for material in parse_materials(new)}
    known_names = {material.name for material in before.values() if not material.cancelled}
    changes: list[ItemChange] = []
    moved: dict[str, object] = {}
    for no, value in held.items():
        was = before.get(no) or next((m for m in after.values() if old is None and m.no == no), None)
        now = after.get(was.name) if was else None
        if now is None or now.cancelled:
            name = was.name if was else no
            changes.append(_gone(FIELD_PREFIX + no, name, value))
        else:
            moved[FIELD_PREFIX + now.no] = value
    for material in after.values():
        if old is not None and material.asked and material.name not in known_names:
            changes.append(_added(material))
    changes += _necessity_changes(before, after)
    removed: dict[str, object] = {FIELD_PREFIX + no: None for no in held if FIELD_PREFIX + no not in moved}
    return changes, removed | {name: value for name, value in moved.items() if case.get(name) != value}


def _necessity_changes(before: Mapping[str, Material], after: Mapping[str, Material]) -> list[ItemChange]:
    changes = []
    for was in before.values():
        now = after.get(was.name)
        if now and not now.cancelled and not was.cancelled and now.necessity is not was.necessity:
            words = {1: ("必要", "necessary"), 2: ("非必要", "optional"), 3: ("可容缺", "allowed to come later")}
            zh, en = words[now.necessity]
            changes.append(
                ItemChange(
                    "necessity_changed",
                    FIELD_PREFIX + now.no,
                    f"“{now.name}”现为{zh}",
                    f"“{now.name}” is now {en}",
                )
            )
    return changes


def _migrate_form(case: Fields, old: Fields | None, new: Fields) -> tuple[list[ItemChange], dict[str, object]]:
    """Answers to questions that are gone move into the list of changes; new required questions are told."""
    if "fields" not in new:
        return [], {}
    asked = {text(row, "name"): row for row in groups(new, "fields")}
    asked_before = {text(row, "name") for row in groups(old or {}, "fields")}
    answers = family(case, FORM_PREFIX)
    changes = [
        ItemChange("answer_gone", FORM_PREFIX + name, f"不再需要“{name}”", f"“{name}” is no longer asked", value)
        for name, value in answers.items()
        if name not in asked and (old is None or name in asked_before)
    ]
    writes: dict[str, object] = {change.field: None for change in changes}
    for name, row in asked.items():
        if row.get("required") is True and name not in asked_before and name not in answers:
            label = text(row, "label") or name
            changes.append(ItemChange("answer_needed", FORM_PREFIX + name, f"新增“{label}”", f"“{label}” is now asked"))
    return changes, writes


def _migrate_terms(old: Fields | None, new: Fields) -> list[ItemChange]:
    """What the resident was told and is no longer so: the time, who may ask, and a suspension."""
    changes = []
    if item_state(new) is ItemState.SUSPENDED:
        changes.append(ItemChange("item_suspended", "item", "事项暂停办理", "the item is suspended"))
    if old is None:
        return changes
    if (days := integer(new, "promise_days")) != integer(old, "promise_days"):
        changes.append(
            ItemChange(
                "promise_changed", "item", f"承诺时限现为{days}个工作日", f"the promise is now {days} working days"
            )
        )
    if new.get("rule") != old.get("rule"):
        changes.append(ItemChange("rule_changed", "item", "办理条件有变化，请核对", "who may apply has changed: check"))
    return changes


def _gone(name: str, material: str, value: object) -> ItemChange:
    return ItemChange(
        "material_gone", name, f"不再需要“{material}”，不得索要", f"“{material}” is no longer asked for", value
    )


def _added(material: Material) -> ItemChange:
    zh, en = f"新增材料“{material.name}”", f"“{material.name}” is now needed"
    return ItemChange("material_added", FIELD_PREFIX + material.no, zh, en)


def _flat(value: object) -> object:
    """A kept value one level deeper would be deeper than records go: groups become one line of text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}={entry}" for key, entry in sorted(value.items()))
    if isinstance(value, list):
        return "; ".join(str(entry) for entry in value)
    return value
