"""The words of supervision: levels and clocks of lights, the stages of escalation, states and findings of reviews."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Pair

LEVELS: Mapping[str, Pair] = {
    "red_plus": ("红灯升级", "Red plus"),
    "red": ("红灯", "Red"),
    "yellow": ("黄灯", "Yellow"),
    "blue": ("蓝灯", "Blue"),
    "unknown": ("情况不明", "Unknown"),
}
LEVEL_MEANINGS: Mapping[str, Pair] = {
    "red_plus": ("超过法定期限，或本月第三次红灯", "over the statutory days, or the third red of a month"),
    "red": ("超过承诺、答复或送达时限", "over the promise, the answer or the delivery"),
    "yellow": ("只剩一个工作日，或本环节过长", "a working day is left, or a step takes long"),
    "blue": ("剩余时间不到五分之一", "a fifth of the days or less is left"),
    "unknown": ("很久没有联系，无法判断；不是红灯", "no contact, so nothing can be said; never red"),
}
CLOCKS: Mapping[str, Pair] = {
    "answer": ("受理答复", "The answer to a filing"),
    "promise": ("承诺办结", "The promised decision"),
    "tolerance": ("容缺材料补交", "Material promised for later"),
    "delivery": ("送达", "Delivery"),
    "correction": ("补正", "Correction"),
    "part": ("联办环节", "A unit's part of a joint handling"),
    "review": ("下级审查", "The review below"),
    "pause": ("停表（特别程序、挂起）", "A procedure or suspension"),
    "step": ("本环节用时", "The present step"),
    "sync_lag": ("采集后上传", "Sending what was captured"),
    "campaign": ("认领编制", "The claims of a round"),
    "returned": ("退回清单的整改", "Returned lists to put right"),
    "look_back": ("回头看问题的整改", "What a look-back found, to put right"),
    "no_contact": ("与中心联系", "Contact with the centre"),
}
LIGHT_STATES: Mapping[str, Pair] = {
    "lit": ("亮着，待说明", "Lit, to be explained"),
    "explained": ("已说明", "Explained"),
    "cleared": ("已熄灭", "Cleared"),
}
STAGES: Mapping[str, Pair] = {
    "warn": ("黄灯预警", "Yellow warning"),
    "caution": ("红灯警示", "Red caution"),
    "supervise": ("督查督办", "Supervised"),
    "talk": ("通报约谈", "Told and talked to"),
    "assess": ("目标考核", "Assessed"),
    "account": ("责任追究", "Held to account"),
}
REVIEW_STATES: Mapping[str, Pair] = {
    "opened": ("待说明", "To be explained"),
    "explained": ("已说明，待结论", "Explained, to be found on"),
    "found": ("已有结论", "Found on"),
}
FINDINGS: Mapping[str, Pair] = {
    "unfounded": ("正常，不成立", "Unfounded: there was a good reason"),
    "unclear": ("无法判断", "Unclear"),
    "confirmed": ("属实", "Confirmed"),
}
STEPS: Mapping[str, Pair] = {
    "light.raise": ("亮灯", "Raised"),
    "light.change": ("级别或承办有变", "Level or holder changed"),
    "light.clear": ("熄灭", "Cleared"),
    "light.order": ("发出督办单", "Its order issued"),
    "light.explain": ("说明原因", "Explained"),
    "light.escalate": ("升级督办", "Taken to the next stage"),
    "review.open": ("发现需要了解的情况", "A pattern was seen"),
    "review.explain": ("登记说明", "Explanation recorded"),
    "review.find": ("作出结论", "Found on"),
    "": ("本人在手机上答复", "Answered on the phone"),
}


def why_words(why: str, english: bool) -> str:
    """Why a stage was reached: in a person's words, or the clock and level that the centre noted."""
    clock, _, level = why.partition(" ")
    if clock in CLOCKS and level in LEVELS:
        return f"{CLOCKS[clock][english]} · {LEVELS[level][english]}"
    return why
