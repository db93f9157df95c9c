"""Owns the words of the notices by which a holder hears of a light or an order and a helper of a review.

Law: a notice names no resident and accuses nobody; it says what was seen, what it may come from, and what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain.record_fields import Fields, integer, text
from server.domain.supervision.notices import notice_fields

ASKS = "explanation"
_CLOCKS: Mapping[str, tuple[str, str]] = {
    "answer": ("受理答复时限", "the answer to the filing"),
    "promise": ("承诺办结时限", "the promised decision"),
    "tolerance": ("容缺材料补交时限", "the material promised for later"),
    "delivery": ("送达时限", "the delivery of the result"),
    "correction": ("补正时限", "the correction asked for"),
    "part": ("联办环节答复时限", "your unit's part of a joint handling"),
    "review": ("下级审查时限", "the review before it is passed up"),
    "pause": ("特别程序或挂起的预计时间", "the time told for the procedure or the suspension"),
    "step": ("本环节时限", "the present step"),
    "sync_lag": ("采集后上传时限", "sending what was captured"),
    "campaign": ("认领编制时限", "the claims of the campaign"),
    "returned": ("退回清单整改时限", "the lists that were returned"),
    "look_back": ("回头看整改时限", "what a look-back found"),
    "no_contact": ("与中心联系", "contact with the centre"),
}
_LEVELS: Mapping[str, tuple[str, str]] = {
    "blue": ("蓝灯提醒", "blue: time is running"),
    "yellow": ("黄灯预警", "yellow: hardly any time is left"),
    "red": ("红灯警示", "red: the time is over"),
    "red_plus": ("红灯升级", "red, and more: over the statutory days, or again this month"),
    "unknown": ("情况不明", "unknown"),
}
LIGHT_CODES = frozenset(_CLOCKS)
_ORDER = (
    "请尽快办理，并答复：为什么、做了什么、何时办好。",
    "Please act, and answer why it came to this, what was done, and when it will be over.",
)
_ORDERS: Mapping[str, tuple[str, str]] = {
    # What a phone did not send is no fault of who carries it: the question is what stood in the way.
    "sync_lag": (
        "请答复：是什么耽误了上传，需要什么帮助。",
        "Please answer what kept it from being sent, and what would help.",
    ),
}


def light_notice(to: str, light: str, fields: Fields) -> dict[str, object]:
    """To whoever holds what the light is about."""
    clock_zh, clock_en = _CLOCKS[text(fields, "code")]
    level_zh, level_en = _LEVELS[text(fields, "level")]
    which = text(fields, "number") or (f"{integer(fields, 'count')}项" if integer(fields, "count") else "")
    due = text(fields, "due")
    asked = text(fields, "explain_due")
    zh = f"{level_zh}：{which}{clock_zh}" + (f"，到期日{due}" if due else "")
    en = f"{level_en}. It is about {clock_en}" + (f" of {which}" if which else "") + (f", due {due}" if due else "")
    if asked:
        zh += f"。请尽快办理，并在{asked}前说明原因"
        en += f". Please act, and say why by {asked}"
    told = notice_fields(to, light, f"{zh}。", f"{en}.")
    return {
        **told,
        "about_kind": "light",
        "code": f"light_{text(fields, 'level')}",
        **({"asks": ASKS} if asked else {}),
    }


def order_said(light: Fields) -> tuple[str, str]:
    """What an order says of its light, in both languages."""
    clock_zh, clock_en = _CLOCKS[text(light, "code")]
    level_zh, level_en = _LEVELS[text(light, "level")]
    number, due = text(light, "number"), text(light, "due")
    zh = f"{level_zh}：{number}{clock_zh}" + (f"，到期日{due}" if due else "")
    en = f"{level_en}. It is about {clock_en}" + (f" of {number}" if number.isascii() and number else "")
    en += f", due {due}" if due else ""
    ask_zh, ask_en = _ORDERS.get(text(light, "code"), _ORDER)
    return f"{zh}。{ask_zh}", f"{en}. {ask_en}"


def order_notice(to: str, order: str, light: Fields, answer_by: str) -> dict[str, object]:
    """To whoever has to act, who answers it here."""
    zh, en = order_said(light)
    zh, en = f"督办单。{zh}请在{answer_by}前答复。", f"Supervision order. {en} Please answer by {answer_by}."
    return {**notice_fields(to, order, zh, en), "about_kind": "task", "code": "order", "asks": ASKS}


def watcher_notice(to: str, order: str, light: Fields, answer_by: str) -> dict[str, object]:
    """To the supervisor in whose area it lies: answered by nobody here, checked at the desk."""
    zh, en = order_said(light)
    zh, en = (
        f"已发出督办单，承办须在{answer_by}前答复。{zh}",
        f"A supervision order was issued, to be answered by {answer_by}. {en}",
    )
    return {**notice_fields(to, order, zh, en), "about_kind": "task", "code": "order_issued"}


def answered_notice(to: str, order: str, light: Fields) -> dict[str, object]:
    clock_zh, clock_en = _CLOCKS[text(light, "code")]
    number = text(light, "number")
    zh = f"督办单已答复，请核查：{number}{clock_zh}。"
    en = f"A supervision order was answered, please check it. It is about {clock_en}"
    en += f" of {number}." if number.isascii() and number else "."
    return {**notice_fields(to, order, zh, en), "about_kind": "task", "code": "order_answered"}


def review_notice(to: str, review: str, fields: Fields) -> dict[str, object]:
    """To the helper whose work shows the pattern."""
    since, until = text(fields, "since"), text(fields, "until")
    zh = (
        f"{since}至{until}的办件有一种情况需要了解（{text(fields, 'code')}）。这不是处罚，也不影响您的工作；"
        "很多时候有正常原因。请回复说明当时的情况，审查人会看您的说明。"
    )
    en = (
        f"Something in your filings from {since} to {until} needs a look ({text(fields, 'code')}). This is no penalty "
        "and changes nothing for you; often there is a good reason. Please answer how it was; the reviewer reads it."
    )
    told = notice_fields(to, review, zh, en)
    return {**told, "about_kind": "review", "code": "review_opened", "asks": ASKS}
