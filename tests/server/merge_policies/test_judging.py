"""How the domain's problems become verdicts."""

from __future__ import annotations

from datetime import date

from server.domain.problems import problem
from server.merge_policies.judging import PROBLEMS_TOLD_MAX, china_day, refuse_for


def test_the_day_is_chinas_and_a_mad_clock_is_held_to_known_years() -> None:
    assert china_day(1_795_017_599_000) == date(2026, 11, 18)
    assert china_day(1_795_017_600_000) == date(2026, 11, 19)
    assert china_day(-(10**15)) == date(1970, 1, 1)
    assert china_day(10**17).year == 2100


def test_the_first_problem_is_the_reason_and_all_are_told() -> None:
    problems = [problem("birth_future", "birth")] * (PROBLEMS_TOLD_MAX + 5)
    refused = refuse_for(problems)
    assert refused is not None
    assert (refused.reason, refused.illegal) == ("birth_future", True)
    assert len(refused.detail["problems"]) == PROBLEMS_TOLD_MAX
    assert refuse_for([]) is None
