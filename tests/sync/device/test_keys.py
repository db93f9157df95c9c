"""Keys: a PIN alone opens nothing, a stolen file alone opens nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sync.device.errors import ReplicaLocked
from sync.device.keys import DeviceKey, KeyFolder, Slowness, unwrap_key, wrap_key, write_durably

QUICK = Slowness(passes=1, memory_kib=8)
bytes_of = random.Random(1).randbytes


def test_what_a_device_signs_is_verified_by_its_public_key() -> None:
    key = DeviceKey(b"k" * 32)
    Ed25519PublicKey.from_public_bytes(key.public).verify(key.sign(b"payload"), b"payload")
    assert DeviceKey(key.private).public == key.public


def test_the_pin_and_the_secret_together_open_the_key() -> None:
    wrapped = wrap_key(b"r" * 32, "2580", b"s" * 32, bytes_of, QUICK)
    assert unwrap_key(wrapped, "2580", b"s" * 32) == b"r" * 32
    for pin, secret in (("2581", b"s" * 32), ("2580", b"t" * 32)):
        with pytest.raises(ReplicaLocked):
            unwrap_key(wrapped, pin, secret)


def test_a_changed_pin_opens_the_same_replica_and_the_old_one_no_more(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    key = folder.create("1111", bytes_of, QUICK)
    with pytest.raises(ReplicaLocked):
        folder.change_pin("9999", "2222", bytes_of)
    folder.change_pin("1111", "2222", bytes_of)
    assert folder.open("2222") == key
    with pytest.raises(ReplicaLocked):
        folder.open("1111")


def test_a_key_is_never_made_over_another(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    folder.create("1111", bytes_of, QUICK)
    with pytest.raises(FileExistsError):
        folder.create("1111", bytes_of, QUICK)


def test_key_files_are_for_their_owner_only_and_gone_after_a_wipe(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path)
    folder.create("1111", bytes_of, QUICK)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    folder.wipe()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ReplicaLocked):
        folder.open("1111")


def test_a_guess_at_a_pin_is_slow_by_default() -> None:
    assert (Slowness().passes, Slowness().memory_kib) == (3, 65_536)


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_durably(tmp_path / "a", b"one")
    write_durably(tmp_path / "a", b"two")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a", b"two")]
