"""The root of the command line: help without loading, every command of the table there."""

import asyncio
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from server.cli.main import COMMANDS, Entry, app, load
from tests.small_centre import load_small

# The test runner leaves variables behind that change how wide and how coloured help is.
PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "120"}
ROOT = Path(__file__).parents[3]


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"], env=PLAIN)

    assert shown.exit_code == 0
    for name, entry in COMMANDS.items():
        assert f" {name} " in shown.output
        assert entry.summary in shown.output


def test_help_loads_no_command_and_no_database() -> None:
    script = (
        "import sys\n"
        "from server.cli.main import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'tortoise', 'starlette', 'cryptography', 'sqlcipher3', 'fixtures'} & set(sys.modules)\n"
        "ours = [name for name in sys.modules if name.startswith('server.cli.') and name != 'server.cli.main']\n"
        "assert not heavy and not ours, (heavy, ours)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, **PLAIN},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_can_be_loaded(name: str) -> None:
    assert load(name).name == name


def test_what_the_disk_says_no_to_is_told_without_a_trace(tmp_path: Path) -> None:
    settings = asyncio.run(load_small(tmp_path))
    there = ["--data", str(tmp_path), "--database", settings.database]
    for path in (f"{tmp_path}/none/activity.xlsx", str(tmp_path)):
        done = subprocess.run(
            [sys.executable, "-c", "from server.cli.main import run; run()", "activity", *there, "--xlsx", path],
            cwd=ROOT,
            env={**os.environ, **PLAIN},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
        assert done.stderr.startswith(f"{path}: "), done.stderr
        assert "whether it is there and yours to write" in done.stderr


def test_a_broken_command_leaves_the_others_working(monkeypatch: pytest.MonkeyPatch) -> None:
    working = typer.Typer()
    working.command()(lambda: typer.echo("still here"))
    monkeypatch.setattr(
        "server.cli.main.COMMANDS", {"good": Entry("", "good", ""), "bad": Entry("", "no_such_module", "")}
    )
    monkeypatch.setitem(sys.modules, "good", type("Module", (), {"app": working}))
    assert app.info.cls is not None
    root = typer.Typer(cls=type(app.info.cls.__name__, (app.info.cls,), {}))
    root.callback()(lambda: None)

    assert CliRunner().invoke(root, ["good"]).output == "still here\n"
    assert isinstance(CliRunner().invoke(root, ["bad"]).exception, ModuleNotFoundError)


def test_a_mistyped_command_is_told_what_was_probably_meant() -> None:
    shown = CliRunner().invoke(app, ["bakcup"], env=PLAIN)

    assert shown.exit_code == 2
    assert "'backup'" in shown.output


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert CliRunner().invoke(app, ["--version"]).output == f"bangban {project['version']}\n"
