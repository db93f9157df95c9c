"""Owns the Problem: one thing wrong with a record, in words one can act on; and the table of all.

Law: codes are stable and never reused; a text may be improved, a code may not change its meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.cases.step_problems import STEP_PROBLEMS


@dataclass(frozen=True)
class Problem:
    """`field` is the field to look at, empty for the whole record; `zh` and `en` say the same."""

    code: str
    field: str
    zh: str
    en: str


def problem(code: str, field: str = "", **details: object) -> Problem:
    """The problem of that code with its texts filled in from `details`."""
    zh, en = PROBLEMS[code]
    return Problem(code, field, zh.format(field=field, **details), en.format(field=field, **details))


# code: (Chinese, English). The words in braces are the details that the rule must give.
PROBLEMS: dict[str, tuple[str, str]] = {
    # any record
    "field_missing": ("缺少“{label}”", "{field} is missing"),
    "field_shape": ("“{label}”应为{shape_zh}", "{field} must be {shape_en}"),
    "field_too_long": ("“{label}”最多{limit}", "{field} holds at most {limit}"),
    "state_unknown": ("没有“{value}”这种状态", "there is no state “{value}”"),
    "state_step": ("不能从“{before}”变为“{after}”", "“{before}” cannot become “{after}”"),
    "step_writes": ("“{step}”这一步不能改写“{field}”", "{step} may not write {field}"),
    "centre_computes": (
        "这一步由中心统计、整体办理，不能自行填报：{ask_zh}",
        "the centre works this out as a whole, nobody writes it: {ask_en}",
    ),
    "bulletin_moved": (
        "这一期刚刚有了新内容，请看最新内容再做",
        "this bulletin has just changed: look at it again",
    ),
    "rating_stands": ("这件已有评价，每件只评一次", "the case is rated, and rated once"),
    "rating_aside_own": (
        "您作废了前一次评价，请由别人回电记录新的评价",
        "you set the first one aside: let somebody else take the new one",
    ),
    "task_code": (
        "“{value}”类任务由系统生成，请换一个种类",
        "tasks “{value}” are opened by the centre: choose another kind",
    ),
    "review_own": ("自己的事不能由自己下结论", "nobody finds on what is about their own work"),
    "value_unknown": ("“{label}”不能是“{value}”", "{field} cannot be “{value}”"),
    "answer_range": ("“{label}”应在{least}到{most}之间", "{field} lies between {least} and {most}"),
    # resident
    "citizen_id_length": ("身份证号应为18位", "a citizen id has 18 characters"),
    "citizen_id_format": ("身份证号前17位应为数字", "the first 17 characters of a citizen id are digits"),
    "citizen_id_check": ("身份证号校验位不对，请核对", "the citizen id's check character is wrong"),
    "citizen_id_province": ("身份证号的省份代码不存在", "the citizen id names no province"),
    "citizen_id_birth": ("身份证号中的出生日期不对", "the citizen id holds no possible birth date"),
    "birth_differs": ("出生日期与身份证号不一致", "the birth date differs from the citizen id"),
    "sex_differs": ("性别与身份证号不一致", "the sex differs from the citizen id"),
    "birth_future": ("出生日期晚于今天", "the birth date is in the future"),
    "phone_invalid": ("电话号码“{value}”不对", "“{value}” is not a phone number"),
    # consent
    "consent_items_repeat": ("同一事项列了两次", "an item is named twice"),
    "consent_order": ("失效日期早于签署日期", "it ends before it was signed"),
    "consent_too_long": ("同意书有效期最长{days}天", "a consent is valid for {days} days at most"),
    "consent_future": ("签署日期晚于收到日期", "it was signed after it arrived"),
    "consent_hash": (
        "缺少所示文本的指纹（64位十六进制）",
        "the hash of the text that was shown is missing (64 hex digits)",
    ),
    "sensitive_not_ticked": (
        "敏感信息“{kind}”没有单独勾选",
        "the sensitive kind “{kind}” was not ticked by itself",
    ),
    "sensitive_not_listed": ("勾选的“{kind}”不在所列信息中", "“{kind}” was ticked but is not among the data"),
    "witness_missing": ("按手印或口头同意须有见证人", "a fingerprint or oral consent needs a witness"),
    "witness_is_helper": ("帮办员不能为自己见证", "the helper cannot be the witness"),
    "witness_is_resident": ("本人不能为自己见证", "the resident cannot be the witness"),
    "not_read_aloud": ("须先向本人宣读全文", "the text must have been read aloud"),
    # case
    "consent_absent": ("没有本人的同意书，不能提交", "there is no consent, so it cannot be submitted"),
    "consent_other_resident": ("同意书不是这位居民的", "the consent is another resident's"),
    "consent_item": ("同意书没有写明这个事项", "the consent does not name this item"),
    "consent_revoked": ("本人已撤回同意", "the resident withdrew the consent"),
    "consent_not_yet": ("同意书签署晚于办理时间", "the consent was signed after the filing"),
    "consent_expired": ("同意书已过期", "the consent had ended"),
    "consent_data": ("同意书没有写明信息“{kind}”", "the consent does not name the data “{kind}”"),
    "resident_absent": ("找不到这位居民的记录", "the resident's record is not there"),
    "item_absent": ("找不到这个事项", "the item is not there"),
    "item_cancelled": ("事项已取消：{why}", "the item has been cancelled: {why}"),
    "item_suspended": ("事项暂停办理：{why}", "the item is suspended: {why}"),
    "item_version_ahead": ("事项版本{value}尚未发布", "version {value} of the item has not been published"),
    "receipt_invalid": ("回执号不对", "the receipt number is wrong"),
    "material_state": ("材料{no}的状态不对", "material {no} has no such state"),
    "material_file": ("材料{no}缺少附件", "material {no} has no file"),
    "promise_due_missing": ("容缺材料{no}没有写明补交日期", "the promised material {no} has no date"),
    **STEP_PROBLEMS,
    # advice on a case: the desk decides, nothing is refused
    "material_missing": ("缺少必要材料：{name}", "a necessary material is missing: {name}"),
    "material_not_tolerable": ("“{name}”不能容缺", "“{name}” cannot be promised for later"),
    "material_cancelled": ("“{name}”已取消，不得索要", "“{name}” is cancelled and must not be asked for"),
    "tolerance_essentials": (
        "必要材料不齐，不能容缺受理",
        "with necessary materials missing nothing can be promised",
    ),
    "promise_late": ("补交日期晚于{latest}", "the promised date is later than {latest}"),
    "not_eligible": ("可能不符合条件：{why_zh}", "may not be eligible: {why_en}"),
    "eligibility_unknown": ("条件无法判断：{why_zh}", "eligibility cannot be judged: {why_en}"),
    "item_outdated": (
        "事项已更新，请按第{value}版核对",
        "the item has changed; check it against version {value}",
    ),
    # service log
    "minutes_range": ("用时应为0至{limit}分钟", "minutes must be from 0 to {limit}"),
    "refusal_reason": ("拒绝须写明理由", "a refusal needs its reason"),
    "follow_up_order": ("回访日期不对", "the follow-up date is wrong"),
    # catalogue
    "base_item_code": ("基本编码应为12位数字", "a base code has 12 digits"),
    "implementing_code": ("实施编码不对", "the implementing code is wrong"),
    "unit_invalid": ("统一社会信用代码不对", "the unit's credit code is wrong"),
    "version_range": ("版本应从1开始", "versions start at 1"),
    "material_repeat": ("材料{no}列了两次", "material {no} is listed twice"),
    "rule_invalid": ("办理条件写法不对：{why}", "the rule cannot be read: {why}"),
    "baseline_other": ("不是本批次打开时的清单", "this is not the list that the round was opened with"),
    "baseline_changed": ("批次的基线不能改动", "a campaign's baseline stays frozen"),
    "campaign_order": ("结束早于开始", "it ends before it starts"),
    "claimed_by_missing": ("认领后须写明认领人", "a claimed item needs who claimed it"),
    "claimed_by_free": ("未认领的事项不能有认领人", "a free item has nobody who claimed it"),
    "claim_value": ("“{label}”的取值不对", "{field} has a wrong value"),
    "objection_late": (
        "通报定稿{days}个工作日后不再受理异议",
        "a bulletin is objected to within {days} working days after it was frozen",
    ),
    "bulletin_data": ("通报的“{field}”与其数据不符", "{field} of the bulletin does not follow from its rows"),
    "villages_public": ("村（社区）只通报到乡镇", "villages are reported to their town and nowhere else"),
    "lease_too_long": ("领取最长{days}天", "a batch is taken out for {days} days at most"),
    "return_reason_unknown": ("没有“{value}”这个退回原因", "there is no reason “{value}” for a return"),
    # return reasons of a claim: the reviewer decides
    "promise_over_statutory": ("承诺时限长于法定时限", "the promised time is longer than the statutory"),
    "instant_conflict": ("即办件的承诺时限应为0", "an instant item promises 0 days"),
    "promised_conflict": ("承诺件须写明承诺时限", "a promised item needs its days"),
    "result_type_conflict": (
        "结果为证照，结果类型应为出证",
        "the result is a certificate, its type must say so",
    ),
    "scene_reason_missing": ("须到现场的，应写明原因", "visits to the hall need a reason"),
    "mail_missing": ("不到现场又不能网办，须可邮寄", "no visit and not online: it must be possible by mail"),
    "depth_scene_conflict": ("四级网办的到场次数应为0", "depth IV means no visits"),
    "fee_basis_missing": ("收费须有依据", "a fee needs its basis"),
    "free_pay_conflict": ("不收费就没有网上支付", "without a fee there is no online payment"),
    "phones_equal": ("咨询与投诉电话不能相同", "the phones for questions and complaints must differ"),
    "phone_area_code": ("电话应带区号", "the phone needs its area code"),
    "catch_all_material": ("不得有兜底材料“{value}”", "catch-all materials are not allowed: “{value}”"),
    "village_licence": ("村级不能实施行政许可", "a village cannot issue a licence"),
    "fee_items_missing": ("收费须写明收费项目和标准", "a fee needs its items and rates"),
    "topic_conflict": ("服务对象与主题分类不符", "the topics are not those of whom it serves"),
    "flow_incomplete": ("许可流程缺少：{value}", "the flow of a licence lacks: {value}"),
    "questions_missing": ("行政许可至少列一个常见问题", "a licence answers at least one common question"),
    "result_sample_missing": ("出证出文须附结果样本", "a certificate or document needs a sample"),
    "material_form_missing": ("材料未写明原件复印件和份数：{value}", "materials without form or copies: {value}"),
    "blank_form_missing": ("申请表须可下载空表和样表：{value}", "forms need a blank and a sample to download: {value}"),
    "basis_repealed": ("设定依据已废止", "the law it rests on was repealed"),
    "name_differs": ("事项名称与目录不一致，目录为“{value}”", "the catalogue's name is “{value}”"),
    "code_differs": ("实施编码与基本编码{value}不一致", "the implementing code does not hold the base code {value}"),
    "type_differs": ("事项类型与目录不一致，目录为{value}", "the catalogue's type is {value}"),
    "material_not_listed": ("“{value}”不在目录所列材料中", "“{value}” is not among the catalogue's materials"),
    "copied_place": ("照抄了别处的内容：“{value}”", "the text of another place was copied: “{value}”"),
    # the life of an item, and what a site keeps of its own
    "code_type_differs": ("编码中的事项类型是{value}", "the code's item type is {value}"),
    "validity_order": ("有效期止早于起始日期", "it ends before it begins"),
    "successors_few": ("至少写明{least}个替代事项", "name at least {least} items that stand for it"),
    "successor_unknown": ("替代事项不存在或已取消", "an item that should stand for it is absent or cancelled"),
    "not_yet_effective": ("尚未到生效日期（{day}）", "its day has not come ({day})"),
    "amount_invalid": ("发放标准第{place}行写法不对", "row {place} of the amounts cannot be read"),
    "material_row": ("材料{no}的{label}不对", "material {no} has a value that cannot be (see {field})"),
    "departure_reason": ("“{label}”与标准不同，须写明理由", "departing in {field} needs a reason"),
    "departure_not_allowed": ("“{label}”须与标准一致", "{field} must be as the standard has it"),
    "departure_everywhere": ("不同之处须写明是哪个事项", "a departure belongs to one item"),
    "departure_worse": ("“{label}”不能高于标准的{value}", "{field} may not exceed the standard's {value}"),
    # what must not be asked for
    "material_forbidden": ("“{name}”不得索要：{why}", "“{name}” must not be asked for: {why}"),
    "licence_not_usable": ("证照未核验或已过期，不能代替原件", "the licence is unverified or out of date"),
    "own_work": (
        "不能审核自己提交或刚审核过的，请同事审核",
        "nobody reviews what they submitted or signed just before: let a colleague",
    ),
    # task, rating, ticket
    "record_absent": ("找不到所指的记录", "the record it names is not there"),
    "task_own": ("说明人不能自己办结，请由他人核实", "who explained a task does not close it: another person verifies"),
    "order_check": ("督办单由监督员核查办结", "a supervision order is checked and closed by a supervisor"),
    "order_unanswered": (
        "督办单还没有答复，不能办结；可转给能答复的人",
        "the order is not answered, so it cannot be closed; pass it on to who can answer",
    ),
    "call_back_untold": (
        "须写明核实整改情况和回访结果",
        "say what was found and put right, and what the resident said when called back",
    ),
    "rating_too_early": ("办件未结束，暂不能评价", "the case is not over, so it cannot be rated yet"),
    "ticket_number": ("工单号“{value}”与记录不符", "the record is not the one of ticket number {value}"),
    "ticket_reopened": ("工单最多重办{times}次", "a ticket is opened again {times} time at most"),
    # conflict, notice
    "conflict_undecided": ("须写明决定的内容和决定人", "a decision needs its value and who decided"),
    "conflict_open_decided": ("未决定的冲突不能有决定", "an open conflict cannot hold a decision"),
    "conflict_sides": ("冲突须写明作者", "a conflict names its authors"),
    "conflict_evidence": ("冲突双方的内容不能改动", "both sides of a conflict stay as they were"),
    "notice_changed": ("通知发出后不能改动", "a notice does not change once sent"),
    "notice_unmasked": ("通知中的证件号和电话须遮挡", "ids and phones in a notice must be masked"),
}
