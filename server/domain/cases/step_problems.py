"""Owns the words for what keeps a step with a case from being taken: a part of the table of all problems.

Law: as in server/domain/problems.py, a code is stable and its texts say the same in both languages.
"""

from __future__ import annotations

# code: (Chinese, English)
STEP_PROBLEMS: dict[str, tuple[str, str]] = {
    "reason_missing": ("须写明理由", "a reason in words is needed"),
    "not_told": ("须书面告知申请人", "the applicant must be told in writing"),
    "pause_until": ("预计所需时间应写到今天之后的某一天", "until when it takes must be a day after today"),
    "not_approved": ("须写明批准的负责人", "who approved it must be named"),
    "accept_incomplete": (
        "“{name}”未收到：请收取、容缺或一次性告知补正",
        "“{name}” is not there: take it in, take a promise, or return one complete list",
    ),
    "correction_empty": ("补正告知须列出材料或填报内容", "a return must name materials or answers"),
    "correction_incomplete": (
        "须一次性告知：还缺“{name}”",
        "one complete list: “{name}” is missing too",
    ),
    "correction_unknown": ("该事项没有材料{no}", "the item has no material {no}"),
    "correction_twice": (
        "只能补正一次：上次没有要求{no}",
        "a return is made once: {no} was not asked for then",
    ),
    "correction_late": (
        "已过五个工作日，自收件之日起视为受理，请办理受理",
        "after five working days it counts as accepted from receipt: accept it",
    ),
    "correction_due": ("补正期限应晚于今天", "the day for the correction must be later than today"),
    "lapse_early": ("补正期限未到，不能终止", "the day for the correction has not passed"),
    "refusal_late": (
        "已过五个工作日，视为受理，请作出决定",
        "after five working days it counts as accepted: decide it",
    ),
    "promise_unread": ("容缺承诺的后果须已宣读", "the consequences of the promise must have been read out"),
    "promise_unsigned": ("容缺须有签字的承诺书", "a promise must be signed"),
    "supply_not_promised": ("这份材料没有承诺补交", "this material was not promised"),
    "supply_empty": ("没有收到容缺材料", "no promised material was brought"),
    "choice_too_late": (
        "办件已受理，材料{no}须保持已收到，请选择现有的值",
        "the case is accepted: material {no} stays as it came; choose what stands",
    ),
    "tolerance_none": ("没有待补的容缺材料", "nothing is promised any more"),
    "tolerance_extension_due": ("新的期限应晚于原期限和今天", "the new day must be later than the old and today"),
    "tolerance_extension_reason": (
        "只有不可抗力并经批准才能延长容缺期限",
        "only force majeure, approved, lengthens the time",
    ),
    "tolerance_not_late": ("容缺期限未到", "the promised day has not passed"),
    "promise_barred": (
        "申请人有未解除的容缺失信记录，不能再容缺受理，请一次性告知补正",
        "a broken promise of this person stands: no new one is accepted, return one complete list",
    ),
    "credit_none": ("没有可解除的失信记录", "there is no broken promise to clear"),
    "credit_stands": ("失信记录未满期", "the broken promise still stands"),
    "own_filing": (
        "本人代办的办件须由他人受理和决定：请同窗口的同事办理，没有同事的请转办",
        "who filed a case neither accepts nor decides it: ask a colleague, or transfer it where there is none",
    ),
    "tolerance_open": (
        "“{name}”尚未补交，不能发证",
        "“{name}” has not come: no certificate before it does",
    ),
    "clock_not_started": ("尚未受理，没有时限可延", "it is not accepted, there is no time to extend"),
    "extended_before": ("只能延期一次", "the time is extended once only"),
    "extension_days": ("延期应为1至{limit}个工作日", "an extension is 1 to {limit} working days"),
    "decision_unclear": ("须写明准予或不予", "the decision must say granted or not"),
    "joint_lead": ("牵头单位不用列为联办单位", "who leads is not named among the others"),
    "joint_units": ("联办单位不能重复，至多{limit}个", "each unit once, {limit} at most"),
    "part_none": ("“{value}”没有待办的联办环节", "“{value}” has no part that is open"),
    "part_unclear": ("联办意见须写明同意或不同意", "an answer must say agrees or not"),
    "part_open": ("联办单位“{value}”尚未答复", "“{value}” has not answered its part"),
    "holder_unnamed": (
        "还没有写明给谁：请选一个单位或地方",
        "nobody is named yet: choose a unit or a place",
    ),
    "holder_unknown": ("没有“{value}”这个承办方", "there is no desk or unit “{value}”"),
    "review_none": (
        "本事项由受理单位直接决定，或已经转报，不用转报",
        "this item is decided where it was accepted, or was passed up already",
    ),
    "opinion_missing": ("须写明初步审查意见", "the opinion of the review is missing"),
    "review_first": (
        "本事项由上级决定：请写明审查意见后转报",
        "an authority above decides this item: give your opinion and pass it up",
    ),
    "holder_same": ("已由该承办方办理", "that desk has it already"),
    "cross_area": (
        "户籍在{place}，该事项不通办：请转办当地单位",
        "registered in {place}, where this item is handled: pass the case to the unit there",
    ),
    # bundles
    "bundle_unknown": ("没有“{value}”这个一件事", "there is no bundle “{value}”"),
    "bundle_legs": ("一件事的环节与定义不符", "the legs are not those of the bundle"),
    "bundle_foreign": ("这个办件不是该一件事的环节", "this case is no leg of that bundle"),
    "bundle_consent": ("同意书没有写明环节“{name}”的事项", "the consent does not name the item of leg “{name}”"),
    # working days
    "calendar_day": ("{field}应写明是否上班和理由", "{field} must say whether people work, and why"),
    "calendar_year": ("{field}不在这一年", "{field} is not in this year"),
    "accept_licence": (
        "“{name}”有可用的电子证照：请先调用，再勾选为收到",
        "a licence at hand stands for “{name}”: use it, then tick it as here",
    ),
    "unit_decides": (
        "由承办单位作出决定：本窗口可受理、补正，决定由该单位办理",
        "the unit that holds it decides: this desk may take it in and ask for what is missing",
    ),
    "handover_missing": (
        "须登记由谁领取、与本人的关系和时间",
        "say who took the result, how they are related, and when",
    ),
}
