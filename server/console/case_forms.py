"""The forms of a case's steps. What each may hold is told by the life cycle; here are its words."""

from __future__ import annotations

from collections.abc import Mapping

from server.console.step_forms import Ask, Input, Pair, StepForm
from server.domain.cases.joint import UNITS_MAX
from server.domain.cases.procedures import PROCEDURES, REFUSALS, SUSPENSIONS, VOIDINGS

_REASON: Pair = ("理由", "Reason")
_TEXT: Pair = ("说明（会告知申请人）", "In words (the applicant is told)")
_UNTIL: Pair = ("预计到哪一天（会告知申请人）", "Until about which day (the applicant is told)")

PROCEDURE_WORDS: Mapping[str, Pair] = {
    "hearing": ("听证", "Hearing"),
    "tender": ("招标", "Tender"),
    "auction": ("拍卖", "Auction"),
    "inspection": ("检验", "Inspection"),
    "test": ("检测", "Test"),
    "quarantine": ("检疫", "Quarantine"),
    "appraisal": ("鉴定", "Appraisal"),
    "expert_review": ("专家评审", "Expert review"),
    "public_notice": ("公示", "Public notice"),
    "site_visit": ("现场踏勘", "Site visit"),
    "panel": ("集体审议", "Panel"),
}
SUSPENSION_WORDS: Mapping[str, Pair] = {
    "applicant_asks": ("申请人要求", "The applicant asks"),
    "other_authority": ("等其他部门", "Another authority"),
    "force_majeure": ("不可抗力", "Force majeure"),
    "court": ("司法程序", "A court"),
}
REFUSAL_WORDS: Mapping[str, Pair] = {
    "not_needed": ("依法不需要办理", "Not needed by law"),
    "not_this_authority": ("不属于本机关职权", "Not this authority"),
    "not_correctable": ("无法补正", "Cannot be corrected"),
    "not_corrected": ("逾期未补正", "Not corrected in time"),
    "item_cancelled": ("事项已取消", "The item is cancelled"),
    "other": ("其他", "Other"),
}
VOIDING_WORDS: Mapping[str, Pair] = {
    "duplicate": ("重复办件", "Duplicate"),
    "mistaken": ("误报", "By mistake"),
    "false_filing": ("虚假办件", "False filing"),
    "consent_revoked": ("已撤回同意", "Consent revoked"),
    "other": ("其他", "Other"),
}
MODE_WORDS: Mapping[str, Pair] = {
    "ems": ("邮寄（EMS）", "By mail (EMS)"),
    "pickup": ("村便民服务点领取", "Pick-up in the village"),
    "window": ("窗口领取", "At the desk"),
    "electronic": ("电子送达", "Electronically"),
}
RELATION_WORDS: Mapping[str, Pair] = {
    "self": ("本人", "The resident"),
    "spouse": ("配偶", "Spouse"),
    "child": ("子女", "Child"),
    "parent": ("父母", "Parent"),
    "relative": ("其他亲属", "Relative"),
    "neighbour": ("邻居", "Neighbour"),
    "guardian": ("监护人", "Guardian"),
}
FAILURE_WORDS: Mapping[str, Pair] = {"late": ("逾期未补", "Late"), "false": ("内容虚假", "False")}
CLEARING_WORDS: Mapping[str, Pair] = {
    "mistaken": ("认定有误", "It was recorded by mistake"),
    "force_majeure": ("属不可抗力", "It was force majeure"),
    "made_good": ("已补交并纠正", "It was made good"),
}
assert PROCEDURE_WORDS.keys() == PROCEDURES.keys(), "every procedure has its words"
assert set(SUSPENSION_WORDS) == set(SUSPENSIONS), "every suspension has its words"
assert set(REFUSAL_WORDS) == set(REFUSALS), "every refusal has its words"
assert set(VOIDING_WORDS) == set(VOIDINGS), "every voiding has its words"

_TOLD = Input("x.told", ("已书面告知申请人", "The applicant was told in writing"), Ask.YES)


def _told(group: str) -> Input:
    return Input(f"{group}.told", _TOLD.words, Ask.YES)


# In the order in which a desk would want them.
CASE_FORMS: Mapping[str, StepForm] = {
    form.step: form
    for form in (
        StepForm(
            "case.accept",
            ("受理", "Accept"),
            (
                Input(
                    *("material", ("现在收到的材料", "What is here now"), Ask.HANDED_IN),
                    required=False,
                ),
                Input(
                    *("joint", ("联办单位（多个单位一起办时填写）", "Units that handle it jointly"), Ask.HOLDERS),
                    choices={},
                    required=False,
                    hint=(
                        "每行一个单位，可输入名称中的字再选；各单位会收到任务，都答复后才能决定。",
                        "One unit a line: type part of its name and choose. Each gets a task; the case waits for all.",
                    ),
                    lines=UNITS_MAX,
                ),
            ),
            # The life cycle knows no way back from acceptance: its clocks are the law's.
            warning=(
                "受理后开始计算法定时限，不能收回；受理错了只能转办或作废。请先核对材料。",
                "The clock by law begins and acceptance is not taken back: a wrong one is handed over or voided.",
            ),
        ),
        StepForm(
            "case.return",
            ("一次性告知补正", "Return with one complete list"),
            (
                Input(
                    *("correction.materials", ("还缺的材料", "What is missing"), Ask.MATERIALS),
                    required=False,
                    hint=(
                        "一次说全：没有列上的，以后不能再要。",
                        "Name all of it: what is not named is not asked for later.",
                    ),
                ),
                Input("correction.due", ("补正期限", "Until"), Ask.DAY),
                Input("correction.text", _TEXT, Ask.TEXT, required=False),
            ),
        ),
        StepForm(
            "case.refuse",
            ("不予受理", "Refuse"),
            (Input("refusal.reason", _REASON, Ask.CHOICE, REFUSAL_WORDS), Input("refusal.text", _TEXT, Ask.TEXT)),
            grave=True,
        ),
        StepForm(
            "case.precheck",
            ("预审通过", "Pre-check"),
            (Input("precheck", ("预审意见", "Finding"), Ask.TEXT, required=False),),
        ),
        StepForm(
            "case.review", ("开始审查", "Review"), (Input("review", ("审查意见", "Finding"), Ask.TEXT, required=False),)
        ),
        StepForm(
            "case.decide",
            ("作出决定", "Decide"),
            (
                Input("decision.granted", ("准予", "Granted"), Ask.VERDICT),
                Input(
                    "decision.text",
                    ("理由（不准予时必填）", "Reasons (needed when not granted)"),
                    Ask.TEXT,
                    required=False,
                ),
                Input("decision.document", ("文书号", "Document"), required=False),
            ),
        ),
        StepForm(
            "case.finish",
            ("办结", "Finish"),
            (
                Input("result.name", ("结果名称", "Result"), required=False),
                Input("result.number", ("证件或文书号", "Its number"), required=False),
            ),
        ),
        StepForm(
            "case.dispatch",
            ("送达", "Dispatch"),
            (Input("parcel.mode", ("方式", "How"), Ask.CHOICE, MODE_WORDS),),
            fixed=(("parcel.state", "asked"),),
        ),
        StepForm(
            "case.deliver",
            ("登记领取", "Hand over"),
            (
                Input("handover.to", ("领取人", "Who takes it")),
                Input("handover.relation", ("与本人关系", "Relation"), Ask.CHOICE, RELATION_WORDS),
            ),
        ),
        StepForm(
            "case.special",
            ("特别程序", "Special procedure"),
            (
                Input("special.procedure", ("程序", "Procedure"), Ask.CHOICE, PROCEDURE_WORDS),
                Input("special.text", _TEXT, Ask.TEXT, required=False),
                Input("special.until", _UNTIL, Ask.DAY, required=False),
                _told("special"),
            ),
        ),
        StepForm(
            "case.suspend",
            ("挂起", "Suspend"),
            (
                Input("suspension.reason", _REASON, Ask.CHOICE, SUSPENSION_WORDS),
                Input("suspension.text", _TEXT, Ask.TEXT),
                Input("suspension.until", _UNTIL, Ask.DAY, required=False),
            ),
        ),
        StepForm(
            "case.resume", ("恢复办理", "Resume"), (Input("review", ("审查意见", "Finding"), Ask.TEXT, required=False),)
        ),
        StepForm(
            "case.part_answer",
            ("联办意见", "Answer a part"),
            (
                Input("part_answer.unit", ("联办单位", "The unit"), Ask.CHOICE, {}),
                Input("part_answer.agrees", ("同意", "Agrees"), Ask.VERDICT),
                Input("part_answer.text", ("意见", "In words"), Ask.TEXT, required=False),
            ),
        ),
        StepForm(
            "case.part_drop",
            ("不再联办", "Let a part go"),
            (
                Input("part_drop.unit", ("联办单位", "The unit"), Ask.CHOICE, {}),
                Input("part_drop.text", _REASON, Ask.TEXT),
            ),
        ),
        StepForm(
            "case.extend",
            ("延长期限", "Extend"),
            (
                Input("extension.days", ("延长几个工作日", "Working days"), Ask.NUMBER),
                Input("extension.reason", _REASON, Ask.TEXT),
                Input("extension.approved_by", ("批准人", "Approved by")),
                _told("extension"),
            ),
        ),
        StepForm(
            "case.tolerance_extend",
            ("容缺延期", "Lengthen a promise"),
            (
                Input("tolerance_extension.due", ("延至", "Until"), Ask.DAY),
                Input("tolerance_extension.approved_by", ("批准人", "Approved by")),
            ),
            fixed=(("tolerance_extension.reason", "force_majeure"),),
        ),
        StepForm(
            "case.credit_clear",
            ("解除失信记录", "Clear the broken promise"),
            (
                Input("credit_clearing.reason", _REASON, Ask.CHOICE, CLEARING_WORDS),
                Input("credit_clearing.text", _TEXT, Ask.TEXT),
            ),
        ),
        StepForm(
            "case.tolerance_fail",
            ("容缺失信，终止", "The promise failed"),
            (
                Input("tolerance_failure.reason", _REASON, Ask.CHOICE, FAILURE_WORDS),
                Input("tolerance_failure.text", _TEXT, Ask.TEXT, required=False),
            ),
            grave=True,
        ),
        StepForm("case.lapse", ("逾期未补正，终止", "Not corrected in time"), grave=True),
        StepForm(
            "case.transfer",
            ("转办", "Transfer"),
            (
                Input(
                    *("transfer.to", ("转给", "To"), Ask.HOLDER),
                    choices={},
                    hint=(
                        "输入单位或地方的名称再选；名单外的写 unit:主体编号 或 place:12位区划代码",
                        "Type a unit's or a place's name and choose; others as unit:<id> or place:<12 digits>",
                    ),
                ),
                Input("transfer.reason", _REASON, Ask.TEXT),
            ),
        ),
        StepForm(
            "case.pass_up",
            ("转报上级", "Pass up"),
            (
                Input(
                    *("passing_up.to", ("报给", "To"), Ask.HOLDER),
                    choices={},
                    hint=(
                        "由谁决定：输入单位名称再选；名单外的写 unit:主体编号",
                        "Who decides: type a unit's name and choose; others as unit:<id>",
                    ),
                ),
                Input("passing_up.opinion", ("审查意见", "Opinion of the review"), Ask.TEXT),
            ),
        ),
        StepForm(
            "case.withdraw",
            ("申请人撤回", "Withdrawn by the applicant"),
            (Input("withdrawal.reason", _REASON, Ask.TEXT),),
            grave=True,
        ),
        StepForm(
            "case.void",
            ("作废", "Void"),
            (Input("voiding.reason", _REASON, Ask.CHOICE, VOIDING_WORDS), Input("voiding.text", _TEXT, Ask.TEXT)),
            grave=True,
        ),
        StepForm("case.archive", ("归档", "Archive")),
    )
}
