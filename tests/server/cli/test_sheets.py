"""What a command says of a sheet's bad rows."""

from __future__ import annotations

import pytest
import typer
from rich.console import Console

from server.actions.account_sheet import RowFault
from server.cli.sheets import NOTHING_TAKEN, fail_untaken, show_faults


def test_each_bad_row_is_told_with_its_column_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    show_faults(Console(width=100), [])
    assert capsys.readouterr().out == ""
    show_faults(Console(width=100), [RowFault(7, "number", "编号重复", "the same number twice")])
    told = capsys.readouterr().out
    assert all(one in told for one in ("7", "number", "编号重复", "the same number twice"))


def test_when_nothing_was_taken_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        fail_untaken()
    assert ended.value.exit_code == NOTHING_TAKEN
    assert "--partial" in capsys.readouterr().err
