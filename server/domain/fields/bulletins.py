"""The fields of bulletins."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

BULLETIN_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "bulletin",
        Field(
            "place",
            "区划",
            "whose bulletin: the city, or the town to which its villages are reported",
            Shape.PLACE,
            True,
        ),
        Field("span", "周期", "daily or monthly", required=True),
        Field("period", "期", "2026-11, or 2026-11-22", required=True),
        Field("edition", "版次", "1, and one more for each correction", Shape.INTEGER, required=True),
        Field("state", "状态", "draft, frozen or corrected", required=True),
        Field("columns", "指标", "the codes of the indicators, two numbers each", Shape.LIST, required=True),
        Field("counties", "县区", "rows: code, then the numbers", Shape.LIST),
        Field("units", "市直单位", "rows: unit, then the numbers", Shape.LIST),
        Field("towns", "乡镇", "rows: code, then the numbers", Shape.LIST),
        Field("villages", "村（社区）", "rows: code, then the numbers; only in a town's own", Shape.LIST),
        Field("best_counties", "先进县区", "three codes at most", Shape.LIST),
        Field("best_units", "先进市直单位", "ten at most", Shape.LIST),
        Field("best_towns", "先进乡镇", "ten at most", Shape.LIST),
        Field("names", "名称", "pairs: code or unit, name", Shape.LIST),
        Field("data_hash", "数据指纹", "over every row"),
        Field("built_at", "编制时间", "", Shape.MOMENT),
        Field("build", "编制编号", "of which reckoning it is: one for the city's and every town's"),
        Field("why", "更正说明", "what was corrected", Shape.LONG_TEXT),
        Field("frozen_at", "定稿时间", "", Shape.MOMENT, computed=True),
        Field("frozen_by", "定稿人", "who froze it: the centre, or a supervisor", computed=True),
    ),
)
