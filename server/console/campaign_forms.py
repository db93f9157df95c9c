"""The forms and words of rounds of claiming: a claim's review, a look-back, and the reasons why a list is returned."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Ask, Input, Pair, StepForm
from server.domain.catalogue.return_reasons import REASON_CODES

REASON = "reason."
CAMPAIGN_STATES: Mapping[str, Pair] = {
    "planned": ("计划中", "Planned"),
    "open": ("进行中", "Open"),
    "closed": ("已结束", "Closed"),
}
CLAIM_STATES: Mapping[str, Pair] = {
    "free": ("待认领", "Free"),
    "claimed": ("已认领", "Claimed"),
    "declined": ("申请不认领", "Declined"),
    "filling": ("编制中", "Being filled"),
    "submitted": ("部门初审", "To be checked"),
    "checked": ("编办审核", "To be approved"),
    "approved": ("法制审核", "To be cleared"),
    "returned": ("已退回", "Returned"),
    "published": ("已发布", "Published"),
    "suspended": ("暂停", "Suspended"),
    "cancelled": ("取消", "Cancelled"),
}
LOOK_BACK_STATES: Mapping[str, Pair] = {
    "sampled": ("待核查", "To be looked at"),
    "passed": ("通过", "Passed"),
    "to_fix": ("待整改", "To be put right"),
    "fixed": ("待复核", "To be looked at again"),
    "rechecked": ("已复核", "Closed"),
}
WHY: Mapping[str, Pair] = {"sample": ("抽样", "sample"), "complaint": ("有投诉", "complaint")}
_NOTE: Pair = ("说明", "In words")
_DUE: Pair = ("整改期限", "To be put right by")

CLAIM_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm("claim.check", ("初审通过", "Check")),
        StepForm("claim.approve", ("审核通过", "Approve")),
        StepForm("claim.publish", ("法制审核通过并发布", "Clear and publish")),
        StepForm("claim.suspend", ("暂停", "Suspend"), (Input("stop_reason", _NOTE, Ask.TEXT),)),
        StepForm("claim.resume", ("恢复", "Resume")),
        StepForm("claim.cancel", ("取消", "Cancel"), (Input("stop_reason", _NOTE, Ask.TEXT),), grave=True),
    )
}
RETURN = StepForm(
    "claim.return",
    ("退回", "Return"),
    (Input("due", _DUE, Ask.DAY, required=False), Input("return_note", _NOTE, Ask.TEXT, required=False)),
)
LOOK_BACK_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm("look_back.pass", ("通过", "Pass"), (Input("note", _NOTE, Ask.TEXT, required=False),)),
        StepForm("look_back.recheck", ("复核通过", "Close"), (Input("note", _NOTE, Ask.TEXT, required=False),)),
    )
}
_FOUND = (Input("deadline", _DUE, Ask.DAY), Input("note", _NOTE, Ask.TEXT, required=False))
FINDS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm("look_back.find", ("发现问题", "Something is wrong"), _FOUND),
        StepForm("look_back.find_again", ("仍有问题", "Still wrong"), _FOUND),
    )
}


def reasons_from(posted: Mapping[str, str]) -> list[str]:
    """The reasons that were ticked, in the order of their codes."""
    return [code for code in sorted(REASON_CODES) if posted.get(REASON + code)]


def said(table: Mapping[str, Pair], key: str, english: bool) -> str:
    pair = table.get(key)
    return key if pair is None else pair[english]
