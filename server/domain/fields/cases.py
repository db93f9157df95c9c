"""The fields of cases and of what helpers note about a service."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

CASE_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "case",
        Field("resident", "居民", "the applicant", Shape.RECORD, required=True),
        Field("item", "事项", "the item applied for", Shape.RECORD, required=True),
        Field("item_version", "事项版本", "the version the draft is pinned to", Shape.INTEGER, True),
        Field("consent", "同意书", "the consent it rests on", Shape.RECORD),
        Field("village", "村（社区）", "the village of service", Shape.PLACE, required=True),
        Field("state", "状态", "a state of the case's life", required=True),
        Field("form.", "表单", "one answer of the item's form", Shape.ANY),
        Field("material.", "材料", "one material: state, file, note, due", Shape.OBJECT),
        Field("promise", "容缺承诺", "signed promise: read_aloud, signature_file, witness", Shape.OBJECT),
        Field("notes", "备注", "texts, one a remark", Shape.LIST),
        Field("phone", "联系电话", "for this case"),
        Field("address", "收件地址", "for this case"),
        Field("delivery", "送达", "how the result travels: mode, name, phone, address", Shape.OBJECT),
        Field("receipt", "临时回执号", "the number the resident holds since the visit"),
        Field("helper", "帮办员", "the account that filed it"),
        Field("number", "办件编号", "the official number", computed=True),
        Field("received_at", "收件时间", "first durable arrival", Shape.MOMENT, computed=True),
        Field("duplicate_of", "重复于", "the filing that stands", Shape.RECORD, computed=True),
        Field("migrated", "事项更新", "what a new item version changed", Shape.LIST, computed=True),
    ),
    kind_fields(
        "service_log",
        Field("village", "村（社区）", "where", Shape.PLACE, required=True),
        Field("resident", "居民", "for whom", Shape.RECORD),
        Field("kind", "方式", "advice, prepare, file, home, deliver or refuse", required=True),
        Field("items", "事项", "what it was about", Shape.LIST),
        Field("minutes", "用时", "whole minutes", Shape.INTEGER),
        Field("materials_returned", "原件归还", "originals were handed back at once", Shape.BOOLEAN),
        Field("outcome", "结果", "what came of it", Shape.LONG_TEXT),
        Field("follow_up", "回访日期", "the day to come back", Shape.DATE),
        Field("note", "备注", "", Shape.LONG_TEXT),
        Field("helper", "帮办员", "who served"),
    ),
)
