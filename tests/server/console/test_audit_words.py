"""Whatever checking the audit trail may find has its words in both languages."""

from __future__ import annotations

import inspect
import re

from server.actions import verify_log, verify_people, verify_reads
from server.actions.verify_audit import AuditReport
from server.actions.verify_findings import MEANINGS, Findings
from server.console.audit_words import FINDINGS, finding_words, report_lines


def test_every_finding_has_words() -> None:
    told = "".join(inspect.getsource(one) for one in (verify_log, verify_people, verify_reads))
    assert set(re.findall(r'findings\.add\(\s*"(\w+)"', told)) == set(FINDINGS)
    assert set(FINDINGS) <= set(MEANINGS)
    assert finding_words("log_order", english=False) == "变更缺失或被重排"
    assert finding_words("log_order", english=True) == MEANINGS["log_order"]


def test_a_report_says_what_was_looked_at_and_each_finding() -> None:
    findings = Findings()
    report = AuditReport(changes=1_234, chains=3, looks=5, signed=2, findings=findings)
    assert report_lines(report, english=False)[:2] == [("结论", "", "完整，没有发现问题。"), ("变更", "1,234", "")]
    findings.add("log_order", "place:1", "x")
    assert report_lines(report, english=True)[0] == ("Conclusion", "", "1 things are wrong.")
    assert report_lines(report, english=False)[-1] == ("log_order", "place:1 x", "变更缺失或被重排")
