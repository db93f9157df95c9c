"""The fields of campaigns and claims."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

CAMPAIGN_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "campaign",
        Field("name", "名称", "", required=True),
        Field("round", "轮次", "1, 2, 3 ...", Shape.INTEGER),
        Field("start", "开始", "first day", Shape.DATE, required=True),
        Field("end", "结束", "last day", Shape.DATE, required=True),
        Field("state", "状态", "planned, open or closed; open when it says nothing"),
        Field("scope", "范围", "places and units it asks; all without it", Shape.OBJECT),
        Field("exclusive", "一地一主体", "whether one unit of a place may implement an item", Shape.BOOLEAN),
        Field("units", "主体数", "how many units it asks", Shape.INTEGER),
        Field("base_codes", "事项数", "how many base items it asks for", Shape.INTEGER),
        Field("baseline_hash", "基线指纹", "over the codes and versions of the frozen list"),
    ),
    kind_fields(
        "claim",
        Field("campaign", "批次", "the campaign it belongs to", Shape.RECORD, required=True),
        Field("unit", "实施主体", "the unit that claims", required=True),
        Field("base_item", "基本编码", "the base item, by code or record", required=True),
        Field("place", "区划", "the place the unit implements it for", Shape.PLACE, required=True),
        Field("state", "状态", "free, claimed, filling or submitted", required=True),
        Field("claimed_by", "认领人", "the account that took it"),
        Field("f.", "要素", "one field of the implementation list", Shape.ANY),
        Field("proposal_of", "并列于", "the claim that holds the place", Shape.RECORD, computed=True),
    ),
)
