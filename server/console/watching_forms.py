"""The forms of supervision's steps: what is said to a light, its next stage, and what is found on a review."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Ask, Input, StepForm
from server.console.watching_words import FINDINGS, STAGES

LIGHT_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm(
            "light.explain",
            ("说明原因", "Say why"),
            (
                Input(
                    *("explanation", ("原因和打算", "Why, and what will be done"), Ask.TEXT),
                    hint=("不要写居民的姓名和证件号。", "Leave out residents' names and numbers."),
                ),
            ),
        ),
        StepForm(
            "light.escalate",
            ("升级督办", "Take it to the next stage"),
            (
                Input(
                    *("stage", ("升到", "To"), Ask.CHOICE, STAGES),
                    hint=(
                        "只能逐级升，不能跳级，也不能收回。",
                        "One stage at a time; none is skipped and none taken back.",
                    ),
                ),
                Input("why", ("理由", "Reason"), Ask.TEXT),
            ),
            grave=True,
        ),
    )
}
REVIEW_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm(
            "review.explain",
            ("登记帮办员的说明", "Record what the helper said"),
            (
                Input(
                    *("explanation", ("说明", "What was said"), Ask.TEXT),
                    hint=("本人也可以在手机上直接答复。", "The helper may also answer on the phone."),
                ),
            ),
        ),
        StepForm(
            "review.find",
            ("作出结论", "Find"),
            (
                Input("finding", ("结论", "Finding"), Ask.CHOICE, FINDINGS),
                Input("finding_note", ("依据", "On what grounds"), Ask.TEXT, required=False),
            ),
            grave=True,
        ),
    )
}
