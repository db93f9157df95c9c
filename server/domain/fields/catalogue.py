"""The fields of base items, items, what a site keeps of its own about an item, and electronic licences."""

from __future__ import annotations

from server.domain.fields.shapes import Field, KindFields, Shape, kind_fields

# What the steps of a base item's and an item's life write (server/domain/catalogue/item_life.py).
_LIFE = (
    Field("status", "状态", "active, suspended or cancelled", required=True),
    Field("version", "版本", "raised by every step", Shape.INTEGER, required=True),
    Field("catalogue", "目录", "level and first six digits of the place it is kept under"),
    Field("status_reason", "状态说明", "told to who applies for a suspended or cancelled item"),
    Field("effective_from", "生效日期", "since when this version holds", Shape.DATE),
    Field("cancelled_on", "取消日期", "since when it is no longer on offer", Shape.DATE),
    Field("successors", "替代事项", "the records that stand for one that was split or merged", Shape.LIST),
    Field("next.", "待生效", "a field as it will be from next.effective_from on", Shape.ANY),
)

BASE_ITEM = kind_fields(
    "base_item",
    *_LIFE,
    Field("code", "基本编码", "12 digits", required=True),
    Field("name", "事项名称", "", required=True),
    Field("level", "行使层级", "1 state to 6 village", required=True),
    Field("type", "事项类型", "code of the dictionary item_type"),
    Field("basis", "设定依据", "the law it rests on", Shape.LONG_TEXT),
    Field("valid_from", "有效期起", "first day", Shape.DATE),
    Field("valid_until", "有效期止", "last day", Shape.DATE),
    Field("central_dept", "中央业务指导部门", ""),
    Field("dept", "业务部门", "the department in charge"),
    Field("has_child", "有子项", "", Shape.BOOLEAN),
    Field("handled", "可办理", "whether one can apply for it", Shape.BOOLEAN),
    Field("parent", "主项", "the main item's base code"),
)

ITEM = kind_fields(
    "item",
    *_LIFE,
    Field("name", "事项名称", "", required=True),
    Field("name_en", "英文名称", "its English name or a translation, where there is one; screens in English show it"),
    Field("base_item", "基本编码", "the base item's code"),
    Field("code", "实施编码", "31 characters, or 33 with the handling item"),
    Field("local_code", "地方编码", "the local platform's own"),
    Field("unit", "实施主体", "the unit's credit code or id; none for a standard item"),
    Field("place", "区划", "where it is implemented", Shape.PLACE),
    Field("type", "事项类型", "code of the dictionary item_type"),
    Field("level", "行使层级", "1 state to 6 village"),
    Field("decided_at", "决定层级", "the level that decides"),
    # Who
    Field("dept", "业务部门", "the department in charge"),
    Field("dept_type", "实施主体性质", ""),
    Field("entrusted_by", "委托部门", ""),
    Field("joint_depts", "联办机构", "", Shape.ANY),
    Field("target", "服务对象", "whom it is for, in words"),
    Field("server_types", "服务对象类别", "codes of the dictionary server_type", Shape.LIST),
    Field("rule", "办理条件", "who may ask, as data: see eligibility", Shape.OBJECT),
    Field("condition", "受理条件", "the same in words", Shape.LONG_TEXT),
    Field("basis", "设定依据", "the law it rests on", Shape.LONG_TEXT),
    # How long, how often
    Field("project_type", "办件类型", "1 instant, 2 promised"),
    Field(
        "review_days",
        "下级审查时限",
        "working days of the authority below, where it reviews first and one above decides: 20 by law; none without it",
        Shape.DAYS,
    ),
    Field("legal_days", "法定时限", "days of legal_days_unit", Shape.DAYS),
    Field("legal_days_unit", "法定时限单位", "G working days, Z calendar days; G when it says nothing"),
    Field("legal_days_note", "法定时限说明", "", Shape.LONG_TEXT),
    Field("promise_days", "承诺时限", "days of promise_days_unit, 0 for instant", Shape.DAYS),
    Field("promise_days_unit", "承诺时限单位", "G working days, Z calendar days; G when it says nothing"),
    Field("promise_days_note", "承诺时限说明", "", Shape.LONG_TEXT),
    Field("visits", "到场次数", "visits to the hall", Shape.INTEGER),
    Field("visits_reason", "必须到场原因", "", Shape.LONG_TEXT),
    # How
    Field("online", "是否网办", "", Shape.ANY),
    Field("online_depth", "网办深度", "1 to 4"),
    Field("online_note", "网上办理说明", "", Shape.LONG_TEXT),
    Field("offline_note", "窗口办理说明", "", Shape.LONG_TEXT),
    Field("handling_forms", "办理形式", "窗口, 网上, 邮寄, 代办", Shape.LIST),
    Field("flow", "办理流程", "its steps, a text or texts", Shape.ANY),
    Field("special_procedure", "特别程序", "name, days and basis in words", Shape.LONG_TEXT),
    Field("intermediary", "中介服务", "", Shape.ANY),
    Field("materials", "材料", "a list of groups: no, name, necessity ...", Shape.LIST),
    Field("fields", "表单", "a list of groups: name, label, type, required", Shape.LIST),
    Field("data_kinds", "信息种类", "what data a consent must name", Shape.LIST),
    Field("helper_cannot", "帮办员不得", "what only the resident may do", Shape.LONG_TEXT),
    # Money
    Field("fee", "是否收费", "", Shape.ANY),
    Field("fee_items", "收费项目", "names with their amounts, in words", Shape.ANY),
    Field("fee_basis", "收费依据", "", Shape.LONG_TEXT),
    Field("pay_online", "网上支付", "", Shape.ANY),
    Field("amounts", "发放标准", "groups: county, from, until, min_age, max_age, fen, per", Shape.LIST),
    # What comes of it
    Field("result", "结果", "what the resident gets"),
    Field("result_type", "结果类型", "出证, 出文 or 审批办结"),
    Field("result_sample", "结果样本", "a file, or where it is shown"),
    Field("delivery", "送达方式", "ways the result can travel", Shape.LIST),
    Field("mail_materials", "材料可邮寄", "", Shape.ANY),
    Field("mail_result", "结果可邮寄", "", Shape.ANY),
    # Where and when
    Field("where", "办理地点", ""),
    Field("hours", "办理时间", ""),
    Field("map", "位置图", ""),
    Field("consult_phone", "咨询电话", ""),
    Field("complain_phone", "投诉电话", ""),
    Field("complain_address", "投诉地址", ""),
    Field("appointment", "是否预约", "", Shape.ANY),
    Field("in_hall", "进驻大厅", "", Shape.ANY),
    Field("self_service", "自助终端", "", Shape.ANY),
    Field("area", "通办范围", ""),
    # For who looks for it
    Field("user_topics", "个人主题", "topics of natural persons", Shape.ANY),
    Field("corp_topics", "法人主题", "topics of bodies", Shape.ANY),
    Field("questions", "常见问题", "", Shape.ANY),
)

LOCAL_ITEM = kind_fields(
    "local_item",
    Field("unit", "实施主体", "the site's unit", required=True),
    Field("item", "标准事项", "the standard item; none for what holds of all the site's items", Shape.RECORD),
    Field("place_text", "办理地点", "where, in words"),
    Field("hours", "办理时间", ""),
    Field("phone", "咨询电话", ""),
    Field("helper", "帮办人员", "who helps there, as a name for the public"),
    Field("map", "位置图", "a file, or where it is shown"),
    Field("f.", "不同之处", "a field in which this site departs from the standard", Shape.ANY),
    Field("why.", "不同的理由", "why it departs, one for each field", Shape.LONG_TEXT),
)

LICENCE = kind_fields(
    "licence",
    Field("state", "状态", "held, expired or void", required=True),
    Field("resident", "居民", "whose it is", Shape.RECORD, required=True),
    Field("village", "村（社区）", "the village of service", Shape.PLACE, required=True),
    Field("kind", "证照种类", "身份证, 户口簿 ...", required=True),
    Field("number", "证照编号", ""),
    Field("issuer", "颁发机构", ""),
    Field("issued_on", "颁发日期", "", Shape.DATE),
    Field("valid_until", "有效期至", "last day; none without an end", Shape.DATE),
    Field("file", "文件", "the picture, where there is one", Shape.RECORD),
    Field("pages", "各面", "groups: file, sha256, size, type; each side of it", Shape.LIST),
    Field("source", "来源", "register, desk, helper or applicant", required=True),
    Field("register_ref", "证照标识", "how the register names it"),
    Field("trust", "可信等级", "A issuer, B verified at a desk, C uploaded, D self-made", computed=True),
    Field("verified_by", "核验人", "the account at the desk", computed=True),
    Field("verified_at", "核验时间", "", Shape.MOMENT, computed=True),
    Field("uses", "使用记录", "groups: at, by, case, purpose", Shape.LIST, computed=True),
    Field("use_case", "用于办件", "the case of the newest use", Shape.RECORD),
    Field("use_purpose", "用途", "the purpose of the newest use"),
    Field("void_reason", "作废原因", ""),
)

CATALOGUE_KINDS: tuple[KindFields, ...] = (BASE_ITEM, ITEM, LOCAL_ITEM, LICENCE)
