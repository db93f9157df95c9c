"""Owns why a list is returned (退回原因): what the consistency checks find, and the reviewers' own reasons beside them.

Law: a reason is a code with its words, so that returns can be counted by reason and a worker reads what to do.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.catalogue.consistency import CHECKS
from server.domain.problems import PROBLEMS, Problem, problem
from server.domain.record_fields import Fields, texts

# code: (Chinese, English); those of the checks are in server/domain/problems.py.
REVIEWERS_REASONS: Mapping[str, tuple[str, str]] = {
    "promise_not_cut": ("承诺时限未压缩", "the promised time was not shortened"),
    "contact_wrong": ("办理地点、时间或电话有误", "place, hours or phone are wrong"),
    "fee_wrong": ("收费信息有误", "what is said of fees is wrong"),
    "level_wrong": ("行使层级有误", "the level is wrong"),
    "duplicate_claim": ("重复认领", "it is claimed twice"),
    "decline_not_accepted": ("不认领的理由不成立", "the reason for declining is not accepted"),
}
GENERAL: Mapping[str, tuple[str, str]] = {
    "field_missing": ("有必填的没有填", "something that must be filled in is missing"),
    "claim_value": ("有填得不对的", "something has a wrong value"),
    "name_differs": ("事项名称与目录不一致", "the name is not the catalogue's"),
    "code_differs": ("实施编码与基本编码不一致", "the implementing code does not hold the base code"),
    "type_differs": ("事项类型与目录不一致", "the type is not the catalogue's"),
    "material_not_listed": ("有材料不在目录所列材料中", "a material is not among the catalogue's"),
    "material_cancelled": ("要了已取消的材料", "a cancelled material is asked for"),
    "copied_place": ("照抄了别处的内容", "the text of another place was copied"),
    "catch_all_material": ("有“其他材料”一类的兜底材料", "catch-all materials are asked for"),
    "flow_incomplete": ("许可流程不完整", "the flow of a licence is incomplete"),
    "material_form_missing": ("材料没有写明原件、复印件和份数", "materials lack their form or copies"),
    "blank_form_missing": ("申请表没有空表和样表可以下载", "forms lack a blank and a sample to download"),
}
"""A check's words where nothing is at hand that it found: its own name a field or a value."""
_COMPARED = (
    *("name_differs", "code_differs", "type_differs"),
    *("material_not_listed", "material_cancelled", "copied_place"),
)
"""Found only beside the base item, the standard list or a neighbour."""
REASON_CODES = frozenset(
    {*REVIEWERS_REASONS, *_COMPARED, "field_missing", "claim_value", *(check.code for check in CHECKS)}
)


def reason_words(code: str) -> tuple[str, str]:
    """A reason in Chinese and English, without the details that a check knows."""
    return REVIEWERS_REASONS.get(code) or GENERAL.get(code) or PROBLEMS.get(code) or (code, code)


def check_reasons(claim: Fields) -> list[Problem]:
    """Codes that no table knows, on a claim that was returned."""
    return [
        problem("return_reason_unknown", "return_reasons", value=code)
        for code in texts(claim, "return_reasons")
        if code not in REASON_CODES
    ]
