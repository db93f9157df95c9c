"""Owns the names, meanings and shapes of every record kind's fields, and the reading of one field's value.

Laws: a record is a flat map of field to JSON value without floats. A field not listed here is kept as it
is: a newer phone may know more. Computed fields are written by the centre alone. A field under a prefix
("form.phone") is a field of its own, so that two people filling two of them never meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from server.domain.places import is_place
from server.domain.problems import Problem, problem

Fields: TypeAlias = Mapping[str, object]

TEXT_LENGTH_MAX = 500
LONG_TEXT_LENGTH_MAX = 4000
LIST_LENGTH_MAX = 500
_ID = re.compile(r"[0-9a-f]{32}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Shape(Enum):
    """What a value must look like; the value holds how people are told (Chinese, English)."""

    TEXT = ("文字", "text")
    LONG_TEXT = ("长文字", "a longer text")
    INTEGER = ("整数", "a whole number")
    BOOLEAN = ("是或否", "true or false")
    DATE = ("日期（2026-01-31）", "a date like 2026-01-31")
    MOMENT = ("带时区的时间", "a date and time with its offset")
    PLACE = ("12位区划代码", "a division code of 12 digits")
    RECORD = ("记录编号", "a record id")
    LIST = ("列表", "a list")
    OBJECT = ("一组值", "a group of values")
    ANY = ("任意值", "any value")


@dataclass(frozen=True)
class Field:
    """One field of a kind. `required` fields must be there whatever the record's state."""

    name: str
    zh: str
    meaning: str
    shape: Shape = Shape.TEXT
    required: bool = False
    computed: bool = False


@dataclass(frozen=True)
class KindFields:
    """All fields of a kind; `families` are prefixes ("form.") with the shape and meaning of what follows."""

    kind: str
    fields: Mapping[str, Field]
    families: Mapping[str, Field]

    def find(self, name: str) -> Field | None:
        if name in self.fields:
            return self.fields[name]
        prefix, dot, rest = name.partition(".")
        return self.families.get(prefix + dot) if dot and rest else None

    @cached_property
    def required(self) -> tuple[str, ...]:
        """What must be there whatever the record's state, by name."""
        return tuple(sorted(name for name, field in self.fields.items() if field.required))

    @property
    def computed(self) -> frozenset[str]:
        """What no device may write."""
        return frozenset(name for name, field in self.fields.items() if field.computed)


def _kind(kind: str, *fields: Field) -> KindFields:
    plain = {field.name: field for field in fields if not field.name.endswith(".")}
    families = {field.name: field for field in fields if field.name.endswith(".")}
    return KindFields(kind, plain, families)


KINDS: dict[str, KindFields] = {
    table.kind: table
    for table in (
        _kind(
            "resident",
            Field("name", "姓名", "as on the id card", required=True),
            Field("citizen_id", "身份证号", "18 characters; may wait until the card is at hand"),
            Field("birth", "出生日期", "follows from the id when there is one", Shape.DATE),
            Field("sex", "性别", "M or F; follows from the id when there is one"),
            Field("phone", "电话", "where the resident can be reached"),
            Field("phone_relation", "电话归属", "whose phone it is: self, household, child, neighbour ..."),
            Field("address", "住址", "where the resident lives, in words"),
            Field("village", "村（社区）", "the village of service", Shape.PLACE, required=True),
            Field("hukou", "户籍地", "the place of registration, when it is not the village", Shape.PLACE),
            Field("flags", "情况", "circumstances that items ask for: low_income, disabled ...", Shape.LIST),
            Field("notes", "备注", "texts, one a remark", Shape.LIST),
            Field("died_on", "死亡日期", "set at a desk from the register", Shape.DATE, computed=True),
        ),
        _kind(
            "consent",
            Field("resident", "居民", "who consents", Shape.RECORD, required=True),
            Field("items", "事项", "the item records it names, one by one", Shape.LIST, required=True),
            Field("data_kinds", "信息种类", "the kinds of data that may be used", Shape.LIST, required=True),
            Field("sensitive", "敏感信息", "those of them ticked separately", Shape.LIST),
            Field("purpose", "目的", "what for", required=True),
            Field("recipients", "接收方", "who receives the data, a text or texts", Shape.ANY, required=True),
            Field("retention", "保存期限", "how long the data is kept"),
            Field("means", "方式", "signature, fingerprint or oral", required=True),
            Field("witness", "见证人", "the adult who was present"),
            Field("read_aloud", "已宣读", "whether the whole text was read out", Shape.BOOLEAN),
            Field("text_hash", "文本指纹", "SHA-256 of the text that was shown, 64 hex digits", required=True),
            Field("signed_at", "签署时间", "when, by the device", Shape.MOMENT, required=True),
            Field("valid_until", "有效期至", "last day of validity", Shape.DATE, required=True),
            Field("helper", "帮办员", "the account that took the consent", required=True),
            Field("village", "村（社区）", "where", Shape.PLACE, required=True),
            Field("signature_file", "签名文件", "the file of the signature, unless signed on paper"),
            Field("revoked_at", "撤回时间", "when the resident withdrew it", Shape.MOMENT),
        ),
        _kind(
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
        _kind(
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
        _kind(
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
        _kind(
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
        _kind(
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
        _kind(
            "notice",
            Field("to", "收件人", "the account it is for", required=True),
            Field("about", "关于", "the record it is about"),
            Field("text_zh", "中文", "", Shape.LONG_TEXT, required=True),
            Field("text_en", "英文", "", Shape.LONG_TEXT, required=True),
            Field("read_at", "已读", "when its reader opened it", Shape.MOMENT),
        ),
        _kind(
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
}


def check_shapes(kind: str, fields: Fields, required_only: Iterable[str] = ()) -> list[Problem]:
    """Missing required fields (also those named in `required_only`) and values of the wrong shape."""
    table = KINDS[kind]
    must = sorted({*table.required, *required_only}) if required_only else table.required
    found = [
        problem("field_missing", name, label=table.fields[name].zh) for name in must if _is_empty(fields.get(name))
    ]
    for name, value in fields.items():
        field = table.find(name)
        if field is None or _is_empty(value):
            continue
        # Most fields are short texts, and a case's own are families of any value: found without looking further.
        shape = field.shape
        if type(value) is str and len(value) <= TEXT_LENGTH_MAX and (shape is Shape.TEXT or shape is Shape.ANY):
            continue
        if shape is Shape.OBJECT and type(value) is dict:
            continue
        found += _check_shape(field, name, value)
    return found


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [])


def _check_shape(field: Field, name: str, value: object) -> Sequence[Problem]:
    if not _has_shape(field.shape, value):
        zh, en = field.shape.value
        return [problem("field_shape", name, label=field.zh, shape_zh=zh, shape_en=en)]
    if isinstance(value, str | list) and len(value) > (limit := _length_max(field.shape)):
        return [problem("field_too_long", name, label=field.zh, limit=limit)]
    return ()


def _length_max(shape: Shape) -> int:
    if shape is Shape.LIST:
        return LIST_LENGTH_MAX
    return TEXT_LENGTH_MAX if shape is Shape.TEXT else LONG_TEXT_LENGTH_MAX


def _has_shape(shape: Shape, value: object) -> bool:
    match shape:
        case Shape.TEXT | Shape.LONG_TEXT:
            return isinstance(value, str)
        case Shape.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Shape.BOOLEAN:
            return isinstance(value, bool)
        case Shape.DATE:
            return parse_date(value) is not None
        case Shape.MOMENT:
            return parse_moment(value) is not None
        case Shape.PLACE:
            return is_place(value)
        case Shape.RECORD:
            return isinstance(value, str) and _ID.fullmatch(value) is not None
        case Shape.LIST:
            return isinstance(value, list)
        case Shape.OBJECT:
            return isinstance(value, dict)
        case Shape.ANY:
            return True


def text(fields: Fields, name: str) -> str:
    """The text of a field, "" when it is absent or something else."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def integer(fields: Fields, name: str, default: int = 0) -> int:
    value = fields.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    """The texts of a list field; a single text counts as a list of one."""
    value = fields.get(name)
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple([entry for entry in value if isinstance(entry, str)]) if isinstance(value, list) else ()


def groups(fields: Fields, name: str) -> tuple[Fields, ...]:
    """The groups of a list field."""
    value = fields.get(name)
    return tuple(entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()


def family(fields: Fields, prefix: str) -> dict[str, object]:
    """What follows a prefix: family({"form.a": 1}, "form.") is {"a": 1}."""
    return {name[len(prefix) :]: value for name, value in fields.items() if name.startswith(prefix)}


def parse_date(value: object) -> date | None:
    """Only the ten characters 2026-01-31: other ISO spellings would compare differently as text."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def parse_moment(value: object) -> datetime | None:
    """A date-time with its offset; one without could mean any hour."""
    if not isinstance(value, str) or len(value) < 17:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
