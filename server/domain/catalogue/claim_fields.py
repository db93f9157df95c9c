"""Owns the fields of an implementation list (实施清单要素) that a claim fills, each under "f.", and their consistency.

Laws: five fields belong to the site, the rest is inherited from the standard list unless the unit sets it. The
checks of consistency.py are, with these, the reasons for which a reviewer returns a list; none of them refuses anyone's
typing.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.catalogue.consistency import PREFIX, broken_checks, number, said
from server.domain.catalogue.dictionaries import DICTIONARIES
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields

__all__ = [
    "CLAIM_FIELDS",
    "LOCAL_FIELDS",
    "MANDATORY_FIELDS",
    "PREFIX",
    "ClaimField",
    "empty_mandatory",
    "inherited",
    "return_reasons",
]


@dataclass(frozen=True)
class ClaimField:
    """`dictionary` names the allowed codes; `number` takes whole numbers, also written as text."""

    name: str
    zh: str
    mandatory: bool = False
    local: bool = False
    number: bool = False
    dictionary: str = ""


CLAIM_FIELDS: dict[str, ClaimField] = {
    entry.name: entry
    for entry in (
        ClaimField("name", "事项名称", mandatory=True),
        ClaimField("type", "事项类型", mandatory=True, dictionary="item_type"),
        ClaimField("level", "行使层级", mandatory=True, dictionary="use_level"),
        ClaimField("code", "实施编码"),
        ClaimField("local_code", "地方编码"),
        ClaimField("dept_name", "实施主体", mandatory=True),
        ClaimField("dept_type", "实施主体性质"),
        ClaimField("entrusted_by", "委托部门"),
        ClaimField("joint_depts", "联办机构"),
        ClaimField("legal_basis", "设定依据", mandatory=True),
        ClaimField("project_type", "办件类型", mandatory=True, dictionary="project_type"),
        ClaimField("review_days", "下级审查时限", number=True),
        ClaimField("legal_days", "法定办结时限", mandatory=True, number=True),
        ClaimField("legal_days_unit", "法定时限单位", dictionary="time_unit"),
        ClaimField("legal_days_note", "法定时限说明"),
        ClaimField("promise_days", "承诺办结时限", mandatory=True, number=True),
        ClaimField("promise_days_unit", "承诺时限单位", dictionary="time_unit"),
        ClaimField("promise_days_note", "承诺时限说明"),
        ClaimField("scene_num", "到办事现场次数", mandatory=True, number=True),
        ClaimField("scene_reason", "必须现场原因"),
        ClaimField("online", "是否网办"),
        ClaimField("online_depth", "网办深度", dictionary="online_depth"),
        ClaimField("conditions", "受理条件", mandatory=True),
        ClaimField("served", "服务对象", mandatory=True),
        ClaimField("server_types", "服务对象类别"),
        ClaimField("handling_forms", "办理形式"),
        ClaimField("flow", "办理流程", mandatory=True),
        ClaimField("special_procedure", "特别程序"),
        ClaimField("intermediary", "中介服务"),
        ClaimField("materials", "材料目录", mandatory=True),
        ClaimField("fee", "是否收费"),
        ClaimField("fee_items", "收费项目"),
        ClaimField("fee_basis", "收费依据"),
        ClaimField("pay_online", "网上支付"),
        ClaimField("result_type", "结果类型"),
        ClaimField("result_name", "结果名称", mandatory=True),
        ClaimField("result_sample", "结果样本"),
        ClaimField("mail_materials", "材料可邮寄"),
        ClaimField("mail_result", "结果可邮寄"),
        ClaimField("delivery", "送达方式"),
        ClaimField("appointment", "是否预约"),
        ClaimField("in_hall", "进驻大厅"),
        ClaimField("self_service", "自助终端"),
        ClaimField("area", "通办范围"),
        ClaimField("topics", "主题分类"),
        ClaimField("user_topics", "个人主题"),
        ClaimField("corp_topics", "法人主题"),
        ClaimField("questions", "常见问题"),
        ClaimField("effective_from", "生效日期"),
        ClaimField("address", "办理地点", mandatory=True, local=True),
        ClaimField("hours", "办理时间", mandatory=True, local=True),
        ClaimField("consult_phone", "咨询电话", mandatory=True, local=True),
        ClaimField("complain_phone", "投诉电话", mandatory=True),
        ClaimField("helper_name", "帮办人员", local=True),
        ClaimField("map", "位置图", local=True),
    )
}
LOCAL_FIELDS = frozenset(name for name, entry in CLAIM_FIELDS.items() if entry.local)
MANDATORY_FIELDS = frozenset(name for name, entry in CLAIM_FIELDS.items() if entry.mandatory)


def inherited(standard: Fields, own: Fields) -> dict[str, object]:
    """The list as it stands: the standard's values, over them what the unit set itself."""
    return {**standard, **{name: value for name, value in own.items() if value is not None}}


def empty_mandatory(values: Fields) -> tuple[str, ...]:
    """Mandatory fields that nobody has filled, in the table's order."""
    return tuple(name for name in CLAIM_FIELDS if name in MANDATORY_FIELDS and not said(values, name))


def return_reasons(values: Fields) -> list[Problem]:
    """Why a reviewer would return this list: what is missing, what is no value, what contradicts itself. `values` are
    the whole list's, without prefix, inherited included. What shows only beside the base item, the standard list or a
    neighbour's is in compared_problems.
    """
    found = [problem("field_missing", PREFIX + name, label=CLAIM_FIELDS[name].zh) for name in empty_mandatory(values)]
    return found + _wrong_values(values) + broken_checks(values)


def _wrong_values(values: Fields) -> list[Problem]:
    found = []
    for name, entry in CLAIM_FIELDS.items():
        value = said(values, name)
        if not value:
            continue
        wrong_number = entry.number and number(values, name) is None
        wrong_code = bool(entry.dictionary) and value not in DICTIONARIES[entry.dictionary]
        if wrong_number or wrong_code:
            found.append(problem("claim_value", PREFIX + name, label=entry.zh))
    return found
