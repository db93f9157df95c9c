"""The table of device commands: each line leads to its command, and looking loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.cli.device.commands import COMMANDS, load

HEAVY = ("pypinyin", "phonenumbers", "httpx", "websockets", "PIL", "segno", "server.domain.record_checks")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_line_of_the_table_leads_to_its_command(name: str) -> None:
    assert load(name).name == name


def test_looking_loads_no_network_no_images_and_no_dictionaries() -> None:
    code = "import sys, server.cli.main, server.cli.device, server.cli.device.look_commands; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(HEAVY).intersection(done.stdout.split())
