"""Owns what each step at a desk must say, and what it does to the clocks: procedures, suspension, extension, decision.

Laws: only what the statute excludes stops the clock, and only when the applicant was told in writing (行政许可法 45).
An extension is one, approved and told (42). Whoever refuses or declines gives reasons (38). A case is moved only to a
holder that can act.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.cases.clocks import decided, extend, extension_days_max, pass_up, pause, resume
from server.domain.cases.step_view import StepView
from server.domain.cases.tolerance import outstanding
from server.domain.places import is_place
from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, integer, parse_date, text

# procedure → whether its time is excluded; the last three belong to the decision's own time
PROCEDURES: Mapping[str, bool] = {
    "hearing": True,  # 听证
    "tender": True,  # 招标
    "auction": True,  # 拍卖
    "inspection": True,  # 检验
    "test": True,  # 检测
    "quarantine": True,  # 检疫
    "appraisal": True,  # 鉴定
    "expert_review": True,  # 专家评审
    "public_notice": False,  # 公示
    "site_visit": False,  # 现场踏勘
    "panel": False,  # 集体审议
}
PASSES_ON: Mapping[str, str] = {"case.transfer": "transfer", "case.pass_up": "passing_up"}
"""Step → its group that says, as `to`, who has the case next."""
SUSPENSIONS = ("applicant_asks", "other_authority", "force_majeure", "court")
REFUSALS = ("not_needed", "not_this_authority", "not_correctable", "not_corrected", "item_cancelled", "other")
VOIDINGS = ("duplicate", "mistaken", "false_filing", "consent_revoked", "other")

RETURNED, VOID, CERTIFICATE, NOT_SUPPLIED, FINISHED = "1", "2", "0", "5", "6"
"""Kinds of ending (办结类型)."""


def check_special(view: StepView) -> list[Problem]:
    special = view.group("special")
    procedure = text(special, "procedure")
    if procedure not in PROCEDURES:
        return [problem("value_unknown", "special", label="特别程序", value=procedure)]
    told = special.get("told") is True
    found = [problem("not_told", "special")] if PROCEDURES[procedure] and not told else []
    return found + _check_until(view, "special")


def add_special(view: StepView) -> Fields:
    clock = view.clock
    if clock is None or not PROCEDURES[text(view.group("special"), "procedure")]:
        return {}
    return {"clock": pause(clock, view.on).as_value()}


def check_suspension(view: StepView) -> list[Problem]:
    return _check_reason(view, "suspension", SUSPENSIONS, "挂起") + _check_until(view, "suspension")


def add_suspension(view: StepView) -> Fields:
    clock = view.clock
    return {} if clock is None else {"clock": pause(clock, view.on).as_value()}


def add_resumption(view: StepView) -> Fields:
    clock = view.clock
    return {} if clock is None else {"clock": resume(clock, view.on, view.overrides).as_value()}


def check_extension(view: StepView) -> list[Problem]:
    clock, extension = view.clock, view.group("extension")
    if clock is None:
        return [problem("clock_not_started", "extension")]
    found = []
    if clock.extended_days:
        found.append(problem("extended_before", "extension"))
    limit = extension_days_max(clock)
    if not 1 <= integer(extension, "days") <= limit:
        found.append(problem("extension_days", "extension", limit=limit))
    if not text(extension, "approved_by"):
        found.append(problem("not_approved", "extension"))
    if not text(extension, "reason"):
        found.append(problem("reason_missing", "extension"))
    if extension.get("told") is not True:
        found.append(problem("not_told", "extension"))
    return found


def add_extension(view: StepView) -> Fields:
    clock = view.clock
    assert clock is not None, "the check refuses an extension of what has not begun"
    return {"clock": extend(clock, integer(view.group("extension"), "days"), view.overrides).as_value()}


def check_refusal(view: StepView) -> list[Problem]:
    found = _check_reason(view, "refusal", REFUSALS, "不予受理")
    if view.before.get("state") != "to_correct" and view.answer_is_late:
        found.append(problem("refusal_late", "refusal"))
    return found


def check_decision(view: StepView) -> list[Problem]:
    decision = view.group("decision")
    granted = decision.get("granted")
    if not isinstance(granted, bool):
        return [problem("decision_unclear", "decision")]
    if granted:
        return [problem("tolerance_open", "decision", name=name) for name in outstanding(view)]
    return [] if text(decision, "text") else [problem("reason_missing", "decision")]


def add_decision(view: StepView) -> Fields:
    clock = view.clock
    return {} if clock is None else {"clock": decided(clock, view.on, view.overrides).as_value()}


def check_finish(view: StepView) -> list[Problem]:
    if view.group("decision").get("granted") is not True:
        return []
    return [problem("tolerance_open", "result", name=name) for name in outstanding(view)]


def add_finish(view: StepView) -> Fields:
    granted = view.group("decision").get("granted") is True
    makes_certificate = text(view.item, "result").rstrip("。").endswith(("证", "证书", "卡", "照"))
    return {"finish_type": CERTIFICATE if granted and makes_certificate else FINISHED}


def check_transfer(view: StepView) -> list[Problem]:
    reason = text(view.group("transfer"), "reason")
    return _check_holder(view, "transfer") or ([] if reason else [problem("reason_missing", "transfer")])


def _check_holder(view: StepView, field: str) -> list[Problem]:
    """Whom the group names under `to` can act, and does not have it already."""
    to = text(view.group(field), "to")
    if not to:
        return [problem("holder_unnamed", field)]
    family, _, name = to.partition(":")
    if not name or family not in ("unit", "place") or (family == "place" and not is_place(name)):
        return [problem("holder_unknown", field, value=to)]
    return [problem("holder_same", field)] if to == text(view.before, "holder") else []


def add_transfer(view: StepView) -> Fields:
    """The clock goes on: a case that is passed about is late all the same."""
    return {"holder": text(view.group("transfer"), "to")}


def check_passing_up(view: StepView) -> list[Problem]:
    """The opinion of the authority below goes up with the whole filing; the applicant brings nothing twice (35)."""
    clock, passing = view.clock, view.group("passing_up")
    if clock is None or not clock.is_below:
        return [problem("review_none", "passing_up")]
    return _check_holder(view, "passing_up") or (
        [] if text(passing, "opinion") else [problem("opinion_missing", "passing_up")]
    )


def add_passing_up(view: StepView) -> Fields:
    clock = view.clock
    assert clock is not None, "the check refuses what has no review"
    return {
        "holder": text(view.group("passing_up"), "to"),
        "clock": pass_up(clock, view.on, view.overrides).as_value(),
    }


def check_decided_above(view: StepView) -> list[Problem]:
    """Who reviews first decides nothing."""
    clock = view.clock
    return [problem("review_first", "decision")] if clock is not None and clock.is_below else []


def check_voiding(view: StepView) -> list[Problem]:
    return _check_reason(view, "voiding", VOIDINGS, "作废")


def _check_until(view: StepView, field: str) -> list[Problem]:
    """The day until which it will take, as the applicant was told; the holder's own limit while the clock stands."""
    said = view.group(field).get("until")
    if said in (None, "") or ((day := parse_date(said)) is not None and day > view.on):
        return []
    return [problem("pause_until", field)]


def _check_reason(view: StepView, field: str, known: tuple[str, ...], label: str) -> list[Problem]:
    """A group with a reason from the table and words of its own."""
    group = view.group(field)
    reason = text(group, "reason")
    found = [] if reason in known else [problem("value_unknown", field, label=label, value=reason)]
    return found if text(group, "text") else [*found, problem("reason_missing", field)]
