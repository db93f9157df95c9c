"""Which looks must say why."""

import pytest

from server.domain.supervision.reads import is_reason, is_social_aid


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
