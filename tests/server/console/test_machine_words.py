"""Every job and every part of the machine has its words, and sizes and spans are told as people say them."""

from __future__ import annotations

import re
from pathlib import Path

import server.schedule
from server.console.machine_words import JOBS, WHAT_TO_DO, size_words, span_words


def test_every_job_of_the_schedule_is_called_something() -> None:
    told = set(re.findall(r'Job\(\s*"([^"]+)"', Path(server.schedule.__file__).read_text()))
    assert told == set(JOBS)


def test_each_part_says_in_both_languages_what_to_do() -> None:
    assert all(zh and en for zh, en in WHAT_TO_DO.values())


def test_sizes_and_spans() -> None:
    assert [size_words(one) for one in (0, 999, 1_500, 2_345_678_901)] == ["0 B", "999 B", "1.5 kB", "2.3 GB"]
    spans = [span_words(one, english=True) for one in (12, 5_000, 600_000, 43_200_000)]
    assert spans == ["12 ms", "5 s", "10 min", "12 h"]
    assert span_words(600_000, english=False) == "10 分钟"
