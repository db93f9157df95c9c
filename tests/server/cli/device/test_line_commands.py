"""From an activation code to a decided conflict, against a real centre."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from typer.testing import CliRunner

from server.cli.device import app
from sync.core.clock import CHINA
from sync.device.keys import KeyFolder
from tests.server.cli.device.centre import RunningCentre, running_centre
from tests.server.cli.device.village import FAST, PIN, WANG, whole_visit

Device = Callable[..., Any]


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCentre]:
    with running_centre(tmp_path_factory.mktemp("centre")) as running:
        yield running


@pytest.fixture(autouse=True)
def known_pin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANGBAN_PIN", PIN)


def device(folder: Path) -> Device:
    """Commands on one store, whose key is cheap to derive."""
    folder.mkdir()
    KeyFolder(folder).create(PIN, os.urandom, FAST)

    def run(*args: object, code: int = 0) -> Any:
        line = ["--json", "--store", str(folder), *(str(arg) for arg in args)]
        done = CliRunner().invoke(app, line, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return [msgspec.json.decode(said) for said in done.stdout.splitlines()][-1]

    return run


def enrolled(centre: RunningCentre, folder: Path, login: str) -> Device:
    run = device(folder)
    run("enrol", "--server", centre.address, "--code", centre.code(login))
    assert run("sync")["level"]
    return run


def visit_file(folder: Path, **more: object) -> Path:
    later = datetime.now(CHINA).date() + timedelta(days=5)
    visit = whole_visit(**more)
    visit.materials["4"].due = later.isoformat()
    file = folder / "visit.json"
    file.write_bytes(msgspec.json.encode(visit))
    return file


def test_a_day_in_the_village(centre: RunningCentre, tmp_path: Path) -> None:
    helper = enrolled(centre, tmp_path / "helper", "helper")
    lead = enrolled(centre, tmp_path / "lead", "lead")
    Image.new("RGB", (600, 400), "red").save(tmp_path / "a.png")
    Image.new("RGB", (600, 400), "blue").save(tmp_path / "b.png")

    filed = helper("file", "--from", visit_file(tmp_path))
    helper("photo", tmp_path / "a.png", "--case", filed["receipt"], "--material", "3")
    assert helper("status")["unsent"] == 3
    synced = helper("sync")
    assert (synced["level"], synced["unsent"], synced["files_unsent"], synced["files_freed"]) == (True, 0, 0, 1)

    receipt = helper("receipt", filed["receipt"])
    assert receipt["state"] == "received"
    assert receipt["number"].startswith("341881")
    assert receipt["receipt"] == filed["receipt"], "the temporary number stays"

    lead("sync")
    lead("photo", tmp_path / "b.png", "--case", filed["receipt"], "--material", "1")
    helper("photo", tmp_path / "a.png", "--case", filed["receipt"], "--material", "1")
    lead("sync")
    helper("sync")
    (conflict,) = helper("conflicts")
    assert conflict["sides"][0]["field"] == "material.1"
    helper("resolve", conflict["id"], "--take", "material.1=mine")
    assert helper("sync")["level"]
    assert helper("conflicts") == []
    lead("sync")
    assert lead("status")["notices_unread"] == 1
    assert lead("conflicts") == []


def test_a_sealed_outbox_is_carried_and_counts_once(centre: RunningCentre, tmp_path: Path) -> None:
    helper = enrolled(centre, tmp_path / "helper", "helper")
    lead = enrolled(centre, tmp_path / "lead", "lead")
    filed = helper("file", "--from", visit_file(tmp_path, resident={"name": "李大山", "birth": "1941-02-03"}))
    exported = helper("export", tmp_path / "stick")
    assert exported["changes"] == 3
    raw = Path(exported["files"][0]).read_bytes()
    assert "李大山".encode() not in raw
    assert lead("carry", exported["files"][0])[0]["changes"] == 3
    assert helper("status")["unsent"] == 3, "exporting marks nothing as sent"
    lead("sync")
    assert lead("find", "--case", "李大山")["cases"][0]["receipt"] == filed["receipt"]
    assert helper("sync")["level"]
    assert len(lead("find", "--case", "李大山")["cases"]) == 1


def test_a_code_enrols_one_device_and_a_new_code_keeps_what_is_unsent(centre: RunningCentre, tmp_path: Path) -> None:
    code = centre.code("helper")
    first, other = device(tmp_path / "first"), device(tmp_path / "other")
    told = first("enrol", "--server", centre.address, "--code", code)
    assert other("enrol", "--server", centre.address, "--code", code, code=11)["problem"] == "code_spent"
    assert first("enrol", "--server", centre.address, "--code", code)["device"] == told["device"], "a lost answer"
    first("sync")
    first("file", "--from", visit_file(tmp_path, resident=WANG))
    assert first("enrol", "--server", centre.address, "--code", centre.code("helper"))["device"] == told["device"]
    assert first("status")["unsent"] == 2


def test_without_a_centre_everything_is_kept_and_said(centre: RunningCentre, tmp_path: Path) -> None:
    helper = enrolled(centre, tmp_path / "helper", "helper")
    helper("enrol", "--server", "http://127.0.0.1:9", "--code", "ABCDE-FGHJK", code=8)
    assert helper("status")["name"] == "helper 王"
    nowhere = device(tmp_path / "nowhere")
    assert nowhere("status", code=7)["error"] == "not_enrolled"
    assert nowhere("sync", code=7)["error"] == "not_enrolled"
