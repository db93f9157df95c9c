"""The words of checking the audit trail: what was found to be wrong, and how many were looked at.

Law: Chinese stands here; English is what `bangban verify` says, so that both tell one thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from server.actions.verify_audit import AuditReport
from server.actions.verify_findings import MEANINGS

FINDINGS: Mapping[str, str] = {
    "account_differs": "账号与它最后一次写下的内容不一致",
    "account_link": "账号记录被改动、重排或截断",
    "bucket_missing": "变更所属的分区不存在",
    "chain_end": "设备的变更链没有终止在中心记下的位置",
    "chain_gap": "设备的变更编号有缺漏",
    "grant_differs": "账号的读取权限与岗位和范围不符",
    "line_differs": "变更的原文不是签名的那一份，或记录与原文不符",
    "line_missing": "变更的原文或盐值不见了",
    "log_end": "分区的审计链没有终止在应有的位置：尾部被截断或改写",
    "log_link": "变更被改动：它的链接与前一条接不上",
    "log_order": "变更缺失或被重排",
    "outcome_differs": "变更的结果与告知作者的不一致",
    "read_end": "查询日志没有终止在应有的位置：尾部被截断、改写或伪造",
    "read_gone": "查询日志开头有未到保存期限的查询被删除",
    "read_link": "查询日志中有查询被改动：链接与前一条接不上",
    "read_order": "查询缺失或被重排",
    "read_reason": "查询的理由被改动",
    "signed_end": "日志里没有第二处签名过的内容：被截断或改写",
    "signed_file": "第二处的签名文件被改动",
    "wait_without_change": "有内容在等一项并未搁置的变更",
}


def finding_words(code: str, english: bool) -> str:
    return MEANINGS[code] if english else FINDINGS[code]


def conclusion_words(report: AuditReport, english: bool) -> str:
    """What was found, in a sentence."""
    count = report.findings.count
    if english:
        return f"{count:,} things are wrong." if count else "Everything is whole."
    return f"发现 {count:,} 处问题。" if count else "完整，没有发现问题。"


def report_lines(report: AuditReport, english: bool) -> list[Sequence[str]]:
    """What was found, how much was looked at, and each finding: what, where, its meaning."""
    looked_at = (
        (("变更", "Changes"), report.changes),
        (("设备链", "Devices' chains"), report.chains),
        (("查询", "Looks"), report.looks),
        (("第二处签名", "Signed ends"), report.signed),
    )
    return [
        ("Conclusion" if english else "结论", "", conclusion_words(report, english)),
        *((words[english], f"{count:,}", "") for words, count in looked_at),
        *(
            (one.code, f"{one.where} {one.detail}".strip(), finding_words(one.code, english))
            for one in report.findings.found
        ),
    ]
