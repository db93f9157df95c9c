"""What a page showed and what was typed give the step's fields: only what its person changed."""

from __future__ import annotations

import msgspec

from server.console.catalogue_forms import (
    LIFE_FORMS,
    edit_inputs,
    edits_from,
    material_rows,
    materials_json,
    typed,
)
from server.console.catalogue_words import GROUPS
from server.domain.catalogue.item_life import ITEM_STEPS
from server.domain.fields.shapes import Shape
from server.domain.record_fields import KINDS

ITEM = {
    "name": "优待证",
    "promise_days": 5,
    "delivery": ["EMS", "窗口"],
    "online": True,
    "materials": [{"no": 1, "name": "身份证", "form": "原件", "copies": 1, "necessity": 1, "licence": ["身份证"]}],
}


def shown() -> dict[str, str]:
    """What a browser sends back of a page on which nothing was typed."""
    posted = {"was.materials": materials_json(ITEM)}
    for _, inputs in edit_inputs("item", ITEM):
        for one in inputs:
            posted |= {f"was.{one.name}": one.value, f"in.{one.name}": one.value}
    for place, row in enumerate(material_rows(ITEM)):
        posted |= {f"in.materials.{place}.{name}": str(row.get(name, "")) for name in ("name", "form", "copies")}
        posted[f"in.materials.{place}.necessity"] = str(row.get("necessity", ""))
    return posted


def test_a_page_on_which_nothing_was_typed_changes_nothing() -> None:
    assert edits_from("item", shown()) == {}


def test_only_what_was_typed_is_written_in_the_fields_shape() -> None:
    said = {"in.promise_days": "3", "in.delivery": "EMS，村代领", "in.online": "否", "in.name": "", "in.visits": "两次"}
    assert edits_from("item", {**shown(), **said}) == {
        "promise_days": 3,
        "delivery": ["EMS", "村代领"],
        "online": False,
        "name": None,
        "visits": "两次",
    }


def test_a_colleagues_edit_is_not_undone_by_an_old_page() -> None:
    assert "promise_days" not in edits_from("item", {"was.promise_days": "5", "in.promise_days": "5"})


def test_materials_are_changed_added_cancelled_and_removed() -> None:
    said = {"in.materials.0.copies": "2", "in.materials.0.cancelled": "yes", "in.materials.1.name": "照片"}
    assert edits_from("item", {**shown(), **said})["materials"] == [
        {**ITEM["materials"][0], "copies": 2, "cancelled": True},  # type: ignore[index]
        {"name": "照片", "no": 2},
    ]
    assert edits_from("item", {**shown(), "in.materials.0.name": ""})["materials"] == []


def test_materials_that_nobody_can_read_are_left_alone() -> None:
    assert edits_from("item", {"was.materials": "{"}) == {}
    odd = msgspec.json.encode([{"no": "x", "name": "旧"}]).decode()
    edits = edits_from("item", {"was.materials": odd, "in.materials.0.name": "旧", "in.materials.1.name": "新"})
    assert [row["no"] for row in edits["materials"]] == ["x", 1]


def test_what_can_be_typed_is_a_field_that_publication_may_write() -> None:
    for kind in GROUPS:
        for _, inputs in edit_inputs(kind, {}):
            for one in inputs:
                assert ITEM_STEPS["item.publish"].may_write(one.name) or kind == "base_item"
                assert KINDS[kind].fields[one.name].shape is not Shape.OBJECT
    assert typed("item", "delivery", ITEM) == "EMS、窗口"


def test_life_forms_write_what_their_steps_may_and_give_what_they_need() -> None:
    for form in LIFE_FORMS:
        names = {one.path for one in form.inputs}
        assert all(ITEM_STEPS[form.step].may_write(name) for name in names)
        assert set(ITEM_STEPS[form.step].needs) <= names
