"""What was typed becomes the step's fields; what was left empty is not sent."""

from __future__ import annotations

from server.console.step_forms import Ask, Input, StepForm, fields_from, with_choices

FORM = StepForm(
    "case.x",
    ("甲", "A"),
    (
        Input("plain", ("a", "b")),
        Input("group.day", ("a", "b"), Ask.DAY),
        Input("group.days", ("a", "b"), Ask.NUMBER),
        Input("group.told", ("a", "b"), Ask.YES),
        Input("group.granted", ("a", "b"), Ask.VERDICT),
        Input("list.materials", ("a", "b"), Ask.MATERIALS),
        Input("material", ("a", "b"), Ask.HANDED_IN),
    ),
    fixed=(("group.state", "asked"),),
)
ROWS = ({"no": "1", "name": "身份证"}, {"no": "2", "name": "照片"})


def test_groups_are_put_together_and_types_are_read() -> None:
    posted = {
        "in.plain": "  text ",
        "in.group.day": "2026-12-01",
        "in.group.days": "10",
        "in.group.told": "yes",
        "in.group.granted": "no",
        "in.list.materials.2": "yes",
        "in.list.materials.2.why": "模糊",
        "in.material.1": "yes",
        "in.other": "not asked for",
    }
    assert fields_from(FORM, posted, ROWS) == {
        "plain": "text",
        "material.1": {"state": "paper"},
        "group": {"state": "asked", "day": "2026-12-01", "days": 10, "told": True, "granted": False},
        "list": {"materials": [{"no": "2", "name": "照片", "why": "模糊"}]},
    }


def test_what_was_left_empty_is_not_sent() -> None:
    assert fields_from(FORM, {"in.plain": "  ", "in.group.days": "ten"}, ROWS) == {"group": {"state": "asked"}}


def test_a_grade_is_a_number_of_those_that_were_offered() -> None:
    form = StepForm("rating.x", ("甲", "A"), (Input("grade", ("a", "b"), Ask.GRADE, {"5": ("好", "good")}),))
    assert fields_from(form, {"in.grade": "5"}) == {"grade": 5}
    assert fields_from(form, {"in.grade": "4"}) == {}


def test_holders_are_typed_by_name_or_by_key_any_number_of_them() -> None:
    offered = {"unit:a": ("宁国市民政局", "宁国市民政局"), "unit:b": ("宁国市公安局", "宁国市公安局")}
    form = StepForm(
        "case.x",
        ("甲", "A"),
        (Input("to", ("a", "b"), Ask.HOLDER, offered), Input("many", ("a", "b"), Ask.HOLDERS, offered, lines=20)),
    )
    typed = {"in.to": "宁国市民政局", "in.many.1": "宁国市公安局 ", "in.many.7": "unit:c", "in.many.20": "没有的单位"}
    assert fields_from(form, typed) == {"to": "unit:a", "many": ["unit:b", "unit:c", "没有的单位"]}
    assert fields_from(form, {"in.to": " ", "in.many.2": "", "in.many.21": "unit:a"}) == {}


def test_a_page_may_say_what_can_be_chosen() -> None:
    form = StepForm("task.x", ("甲", "A"), (Input("holder", ("a", "b"), Ask.CHOICE, {}), Input("why", ("a", "b"))))
    offered = with_choices(form, "holder", {"place:1": ("村", "village")})
    assert [one.choices for one in offered.inputs] == [{"place:1": ("村", "village")}, None]
