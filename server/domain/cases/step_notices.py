"""Owns who is told of a step with a case, and in which words.

Law: the helper hears of what asks for an act or ends the case; of a transfer, both desks hear as well. Nobody is told
of what they did themselves.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.people.reach import desk_bucket
from server.domain.record_fields import Fields, groups, text

# step → (code, Chinese, English); {number} is the official number or the receipt, {why} the desk's own
# words, {until} the day to which a broken promise stands
TOLD: Mapping[str, tuple[str, str, str]] = {
    "case.return": (
        "case_returned",
        "办件{number}须一次性补正：{why}。请按清单备齐后补正。",
        "Case {number} is returned once, with one list: {why}. Bring all of it, then correct the case.",
    ),
    "case.refuse": (
        "case_refused",
        "办件{number}不予受理：{why}。请告知本人。",
        "Case {number} is not accepted: {why}. Tell the resident.",
    ),
    "case.decide": (
        "case_decided",
        "办件{number}已作出决定：{why}。",
        "Case {number} is decided: {why}.",
    ),
    "case.finish": (
        "case_finished",
        "办件{number}已办结，请关注送达。",
        "Case {number} is finished; see that the result reaches the resident.",
    ),
    "case.special": (
        "case_special",
        "办件{number}进入特别程序：{why}，所需时间不计入时限。请告知本人。",
        "Case {number} goes through a procedure: {why}. Tell the resident.",
    ),
    "case.extend": (
        "case_extended",
        "办件{number}经批准延期：{why}。请告知本人。",
        "Case {number} takes longer, with approval: {why}. Tell the resident.",
    ),
    "case.tolerance_extend": (
        "tolerance_extended",
        "办件{number}容缺材料补交期限已延长至{why}。",
        "The promised material of case {number} may come until {why}.",
    ),
    "case.tolerance_fail": (
        "tolerance_failed",
        "办件{number}因容缺材料未按承诺补交而终止：{why}。失信记录保留至{until}，其间不再容缺受理。请告知本人。",
        "Case {number} has ended, since what was promised did not come: {why}. "
        "Until {until} no other promise is accepted. Tell the resident.",
    ),
    "case.licence_lapse": (
        "licence_expired",
        "办件{number}用到的电子证照已过有效期，相应材料需要重新提供：请联系本人。",
        "An electronic licence that case {number} relied on has expired: its paper is needed again. Ask the resident.",
    ),
    "case.lapse": (
        "case_lapsed",
        "办件{number}逾期未补正，已终止。请告知本人。",
        "Case {number} has ended, since the correction did not come. Tell the resident.",
    ),
    "case.void": (
        "case_voided",
        "办件{number}已作废：{why}。请告知本人。",
        "Case {number} was made void: {why}. Tell the resident.",
    ),
    "case.withdraw": (
        "case_withdrawn",
        "办件{number}已撤回。",
        "Case {number} was withdrawn.",
    ),
    "case.part_answer": (
        "part_answered",
        "办件{number}的联办单位已答复：{why}。",
        "A unit has answered its part of case {number}: {why}.",
    ),
    "case.pass_up": (
        "case_passed_up",
        "办件{number}已审查完毕并转报上级决定：{why}。",
        "Case {number} was reviewed and passed up to be decided: {why}.",
    ),
    "case.transfer": (
        "case_transferred",
        "办件{number}已转办：{why}。时限连续计算。",
        "Case {number} was passed to another desk: {why}. Its time goes on.",
    ),
}
_WORDS_IN: Mapping[str, tuple[str, str]] = {
    "case.return": ("correction", "text"),
    "case.refuse": ("refusal", "text"),
    "case.decide": ("decision", "text"),
    "case.special": ("special", "text"),
    "case.extend": ("extension", "reason"),
    "case.tolerance_extend": ("tolerance_extension", "due"),
    "case.tolerance_fail": ("tolerance_failure", "text"),
    "case.void": ("voiding", "text"),
    "case.transfer": ("transfer", "reason"),
    "case.pass_up": ("passing_up", "opinion"),
    "case.part_answer": ("part_answer", "text"),
}


_DECIDED: Mapping[bool, tuple[str, str]] = {True: ("准予", "granted"), False: ("不予", "not granted")}


def words_of(step: str, case: Fields) -> tuple[str, str, str]:
    """(code, Chinese, English) of what is told."""
    code, zh, en = TOLD[step]
    field, name = _WORDS_IN.get(step, ("", ""))
    group = case.get(field)
    why = text(group, name) if isinstance(group, dict) else ""
    if step == "case.return" and not why and isinstance(group, dict):
        why = "、".join(filter(None, (text(row, "name") for row in groups(group, "materials"))))
    zh_why, en_why = why or "—", why or "—"
    if step == "case.decide" and isinstance(group, dict):
        zh_said, en_said = _DECIDED[group.get("granted") is True]
        zh_why, en_why = (f"{zh_said}（{why}）", f"{en_said} ({why})") if why else (zh_said, en_said)
    number = text(case, "number") or text(case, "receipt")
    credit = case.get("credit")
    until = text(credit, "until") if isinstance(credit, dict) else ""
    said = {"number": number, "until": until}
    return code, zh.format(**said, why=zh_why), en.format(**said, why=en_why)


def told_of(step: str, before: Fields, after: Fields, author: str) -> tuple[str, ...]:
    """The buckets in which the notice is put: the helper's own, and where the case changes hands both desks'."""
    if step not in TOLD:
        return ()
    if step == "case.part_answer":
        return tuple(filter(None, [_bucket_of(text(after, "holder"))]))  # between desks; the helper hears the decision
    helper = text(after, "helper")
    found = [f"person:{helper}"] if helper and helper != author else []
    if step in ("case.transfer", "case.pass_up"):
        found += [_bucket_of(text(before, "holder")), _bucket_of(text(after, "holder"))]
    return tuple(dict.fromkeys(one for one in found if one))


def _bucket_of(holder: str) -> str:
    """Where a unit's workers, or the desks of a place, read what is for them."""
    family, _, name = holder.partition(":")
    return {"unit": holder, "place": desk_bucket(name)}.get(family, "")
