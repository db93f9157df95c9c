"""Every finding has a meaning, and a flood of them stays readable."""

import pytest

from server.actions.verify_findings import MEANINGS, Findings


def test_a_finding_has_a_meaning() -> None:
    with pytest.raises(AssertionError, match="no meaning"):
        Findings().add("nothing", "x")
    assert all(MEANINGS.values())


def test_a_thousand_findings_are_shown_and_all_are_counted() -> None:
    findings = Findings()
    for number in range(1_500):
        findings.add("log_link", str(number))
    assert (len(findings.found), findings.count) == (1_000, 1_500)
