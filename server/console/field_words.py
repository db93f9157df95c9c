"""The words of fields, of changes that people made with their phones, and of texts that hold both languages.

Law: a code that has no words here stands for itself, so that nothing of a newer phone is lost; a test names those that
our own phones send.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from server.actions.change_epoch import HIGH_WATER, PROVED_BY_DEVICE, RESTORED, TAKEN_OVER
from server.console import campaign_forms, case_words, followup_words, watching_words
from server.console.field_labels import ENGLISH
from server.console.step_forms import Pair
from server.console.words import CASE_STATES
from server.domain.catalogue.claim_fields import CLAIM_FIELDS
from server.domain.catalogue.claim_fields import PREFIX as CLAIM_PREFIX
from server.domain.catalogue.items import FORM_PREFIX
from server.domain.problems import problem
from server.domain.record_fields import KINDS, Fields, groups, text

CHANGES: Mapping[str, Pair] = {
    **{step: pair for step, pair in watching_words.STEPS.items() if step},
    **{step: pair for step, pair in followup_words.STEPS.items() if step},
    **case_words.STEPS,
    "case.submit": ("提交办件", "Case filed"),
    "case.edit": ("补充办件", "Case edited"),
    "case.correct": ("补正办件", "Case put right"),
    "resident.register": ("登记居民", "Resident registered"),
    "resident.edit": ("更正居民资料", "Resident corrected"),
    "consent.give": ("委托与同意", "Consent taken"),
    "bundle.file": ("一件事申报", "Bundle filed"),
    "claim.take": ("认领", "Claim taken"),
    "claim.fill": ("填写清单", "Claim filled"),
    "claim.submit": ("提交清单", "Claim submitted"),
    "claim.withdraw": ("退回认领", "Claim withdrawn"),
    "claim.decline": ("申请不认领", "Claim declined"),
    "claim.amend": ("变更已发布清单", "Published list reopened"),
    "claim.check": ("初审清单", "List checked"),
    "claim.return": ("退回清单", "List returned"),
    "claim.hand_over": ("移交认领", "Claim handed over"),
    "lease.take": ("领取一批认领", "Batch taken out"),
    "lease.extend": ("延长领取", "Batch kept longer"),
    "lease.give_back": ("交回领取", "Batch given back"),
    "lease.hand_over": ("移交领取", "Batch handed over"),
    "look_back.fix": ("整改回头看问题", "Look-back put right"),
    "conflict.decide": ("决定冲突", "Conflict decided"),
    "notice.read": ("已读通知", "Notice read"),
    "notice.answer": ("答复通知", "Notice answered"),
    "service_log.write": ("服务记录", "Service logged"),
    "licence.keep": ("登记证照", "Licence kept"),
    "licence.use": ("使用证照", "Licence used"),
    "local_item.set": ("更新本地要素", "Site details set"),
    **{
        f"{kind}.{verb}": (f"{zh}{kind_zh}", f"{kind_en} {en}")
        for kind, kind_zh, kind_en in (("item", "事项", "Item"), ("base_item", "基本目录", "Base item"))
        for verb, (zh, en) in {
            "publish": ("发布", "published"),
            "suspend": ("暂停", "suspended"),
            "resume": ("恢复", "resumed"),
            "cancel": ("取消", "cancelled"),
            "split": ("拆分", "split"),
            "merge": ("合并", "merged"),
            "take_effect": ("到期生效：", "took effect"),
        }.items()
    },
    **{
        f"{kind}.erase": (f"删除{zh}的个人信息", f"{en}: personal data erased")
        for kind, (zh, en) in {
            "case": ("办件", "Case"),
            "conflict": ("冲突", "Conflict"),
            "consent": ("同意书", "Consent"),
            "licence": ("证照", "Licence"),
            "notice": ("通知", "Notice"),
            "rating": ("评价", "Rating"),
            "resident": ("居民", "Resident"),
            "service_log": ("服务记录", "Service log"),
            "ticket": ("工单", "Ticket"),
        }.items()
    },
    "baseline.freeze": ("冻结基线", "Baseline frozen"),
    "bulletin.draft": ("起草通报", "Bulletin drafted"),
    "bulletin.freeze": ("通报定稿", "Bulletin frozen"),
    "bulletin.supersede": ("通报被更正", "Bulletin superseded"),
    "calendar.set": ("设置工作日历", "Calendar set"),
    "campaign.open": ("开启批次", "Round opened"),
    "campaign.plan": ("计划批次", "Round planned"),
    "campaign.extend": ("延长批次", "Round extended"),
    "campaign.close": ("结束批次", "Round closed"),
    "claim.adopt": ("采用建议", "Proposal adopted"),
    "claim.approve": ("审核清单", "List approved"),
    "claim.cancel": ("取消清单", "List cancelled"),
    "claim.publish": ("发布清单", "List published"),
    "claim.rebase": ("随基本目录更新", "Followed the base item"),
    "claim.reject": ("不采用建议", "Proposal rejected"),
    "claim.resume": ("恢复清单", "List resumed"),
    "claim.suspend": ("暂停清单", "List suspended"),
    "lease.end": ("领取到期", "Batch ended"),
    "licence.expire": ("证照过期", "Licence expired"),
    "licence.fetch": ("取得证照", "Licence fetched"),
    "licence.verify": ("核验证照", "Licence verified"),
    "licence.void": ("作废证照", "Licence void"),
    "look_back.draw": ("抽取回头看", "Look-back drawn"),
    "look_back.find": ("回头看发现问题", "Look-back found something"),
    "look_back.find_again": ("回头看仍有问题", "Look-back found it again"),
    "look_back.pass": ("回头看通过", "Look-back passed"),
    "look_back.recheck": ("回头看复核通过", "Look-back closed"),
    "notice.send": ("发出通知", "Notice sent"),
    "snapshot.take": ("记录每日进度", "Progress noted"),
}
KIND_WORDS: Mapping[str, Pair] = {
    "everything": ("全部数据", "Everything"),
    "base_item": ("基本目录", "Base item"),
    "baseline": ("基线", "Baseline"),
    "bulletin": ("通报", "Bulletin"),
    "bundle": ("一件事", "Bundle"),
    "calendar": ("工作日历", "Calendar"),
    "campaign": ("认领批次", "Round"),
    "case": ("办件", "Case"),
    "case_list": ("办件清单", "List of cases"),
    "claim": ("认领", "Claim"),
    "conflict": ("冲突", "Conflict"),
    "consent": ("同意书", "Consent"),
    "file": ("照片", "Picture"),
    "item": ("事项", "Item"),
    "lease": ("领取", "Lease"),
    "licence": ("电子证照", "Licence"),
    "light": ("红黄灯", "Light"),
    "local_item": ("本地要素", "Site details"),
    "log": ("日志", "Log"),
    "look_back": ("回头看", "Look-back"),
    "notice": ("通知", "Notice"),
    "outcome": ("结果", "Outcome"),
    "rating": ("评价", "Rating"),
    "resident": ("居民", "Resident"),
    "review": ("审查", "Review"),
    "service_log": ("服务记录", "Service log"),
    "snapshot": ("每日进度", "Snapshot"),
    "task": ("任务", "Task"),
    "ticket": ("工单", "Ticket"),
}
EPOCHS: Mapping[str, Pair] = {
    "founded": ("建立", "founded"),
    RESTORED: ("恢复备份", "restored from a backup"),
    HIGH_WATER: ("放回了旧数据库", "an old database was put back"),
    PROVED_BY_DEVICE: ("设备证明数据库变旧", "a device proved the database to be an old one"),
    TAKEN_OVER: ("由另一中心接管", "another centre took over"),
}
FORM_WORDS: Mapping[str, Pair] = {
    "contact_phone": ("联系电话", "contact phone"),
    "reason": ("申请事由", "reason"),
    "request": ("申请事由", "reason"),
    "since": ("情形发生日期", "since"),
}
"""Answers that many forms ask for, also those of an item that is not here or asks no longer."""
STATE_TABLES: tuple[Mapping[str, Pair], ...] = (
    CASE_STATES,
    followup_words.TASK_STATES,
    followup_words.TICKET_STATES,
    watching_words.LIGHT_STATES,
    watching_words.REVIEW_STATES,
    campaign_forms.CLAIM_STATES,
)
_QUOTED = re.compile("“([a-z_]+(?:\\.[a-z_]+)?)”")
_CJK_FROM = "\u2e80"
_NUMERALS = frozenset("0123456789%")


def kind_words(kind: str, english: bool) -> str:
    pair = KIND_WORDS.get(kind)
    return kind if pair is None else pair[english]


def epoch_words(reason: str, english: bool) -> str:
    """Why an epoch began."""
    pair = EPOCHS.get(reason)
    return reason if pair is None else pair[english]


def change_words(name: str, english: bool) -> str:
    pair = CHANGES.get(name)
    return name if pair is None else pair[english]


def problem_words(problem: Mapping[str, object], english: bool) -> str:
    """What is wrong, the codes that it quotes put in words: the rules know states and steps by codes alone."""
    said = str(problem["en"] if english else problem["zh"])
    return _QUOTED.sub(lambda found: f"“{_code_words(found[1], english)}”", said)


def problem_said(code: str, english: bool) -> str:
    """A problem that was told by its code alone."""
    told = problem(code, "")
    return told.en if english else told.zh


def _code_words(code: str, english: bool) -> str:
    pairs = (table[code] for table in (CHANGES, *STATE_TABLES) if code in table)
    return next((pair[english] for pair in pairs), code)


def label_of(kind: str, name: str, english: bool = False, item: Fields | None = None) -> str:
    """What people call a field; `item` is the one whose form a case answers."""
    if kind == "case" and name.startswith(FORM_PREFIX):
        asked = name.removeprefix(FORM_PREFIX)
        labels = {text(row, "name"): text(row, "label") for row in groups(item or {}, "fields")}
        if english and asked in FORM_WORDS:
            return FORM_WORDS[asked][english]
        return labels.get(asked) or (FORM_WORDS[asked][english] if asked in FORM_WORDS else _plain(asked))
    if kind == "claim" and (entry := CLAIM_FIELDS.get(name.removeprefix(CLAIM_PREFIX))):
        return _english(entry.name) if english else entry.zh
    table = KINDS.get(kind)
    field = table.find(name) if table else None
    if field is None:
        return name
    if english:
        return _english(name)
    rest = name.partition(".")[2]
    return f"{field.zh} {rest}" if rest else field.zh


def labels_of(kind: str, names: Iterable[str], english: bool) -> str:
    """Several fields in one line."""
    return (", " if english else "、").join(label_of(kind, name, english) for name in names)


def _english(name: str) -> str:
    """A field's name as English readers know it; of a family ("f.where") that of what follows, with the family's."""
    family, dot, rest = name.partition(".")
    if not dot:
        return ENGLISH.get(name, _plain(name))
    return f"{_plain(family)} {ENGLISH.get(rest, _plain(rest))}" if len(family) > 1 else ENGLISH.get(rest, _plain(rest))


def _plain(name: str) -> str:
    """A field's name as English words."""
    return name.replace("_", " ").replace(".", " ")


def in_language(both: str, english: bool) -> str:
    """One half of a text of ours in which the English follows the Chinese; a text in one language stays whole."""
    last = max((place for place, sign in enumerate(both) if sign >= _CJK_FROM), default=-1) + 1
    while 0 < last < len(both) and both[last] in _NUMERALS:  # "应为0" ends with its number
        last += 1
    chinese, other = both[:last].strip(), both[last:].strip()
    return (other if english else chinese) if chinese and other else both
