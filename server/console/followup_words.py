"""The words of what follows a filing: kinds and findings of tasks, sources, types and states of tickets, ratings."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Pair
from server.domain.supervision.tasks import NOT_ASKED

TASK_CODES: Mapping[str, Pair] = {
    "bad_rating": ("差评核实整改", "A bad rating to verify"),
    "revocation_asked": ("居民请求撤回同意", "A withdrawal of consent was asked for"),
    "consent_revoked": ("同意已撤回，停止处理", "A consent was withdrawn: stop"),
    "parcel_lost": ("邮件无进展或退回", "A parcel is stuck or came back"),
    "promise_overdue": ("容缺材料逾期未补", "Promised materials are overdue"),
    "correction_overdue": ("逾期未补正", "A correction is overdue"),
    "joint_part": ("联办环节待答复", "A part of a joint handling to answer"),
    "licence_expired": ("证照过期，核对是否影响决定", "A licence expired: does it touch the decision?"),
    "bulletin_objection": ("对通报的异议", "An objection to a bulletin"),
    "supervision_order": ("督办单", "A supervision order"),
    "bulletin_help": ("通报靠后，需要什么帮助", "Low figures: what would help"),
    "call_back": ("抽样回访", "A sample call-back"),
    "limit_account": ("研究是否限制账号", "Consider limiting an account"),
    NOT_ASKED: ("居民说没有申请过", "The resident did not ask for it"),
}
TASK_STATES: Mapping[str, Pair] = {
    "open": ("待办", "Open"),
    "explained": ("已说明，待办结", "Explained, to be closed"),
    "closed": ("已办结", "Closed"),
}
ORDER_STATES: Mapping[str, Pair] = {
    "open": ("待答复", "To be answered"),
    "explained": ("已答复，待核查", "Answered, to be checked"),
    "closed": ("已核查办结", "Checked and closed"),
}
TASK_FINDINGS: Mapping[str, Pair] = {
    "done": ("已办好", "Done"),
    "well_founded": ("属实，已整改", "Well founded, and put right"),
    "unfounded": ("不属实", "Unfounded"),
    "unreachable": ("联系不上", "Not reached"),
}
TICKET_SOURCES: Mapping[str, Pair] = {
    "hotline": ("12345 热线", "12345 hotline"),
    "online": ("网上", "Online"),
    "appeal": ("帮办员代诉求", "By a helper, for the resident"),
}
TICKET_TYPES: Mapping[str, Pair] = {
    "question": ("咨询（1个工作日）", "Question (1 working day)"),
    "request": ("求助（5个工作日）", "Request (5 working days)"),
    "complaint": ("投诉（5个工作日）", "Complaint (5 working days)"),
    "appeal": ("异议（5个工作日）", "Appeal (5 working days)"),
}
TICKET_STATES: Mapping[str, Pair] = {
    "open": ("待答复", "To be answered"),
    "answered": ("已答复，待回访", "Answered, to be called back"),
    "reopened": ("重办", "Opened again"),
    "closed": ("已办结", "Closed"),
}
GRADES: Mapping[str, Pair] = {
    "5": ("非常满意", "Very satisfied"),
    "4": ("满意", "Satisfied"),
    "3": ("基本满意", "Fairly satisfied"),
    "2": ("不满意", "Dissatisfied"),
    "1": ("非常不满意", "Very dissatisfied"),
}
SATISFACTION: Mapping[str, Pair] = {**GRADES, "0": ("没有联系上", "Not reached")}
RATING_CHANNELS: Mapping[str, Pair] = {
    "page": ("居民自己", "The resident's own"),
    "call": ("电话回访", "By a call"),
    "paper": ("纸质，由他人代交", "On paper, by another person"),
}
REVOKE_CHANNELS: Mapping[str, Pair] = {
    "desk": ("到窗口", "At the desk"),
    "hotline": ("来电", "By the hotline"),
    "page": ("网页请求，已回电核实", "Asked on the page, confirmed by a call"),
    "helper": ("通过帮办员", "Through the helper"),
}
STEPS: Mapping[str, Pair] = {
    "task.open": ("开始", "Opened"),
    "task.pass": ("转交", "Passed on"),
    "task.explain": ("说明", "Explained"),
    "task.close": ("办结", "Closed"),
    "ticket.open": ("登记", "Taken in"),
    "ticket.appeal": ("帮办员代居民提出", "Made by a helper for the resident"),
    "ticket.pass": ("转交", "Passed on"),
    "ticket.answer": ("答复", "Answered"),
    "ticket.close": ("回访办结", "Called back and closed"),
    "ticket.reopen": ("重办", "Opened again"),
    "rating.give": ("评价", "Rated"),
    "rating.set_aside": ("不计入", "Set aside"),
    "consent.give": ("签署", "Signed"),
    "consent.revoke": ("撤回", "Withdrawn"),
    "": ("由另一件带入", "By another record"),
}
