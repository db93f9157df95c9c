"""PINs: the right one opens, wrong ones slow down, and no try is given back."""

import os
from pathlib import Path

import msgspec
import pytest

from server.cli.device.failures import Stopped
from server.cli.device.pin import Tries, change_pin, check_new_pin, unlock
from tests.server.cli.device.conftest import Run
from tests.server.cli.device.village import NOW, PIN, Village


def wrong(folder: Path, now: int) -> str:
    with pytest.raises(Stopped) as told:
        unlock(folder, "000000", now)
    return told.value.code


def test_the_right_pin_opens_and_forgets_wrong_ones(village: Village) -> None:
    wrong(village.folder, NOW)
    assert unlock(village.folder, PIN, NOW) == village.key
    assert not (village.folder / "pin.tries").exists()


def test_after_three_wrong_pins_even_the_right_one_waits(village: Village) -> None:
    assert [wrong(village.folder, NOW) for _ in range(4)] == ["replica_locked"] * 3 + ["pin_wait"]
    with pytest.raises(Stopped) as told:
        unlock(village.folder, PIN, NOW + 4_000)
    assert told.value.details["seconds"] == 1
    assert unlock(village.folder, PIN, NOW + 5_000) == village.key


def test_each_further_wrong_pin_doubles_the_wait_up_to_five_minutes() -> None:
    assert [Tries(wrong, NOW).wait_s(NOW) for wrong in (2, 3, 4, 5, 9, 60)] == [0, 5, 10, 20, 300, 300]


def test_a_clock_set_back_gains_nothing_and_waits_no_longer() -> None:
    assert Tries(4, NOW).wait_s(NOW - 86_400_000) == 10


def test_a_try_is_on_disk_before_the_pin_is_looked_at(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: object) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr("server.cli.device.pin.KeyFolder.open", killed)
    with pytest.raises(KeyboardInterrupt):
        unlock(village.folder, PIN, NOW)
    assert msgspec.json.decode((village.folder / "pin.tries").read_bytes()) == {"wrong": 1, "at": NOW}


def test_a_count_that_was_tampered_with_counts_as_three(village: Village) -> None:
    (village.folder / "pin.tries").write_bytes(b"{}x")
    assert wrong(village.folder, NOW) == "replica_locked"
    assert wrong(village.folder, NOW) == "pin_wait"


def test_a_changed_pin_opens_the_same_store_and_the_old_one_nothing(
    run: Run, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANGBAN_NEW_PIN", "13579")
    assert run("pin", as_json=True)[1]["error"] == "pin_short"
    monkeypatch.setenv("BANGBAN_NEW_PIN", "135791")
    assert run("pin", as_json=True) == (0, {"changed": True})
    assert run("status", as_json=True)[1]["error"] == "replica_locked"
    assert unlock(village.folder, "135791", NOW) == village.key


def test_a_wrong_old_pin_changes_nothing_and_counts(village: Village) -> None:
    with pytest.raises(Stopped):
        change_pin(village.folder, "000000", "135791", NOW, os.urandom)
    assert (village.folder / "pin.tries").exists()
    assert unlock(village.folder, PIN, NOW) == village.key


def test_a_new_pin_has_six_characters() -> None:
    check_new_pin("123456")
    with pytest.raises(Stopped):
        check_new_pin("12345")
