"""A case filed in one place for somebody registered in another."""

from __future__ import annotations

import pytest

from server.domain.cases.cross_area import advise_area

CASE = {"village": "341881106200"}


@pytest.mark.parametrize(
    ("hukou", "area", "told"),
    [
        ("341881200201", "", []),
        ("341802001001", "", ["cross_area"]),
        ("341802001001", "全市", []),
        ("340102001001", "全市", ["cross_area"]),
        ("340102001001", "全省", []),
        ("110101001001", "全国", []),
        ("", "全县", []),
        ("341802001001", "说不清", ["cross_area"]),
    ],
)
def test_how_far_an_item_reaches(hukou: str, area: str, told: list[str]) -> None:
    assert [one.code for one in advise_area(CASE, {"hukou": hukou}, {"area": area})] == told
