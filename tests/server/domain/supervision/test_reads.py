"""Which looks must say why."""

import pytest

from server.domain.supervision.reads import is_reason, is_social_aid, leads_to, tells_of_aid
from server.merge_policies import policies_of


@pytest.mark.parametrize(
    ("name", "dept", "type_code", "aid"),
    [
        ("最低生活保障申请确认", "民政", "05", True),
        ("困难残疾人生活补贴", "民政/残联", "05", True),
        ("农村危房改造申请", "住建/乡镇", "05", True),
        ("老年人优待证(老年卡)申领", "民政(2018:老龄办)", "20", False),
        ("60周岁以上农村籍退役士兵老年生活补助", "退役军人", "05", False),
    ],
)
def test_social_aid_is_told_by_who_grants_it_and_what_it_is_called(
    name: str, dept: str, type_code: str, aid: bool
) -> None:
    assert is_social_aid({"name": name, "dept": dept, "type": type_code}) is aid


def test_a_reason_says_something_and_not_a_novel() -> None:
    assert is_reason("受理复核")
    assert not is_reason("  。 ")
    assert not is_reason("")
    assert not is_reason("核" * 201)


@pytest.mark.parametrize(
    ("kind", "fields", "led"),
    [
        ("case", {"item": "i"}, {("item", "i")}),
        ("consent", {"items": ["i", "j"]}, {("item", "i"), ("item", "j")}),
        ("service_log", {"items": ["i"]}, {("item", "i")}),
        ("bundle", {"legs": [{"item": "i"}, {"item": "j"}]}, {("item", "i"), ("item", "j")}),
        ("rating", {"case": "c"}, {("case", "c")}),
        ("ticket", {"case": "c"}, {("case", "c")}),
        ("ticket", {"place": "p"}, set()),
        ("licence", {"uses": [{"case": "c"}]}, {("case", "c")}),
        ("conflict", {"kind": "consent", "record": "k"}, {("consent", "k")}),
        ("task", {"about_kind": "rating", "about": "r"}, {("rating", "r")}),
        ("light", {"about_kind": "case", "about": "c"}, set()),
        ("resident", {"village": "v"}, set()),
    ],
)
def test_a_record_leads_to_what_says_whether_it_concerns_social_aid(
    kind: str, fields: dict[str, object], led: set[tuple[str, str]]
) -> None:
    assert leads_to(kind, fields) == led


def test_what_tells_of_aid_by_itself() -> None:
    assert tells_of_aid("item", {"name": "临时救助", "type": "05"})
    assert tells_of_aid("resident", {"flags": ["veteran", "low_income"]})
    assert not tells_of_aid("resident", {"flags": ["veteran"]})
    assert tells_of_aid("licence", {"kind": "特困人员救助供养证"})
    assert not tells_of_aid("licence", {"kind": "身份证"})
    assert not tells_of_aid("case", {"notes": ["low_income"]})


def test_every_kind_that_holds_a_person_is_thought_of() -> None:
    """A new personal kind says here how it leads to social aid, or why it does not."""
    personal = {kind for kind, policy in policies_of(str).items() if policy.personal}
    leading = {
        "case",
        "consent",
        "service_log",
        "bundle",
        "rating",
        "ticket",
        "licence",
        "conflict",
        "task",
        "resident",
    }
    minimised = {"light", "review"}  # a number, an item, a place
    own = {"notice", "outcome"}  # one's own, without personal data
    assert personal == leading | minimised | own
