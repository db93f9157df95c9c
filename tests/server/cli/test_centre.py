"""What the commands share: folders, and saying no without a trace."""

from dataclasses import replace
from pathlib import Path

import pytest
import typer

from server.cli.centre import fail, in_folder, run, settings_with
from server.settings import Settings
from server.storage.errors import StorageFull
from server.storage.open import open_database


def test_a_data_folder_takes_everything_that_was_not_set_elsewhere() -> None:
    settings = in_folder(replace(Settings(), blobs="s3://photos"), Path("/srv/x"))
    assert settings.database == "sqlite:////srv/x/bangban.db"
    assert settings.master_secret_file == Path("/srv/x/keys/master")
    assert settings.blobs == "s3://photos"


def test_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_DATABASE", "sqlite:///from_environment.db")
    assert settings_with(None, None).database == "sqlite:///from_environment.db"
    assert settings_with("sqlite:///told.db", None).database == "sqlite:///told.db"


def test_a_wrong_setting_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("BANGBAN_PORT", "no")
    with pytest.raises(typer.Exit):
        settings_with(None, None)
    assert "BANGBAN_PORT" in capsys.readouterr().err


def test_no_is_said_on_stderr_with_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        fail("no", 2)
    assert ended.value.exit_code == 2
    assert capsys.readouterr() == ("", "no\n")


def test_what_storage_says_is_told_and_a_mistake_of_ours_is_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    async def full() -> None:
        raise StorageFull("no space left")

    async def wrong() -> None:
        raise ZeroDivisionError

    with pytest.raises(typer.Exit):
        run(full())
    assert capsys.readouterr().err.startswith("no space left\nmake room on the disk")
    with pytest.raises(ZeroDivisionError):
        run(wrong())


def test_a_commands_own_refusals_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    async def refuse() -> None:
        raise LookupError("there is none")

    with pytest.raises(typer.Exit):
        run(refuse(), LookupError)
    assert capsys.readouterr().err == "there is none\n"


@pytest.mark.parametrize(
    ("database", "told"),
    [
        ("centre.db", "a database address is sqlite:///folder/file.db"),
        ("postgres://nobody@127.0.0.1:99999/none", "a database address is"),
        ("postgres://nobody@127.0.0.1:1/none", "look whether PostgreSQL runs"),
        ("sqlite:///{folder}/none.db", "there is no database at"),
        ("sqlite:///{folder}/none/none.db", "look at --data and --database"),
        ("sqlite:///{folder}", "whether it is there and yours to write"),
    ],
)
def test_a_database_that_is_none_is_told_with_what_to_look_at(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], database: str, told: str
) -> None:
    async def ask() -> None:
        await (await open_database(database.replace("{folder}", str(tmp_path)))).close()

    with pytest.raises(typer.Exit) as ended:
        run(ask())
    assert ended.value.exit_code == 1
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
