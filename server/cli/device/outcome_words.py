"""Owns how a device tells what became of a change: what each reason means and what to do, what people call a change,
and the kinds of data a consent names.

Law: a reason that only a newer centre knows is shown as it is, with the advice to ask; nothing is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from server.domain.problems import PROBLEMS
from sync.core.changes import OutcomeCode


class Told(NamedTuple):
    """Why, and what to do, in both languages."""

    why: tuple[str, str]
    do: tuple[str, str]


# Reasons of outcomes that are not problems of the domain: (what it means, what to do).
REASONS: dict[str, tuple[str, str, str, str]] = {
    "waits_for_record": (
        *("等它所引用的记录到达", "waits for a record it names"),
        *("通常会自动继续；若过一天仍在，请联系乡镇负责人", "usually goes on by itself; after a day ask the town lead"),
    ),
    "waits_for_change": (
        *("等前一条先办入", "waits for an earlier change"),
        *("先处理前一条", "see to the earlier one first"),
    ),
    "duplicate_filing": (
        *("同一人同一事项已有在办件，已关联", "the same person and service is open already; linked"),
        *("无需重办，以先收到的为准", "nothing: the first received stands"),
    ),
    "item_migrated": (
        *("事项已更新，草稿已按新版调整", "the item changed; the filing was adapted"),
        *("用 receipt 核对材料清单", "check the materials with receipt"),
    ),
    "item_cancelled": ("事项已取消", "the item was cancelled", "告知本人", "tell the resident"),
    "not_yours": ("不在您的范围内", "outside your reach", "请联系乡镇负责人", "ask the town lead"),
    "moved_away": ("您已调离该村", "you moved to another village", "请接手的帮办员办理", "the new helper takes over"),
    "device_revoked": ("设备已停用", "the device was revoked", "请联系管理员", "ask an administrator"),
    "id_reused": (
        *("同一编号出现两种内容，两份都已保存", "one id with two contents; both are kept"),
        *("请联系管理员", "ask an administrator"),
    ),
    "conflict_moved": ("记录后来又变了", "the record moved on", "再看一次 conflicts 并重新决定", "decide again"),
    "conflict_decided": ("别人已经决定", "somebody decided before", "无需操作", "nothing"),
    "decision_incomplete": ("还有字段没有决定", "some fields are undecided", "重新决定", "decide again"),
    "choice_too_late": (
        *("办件已受理，材料须保持已收到", "the case is accepted: its materials stay as they came"),
        *("重新决定，选现有的值", "decide again, for what stands"),
    ),
    "campaign_closed": ("批次已结束", "the campaign is over", "等下一批次", "wait for the next"),
    "out_of_scope": ("不在本批次范围", "not in this campaign", "无需操作", "nothing"),
    "proposal": (
        *("另一主体已认领，您的作为并列方案保存", "another unit holds it; yours is kept as a proposal"),
        *("等审核方决定", "a reviewer decides"),
    ),
    "lease_taken": (
        *("这些认领已被同事领取", "a colleague has taken these claims out"),
        *("用 claim 看是谁，另选一批", "see with claim who it is, and choose others"),
    ),
    "lease_overlap": (
        *("其中几项已被同事领取，其余归您", "a colleague has some of these; the rest is yours"),
        *("用 claim 看是谁领取了哪些", "see with claim who has which"),
    ),
    "online_only": ("审核须在线进行", "reviewing is done online", "请在审核页面办理", "do it at a desk"),
    "own_work": (
        *("不能审核自己提交或刚审核过的", "nobody reviews what they submitted or signed just before"),
        *("请同事审核", "let a colleague review it"),
    ),
    "proposal_open": ("并列的认领还未决定", "it stands beside another claim", "等审核方决定", "a reviewer decides"),
    "no_proposal": ("没有并列的认领", "there is no other claim", "无需操作", "nothing"),
    "unknown_change": ("中心不认识这种变更", "the centre does not know this change", "请更新程序", "update"),
    "newer_client": ("中心版本较旧", "the centre is older", "等中心升级后自动办入", "applied after its upgrade"),
    "record_unknown": ("中心没有这条记录", "the centre has no such record", "先同步再重办", "sync, then do it anew"),
    "record_exists": ("记录已存在", "the record exists already", "先同步再看", "sync and look"),
    "malformed": ("中心读不出来，原文已保存", "unreadable; kept as it came", "请联系管理员", "ask an administrator"),
    "decided": ("冲突已由人决定", "a person decided the conflict", "无需操作", "nothing"),
    "computed_field": ("写了只有中心能写的字段", "it wrote what only the centre writes", "请更新程序", "update"),
    "not_changeable": ("现在不能这样改", "not changeable now", "请联系窗口", "ask the desk"),
    "wrong_id": ("认领编号不对", "a wrong claim id", "请更新程序", "update"),
}

# What people call a change, by its name.
CHANGES: dict[str, tuple[str, str]] = {
    "resident.register": ("登记居民", "resident registered"),
    "resident.edit": ("更正居民资料", "resident corrected"),
    "consent.give": ("委托与同意", "consent taken"),
    "consent.revoke": ("撤回同意", "consent withdrawn"),
    "case.open": ("开办件", "case opened"),
    "case.submit": ("提交办件", "case filed"),
    "case.edit": ("补充办件", "case corrected"),
    "case.amend": ("更正联系信息", "case contact corrected"),
    "case.withdraw": ("撤回办件", "case withdrawn"),
    "case.correct": ("补正", "case put right"),
    "case.supply": ("补交容缺材料", "promised material brought"),
    "case.precheck": ("预审", "case prechecked"),
    "bundle.file": ("一件事申报", "bundle filed"),
    "claim.take": ("认领", "claim taken"),
    "claim.fill": ("填写要素", "claim filled"),
    "claim.submit": ("提交清单", "claim submitted"),
    "claim.withdraw": ("退回认领", "claim withdrawn"),
    "claim.decline": ("申请不认领", "decline a claim"),
    "claim.amend": ("变更已发布清单", "reopen a published list"),
    "claim.check": ("初审", "check a list for the unit"),
    "claim.return": ("退回清单", "return a list"),
    "claim.hand_over": ("移交认领", "hand a claim over"),
    "lease.take": ("领取一批认领", "take a batch out"),
    "lease.extend": ("延长领取", "keep a batch longer"),
    "lease.give_back": ("交回领取", "give a batch back"),
    "lease.hand_over": ("移交领取", "hand a batch over"),
    "look_back.fix": ("整改回头看问题", "put right what a look-back found"),
    "conflict.decide": ("决定冲突", "conflict decided"),
    "notice.read": ("已读通知", "notice read"),
    "service_log.write": ("服务记录", "service logged"),
    "case.hand_over": ("登记领取", "handing over recorded"),
    "licence.keep": ("登记证照", "licence kept"),
    "licence.use": ("使用证照", "licence used"),
    "light.explain": ("说明亮灯原因", "light explained"),
    "local_item.set": ("更新本地要素", "site details set"),
    "notice.answer": ("答复通知", "notice answered"),
    "task.open": ("新建任务", "task opened"),
    "task.explain": ("说明任务", "task explained"),
    "task.close": ("办结任务", "task closed"),
    "task.pass": ("移交任务", "task passed on"),
    "ticket.appeal": ("代居民申诉", "appeal for a resident"),
    "ticket.answer": ("答复工单", "ticket answered"),
    "ticket.pass": ("移交工单", "ticket passed on"),
}

# Kinds of data as a consent names them to a resident.
DATA_KINDS: dict[str, tuple[str, str]] = {
    "name": ("姓名", "name"),
    "citizen_id": ("身份证号", "citizen id number"),
    "phone": ("电话", "phone"),
    "address": ("住址", "address"),
    "household": ("户籍信息", "household register"),
    "photo": ("照片", "photo"),
    "relatives": ("家庭成员", "relatives"),
    "bank": ("银行（社保卡）账户", "bank account"),
    "health": ("健康信息", "health"),
    "disability": ("残疾信息", "disability"),
    "biometrics": ("生物识别", "biometrics"),
    "id_photo": ("证件照片", "photo of the id card"),
    "tracks": ("行踪", "tracks"),
    "under_14": ("未满十四周岁信息", "data of a child under 14"),
    "finance": ("财产收入", "income and property"),
}

_ASK = ("请联系乡镇负责人", "ask the town lead")
_ANEW = ("用 again 更正后重新办理，原内容已保存", "put it right and take it up with again; what you sent is kept")
_DECIDE = ("运行 conflicts 查看，resolve 决定", "see conflicts, decide with resolve")


def tell_outcome(code: OutcomeCode, reason: str, detail: Mapping[str, object]) -> Told:
    """What became of a change, for a person."""
    if code is OutcomeCode.CONFLICT:
        return Told(("别人同时改了同一处", "somebody changed the same field"), _DECIDE)
    if reason in REASONS:
        why_zh, why_en, do_zh, do_en = REASONS[reason]
        return Told((why_zh, why_en), (do_zh, do_en))
    problems = detail.get("problems")
    first = problems[0] if isinstance(problems, list) and problems else None
    if isinstance(first, dict) and first.get("zh"):
        return Told((str(first["zh"]), str(first.get("en", ""))), _ANEW)
    if reason in PROBLEMS:
        return Told(PROBLEMS[reason], _ANEW)
    return Told((reason, reason), _ASK)


def change_words(name: str) -> tuple[str, str]:
    return CHANGES.get(name, (name, name))
