"""The forms of what follows a filing: tasks, tickets of the hotline, ratings by call, a consent withdrawn at a desk.

Law: whom something can be passed to is offered by the page, which knows the place.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.console.followup_words import (
    GRADES,
    REVOKE_CHANNELS,
    SATISFACTION,
    TASK_FINDINGS,
    TICKET_SOURCES,
    TICKET_TYPES,
)
from server.console.step_forms import Ask, Input, StepForm

_HOLDER = Input("holder", ("转给", "To"), Ask.CHOICE, {})

TASK_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm(
            "task.explain",
            ("说明", "Explain"),
            (
                Input(
                    *("explanation", ("做了什么、为什么", "What was done, and why"), Ask.TEXT),
                    hint=("说明的人不能自己办结。", "Who explains does not close it."),
                ),
            ),
        ),
        StepForm(
            "task.close",
            ("办结", "Close"),
            (
                Input("finding", ("结论", "Finding"), Ask.CHOICE, TASK_FINDINGS),
                Input("finding_note", ("说明", "In words"), Ask.TEXT, required=False),
            ),
            grave=True,
        ),
        StepForm("task.pass", ("转交", "Pass on"), (_HOLDER,)),
    )
}
TICKET_OPEN = StepForm(
    "ticket.open",
    ("登记工单", "Take in a ticket"),
    (
        Input("source", ("来源", "Source"), Ask.CHOICE, {key: TICKET_SOURCES[key] for key in ("hotline", "online")}),
        Input("type", ("类型", "Type"), Ask.CHOICE, TICKET_TYPES),
        Input("number", ("热线工单号", "The hotline's number"), required=False),
        Input(
            *("days", ("期限（工作日）", "Working days"), Ask.NUMBER),
            required=False,
            hint=("不填按类型计算。", "Empty: by the type."),
        ),
        Input("text", ("诉求", "What is asked"), Ask.TEXT),
        Input("caller", ("来电人", "Who called"), required=False),
        Input("phone", ("回电号码", "Number to call back"), required=False),
    ),
)
TICKET_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm(
            "ticket.answer",
            ("答复", "Answer"),
            (
                Input(
                    *("answer", ("答复内容", "The answer"), Ask.TEXT),
                    hint=("会原样告诉来电人。", "The caller is told these very words."),
                ),
            ),
        ),
        StepForm("ticket.pass", ("转交", "Pass on"), (_HOLDER,)),
        StepForm(
            "ticket.close",
            ("回访办结", "Call back and close"),
            (Input("satisfaction", ("来电人是否满意", "Is the caller satisfied?"), Ask.GRADE, SATISFACTION),),
        ),
        StepForm(
            "ticket.reopen",
            ("重办", "Open it again"),
            (
                Input(
                    *("reopen_why", ("为什么重办", "Why again"), Ask.TEXT),
                    hint=("只能重办一次。", "A ticket is opened again once."),
                ),
            ),
            grave=True,
        ),
    )
}
RATING_CALL = StepForm(
    "rating.give",
    ("登记评价", "Record the rating"),
    (
        Input("grade", ("居民的评价", "What the resident says"), Ask.GRADE, GRADES),
        Input("text", ("居民的原话", "In the resident's own words"), Ask.TEXT, required=False),
    ),
    fixed=(("channel", "call"),),
)
RATING_FORMS: Mapping[str, StepForm] = {
    "rating.set_aside": StepForm(
        "rating.set_aside",
        ("不计入", "Set aside"),
        (
            Input(
                *("set_aside_why", ("为什么不计入", "Why it does not count"), Ask.TEXT),
                hint=(
                    "只用于不是居民本人的评价；评价本身不改。",
                    "Only for one that was not the resident's; it stays as it is.",
                ),
            ),
        ),
        grave=True,
    )
}
CONSENT_REVOKE = StepForm(
    "consent.revoke",
    ("撤回同意", "Withdraw the consent"),
    (
        Input("revoke_channel", ("居民怎样提出", "How the resident asked"), Ask.CHOICE, REVOKE_CHANNELS),
        Input("revoke_reason", ("居民说的原因", "The reason, if one was given"), required=False),
    ),
    grave=True,
)
