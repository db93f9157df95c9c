"""The fields of what supervision keeps: lights against clocks, and reviews of patterns that need a look."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

WATCHING_KINDS: tuple[KindFields, ...] = (
    kind_fields(
        "light",
        Field("place", "区划", "where it lies", Shape.PLACE, required=True),
        Field("about", "关于", "the record, or the device, whose clock it is", required=True),
        Field("about_kind", "记录种类", "case, campaign or device", required=True),
        Field("code", "时限种类", "which clock", required=True),
        Field("level", "级别", "unknown, blue, yellow, red or red_plus", required=True),
        Field("state", "状态", "lit, explained or cleared", required=True),
        Field("holder", "当前承办", "who has to act now: account:, place: or unit:"),
        Field("due", "到期日", "the last day of that clock", Shape.DATE),
        Field("number", "编号", "the official number of the case"),
        Field("count", "数量", "how many claims or unsent changes stand behind it", Shape.INTEGER),
        Field("told", "已通知", "the accounts that were told", Shape.LIST),
        Field("explanation", "说明", "what the holder says", Shape.LONG_TEXT),
        Field("stage", "督办阶段", "warn, caution, supervise, talk, assess or account"),
        Field("why", "升级原因", "why it was taken to this stage", Shape.LONG_TEXT),
        Field("raised_at", "亮灯时间", "", Shape.MOMENT, computed=True),
        Field("level_since", "级别起始", "since when it has this level", Shape.MOMENT, computed=True),
        Field("times", "次数", "how often it was raised", Shape.INTEGER, computed=True),
        Field("explain_due", "说明期限", "the last day to explain", Shape.DATE, computed=True),
        Field("explained_at", "说明时间", "", Shape.MOMENT, computed=True),
        Field("explained_by", "说明人", "the account that explained", computed=True),
        Field("cleared_at", "灭灯时间", "", Shape.MOMENT, computed=True),
        Field("steps", "督办记录", "every stage: stage, at, by, why", Shape.LIST, computed=True),
    ),
    kind_fields(
        "review",
        Field("place", "区划", "where it lies", Shape.PLACE, required=True),
        Field("code", "规则", "AR01 to AR18", required=True),
        Field("level", "级别", "yellow or red", required=True),
        Field("state", "状态", "opened, explained or found", required=True),
        Field("account", "账号", "whose work it is about", required=True),
        Field("since", "自", "first day looked at", Shape.DATE, required=True),
        Field("until", "至", "last day looked at", Shape.DATE, required=True),
        Field("measured", "测得", "what was measured, as text"),
        Field("threshold", "阈值", "from where on it is looked at, as text"),
        Field("evidence", "证据", "ids of records, a few and no contents", Shape.LIST),
        Field("explanation", "说明", "what the helper says", Shape.LONG_TEXT),
        Field("finding", "结论", "confirmed, unfounded or unclear"),
        Field("finding_note", "结论说明", "", Shape.LONG_TEXT),
        Field("opened_at", "开始", "", Shape.MOMENT, computed=True),
        Field("explained_at", "说明时间", "", Shape.MOMENT, computed=True),
        Field("explained_by", "说明人", "the account that explained", computed=True),
        Field("found_at", "结论时间", "", Shape.MOMENT, computed=True),
        Field("found_by", "审查人", "the account that found", computed=True),
    ),
)
