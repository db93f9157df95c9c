"""What others typed is shown as it is, and moves nothing on the screen."""

from __future__ import annotations

import pytest
from rich.table import Table
from rich.text import Text

from server.cli.device.screen import Screen
from server.cli.terminal import terminal

HOSTILE = "[/x] [red]王\x1b[2J\x1b]0;title\x07\x9b31m"
SHOWN = "[/x] [red]王"


@pytest.mark.parametrize("what", [HOSTILE, Text(HOSTILE)])
def test_a_name_is_no_markup_and_no_command(capsys: pytest.CaptureFixture[str], what: str | Text) -> None:
    table = Table("login", "name")
    table.add_row("h1", what)
    for printed in (what, table):
        terminal(width=100).print(printed)
        out = capsys.readouterr().out
        assert SHOWN in out
        assert not set(out) & {"\x1b", "\x07", "\x9b"}


def test_a_devices_screen_is_such_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen("zh")
    table = screen.table("", "last_contact")
    table.add_row(HOSTILE)
    screen.show(table)
    screen.line(HOSTILE)
    out = capsys.readouterr().out
    assert out.count("[/x]") == 2
    assert "\x1b" not in out
