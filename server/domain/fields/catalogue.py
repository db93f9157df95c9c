"""The fields of items."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

CATALOGUE_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "item",
        Field("name", "事项名称", "", required=True),
        Field("status", "状态", "active, suspended or cancelled", required=True),
        Field("version", "版本", "raised by every publication", Shape.INTEGER, required=True),
        Field("base_item", "基本编码", "the base item's code"),
        Field("code", "实施编码", "31 characters, or 33 with the handling item"),
        Field("unit", "实施主体", "the unit's credit code or id; none for a standard item"),
        Field("place", "区划", "where it is implemented", Shape.PLACE),
        Field("type", "事项类型", "code of the dictionary item_type"),
        Field("level", "行使层级", "1 state to 6 village"),
        Field("decided_at", "决定层级", "the level that decides"),
        Field("dept", "业务部门", "the department in charge"),
        Field("status_reason", "状态说明", "told to who applies for a suspended or cancelled item"),
        Field("cancelled_on", "取消日期", "since when it is no longer on offer"),
        Field("project_type", "办件类型", "1 instant, 2 promised"),
        Field("legal_days", "法定时限", "working days", Shape.INTEGER),
        Field("promise_days", "承诺时限", "working days, 0 for instant", Shape.INTEGER),
        Field("visits", "到场次数", "visits to the hall", Shape.INTEGER),
        Field("target", "服务对象", "whom it is for, in words"),
        Field("rule", "办理条件", "who may ask, as data: see eligibility", Shape.OBJECT),
        Field("condition", "受理条件", "the same in words", Shape.LONG_TEXT),
        Field("basis", "设定依据", "the law it rests on", Shape.LONG_TEXT),
        Field("materials", "材料", "a list of groups: no, name, necessity ...", Shape.LIST),
        Field("fields", "表单", "a list of groups: name, label, type, required", Shape.LIST),
        Field("data_kinds", "信息种类", "what data a consent must name", Shape.LIST),
        Field("helper_cannot", "帮办员不得", "what only the resident may do", Shape.LONG_TEXT),
        Field("delivery", "送达方式", "ways the result can travel", Shape.LIST),
        Field("result", "结果", "what the resident gets"),
    ),
)
