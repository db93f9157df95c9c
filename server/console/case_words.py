"""The words of a case: its steps, materials, clocks, outcomes, and how a consent was given."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.case_forms import CASE_FORMS
from server.console.step_forms import Pair

STEPS: Mapping[str, Pair] = {
    "case.open": ("建草稿", "Draft begun"),
    "case.edit": ("修改", "Edited"),
    "case.submit": ("提交", "Submitted"),
    "case.receive": ("收件", "Received"),
    "case.amend": ("修改联系方式", "Contact amended"),
    "case.correct": ("补正", "Corrected"),
    "case.supply": ("补交承诺材料", "Promised material supplied"),
    "case.track": ("物流", "Parcel"),
    "case.rate": ("评价", "Rated"),
    "case.hand_over": ("帮办员送达", "Handed over by the helper"),
    "case.licence_lapse": ("证照过期", "Licence expired"),
    "case.import": ("导入", "Imported"),
    "case.import_accepted": ("导入（已受理）", "Imported, accepted before"),
    **{step: form.words for step, form in CASE_FORMS.items()},
}
MATERIALS: Mapping[str, Pair] = {
    "paper": ("已收纸质", "on paper"),
    "attached": ("已附件", "attached"),
    "scanned": ("已扫描", "scanned"),
    "promised": ("承诺后补", "promised for later"),
    "licence": ("电子证照", "by licence"),
    "missing": ("缺", "missing"),
    "not_needed": ("不需要", "not needed"),
    "awaited": ("等前一环节", "awaited from another leg"),
}
OUTCOMES: Mapping[str, Pair] = {
    "applied": ("已执行", "applied"),
    "merged": ("已合并", "merged"),
    "conflict": ("有冲突", "conflict"),
    "refused": ("未执行", "refused"),
    "parked": ("搁置", "parked"),
    "duplicate": ("重复", "duplicate"),
}
MEANS: Mapping[str, Pair] = {
    "signature": ("签名", "signature"),
    "fingerprint": ("按手印", "fingerprint"),
    "oral": ("口头（有见证人）", "spoken, with a witness"),
}
SPANS: Mapping[str, Pair] = {
    "overdue": ("已超期", "Overdue"),
    "long_late": ("超期5天以上", "late by more than 5 days"),
    "late": ("超期1–5天", "late by 1 to 5 days"),
    "soon": ("今明两天", "today or tomorrow"),
    "near": ("2–5天内", "within 2 to 5 days"),
    "later": ("更晚", "later"),
}
"""Of the last day of a case, as the overview counts them."""
DUES: Mapping[str, Pair] = {
    "answer": ("受理或一次告知", "Accept or ask, once"),
    "correction": ("补正", "Correction"),
    "part": ("联办单位答复", "A unit's part"),
    "review": ("审查并转报", "Review and pass up"),
    "pause": ("停表到期，应恢复或再告知", "Pause: go on, or tell another day"),
    "promise": ("承诺办结", "Promised"),
    "legal": ("法定办结", "By law"),
    "tolerance": ("容缺材料", "Promised materials"),
    "delivery": ("送达", "Delivery"),
}


def _said(table: Mapping[str, Pair], key: str, english: bool) -> str:
    pair = table.get(key)
    return key if pair is None else pair[english]


def step_words(step: str, english: bool) -> str:
    """A change without a name came from another record, such as the leg before."""
    return _said(STEPS, step, english) if step else ("By another case" if english else "由另一件带入")


def material_words(state: str, english: bool) -> str:
    return _said(MATERIALS, state, english)


def outcome_words(code: str, english: bool) -> str:
    return _said(OUTCOMES, code, english)


def means_words(means: str, english: bool) -> str:
    return _said(MEANS, means, english)


def span_words(span: str, english: bool) -> str:
    return _said(SPANS, span, english)


def due_words(code: str, english: bool) -> str:
    return _said(DUES, code, english)
