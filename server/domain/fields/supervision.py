"""The fields of conflicts and notices; those of lights and reviews are gathered here."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields
from server.domain.fields.watching import WATCHING_KINDS

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
        Field("answer", "答复", "what its reader says, where an explanation is asked for", Shape.LONG_TEXT),
        Field("about_kind", "记录种类", "the kind of the record it is about", computed=True),
        Field("code", "种类", "what kind of notice", computed=True),
        Field("asks", "请求", "explanation, when an answer is asked for", computed=True),
        Field("answered_at", "答复时间", "", Shape.MOMENT, computed=True),
    ),
    *WATCHING_KINDS,
)
