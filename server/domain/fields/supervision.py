"""The fields of conflicts and notices."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

SUPERVISION_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "conflict",
        Field("record", "记录", "the record in conflict", Shape.RECORD, required=True),
        Field("kind", "种类", "the kind of that record"),
        Field("fields", "字段", "the fields in conflict", Shape.LIST, required=True),
        Field("base", "原值", "values both saw", Shape.OBJECT),
        Field("mine", "后到", "values of the change that came later", Shape.OBJECT),
        Field("theirs", "先到", "values that stand", Shape.OBJECT),
        Field("authors", "作者", "who wrote theirs and mine", Shape.LIST, required=True),
        Field("state", "状态", "open or decided", required=True),
        Field("decided_value", "决定", "the values decided for, by field", Shape.OBJECT),
        Field("decided_by", "决定人", "the account that decided"),
    ),
    kind_fields(
        "notice",
        Field("to", "收件人", "the account it is for", required=True),
        Field("about", "关于", "the record it is about"),
        Field("text_zh", "中文", "", Shape.LONG_TEXT, required=True),
        Field("text_en", "英文", "", Shape.LONG_TEXT, required=True),
        Field("read_at", "已读", "when its reader opened it", Shape.MOMENT),
    ),
)
