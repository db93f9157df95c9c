"""Supervision's lists on a screen."""

from dataclasses import dataclass

import pytest

from server.cli.watching_tables import show


@dataclass(frozen=True)
class Row:
    name: str
    evidence: list[str]


def test_nothing_is_a_dash_and_a_list_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    show([Row("", ["a", "b"])], (("name", "名 name"), ("evidence", "证据 evidence")), as_json=False)
    printed = capsys.readouterr().out
    assert "–" in printed
    assert " 2 " in printed
    show([Row("x", [])], (), as_json=True)
    assert capsys.readouterr().out == '[{"name":"x","evidence":[]}]\n'
