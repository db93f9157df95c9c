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
    return REVIEWERS_REASONS.get(code) or PROBLEMS.get(code) or (code, code)


def check_reasons(claim: Fields) -> list[Problem]:
    """Codes that no table knows, on a claim that was returned."""
    return [
        problem("return_reason_unknown", "return_reasons", value=code)
        for code in texts(claim, "return_reasons")
        if code not in REASON_CODES
    ]
