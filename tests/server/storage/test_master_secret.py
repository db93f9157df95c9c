"""The secret outside the database: made once, kept from others, never replaced."""

import os
from pathlib import Path

import pytest

from server.credentials import Secrets
from server.storage.master_secret import SecretUnusable, make_secret, read_secret, sealing_of


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master"
    made = make_secret(path, os.urandom)
    assert len(made) == 32
    assert make_secret(path, os.urandom) == read_secret(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "00" * 31, "00" * 33, "xy" * 32, "é" * 64])
def test_what_is_no_secret_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "master"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SecretUnusable, match="64 hex digits"):
        read_secret(path)


def test_one_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "master"
    make_secret(path, os.urandom)
    path.chmod(0o640)
    with pytest.raises(SecretUnusable, match="chmod 600"):
        read_secret(path)


def test_one_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(SecretUnusable, match="put the secret"):
        read_secret(tmp_path / "master")


@pytest.mark.parametrize("cipher", ["aes-gcm", "sm4-gcm"])
def test_what_either_cipher_sealed_the_other_opens(cipher: str) -> None:
    secrets = Secrets(b"s" * 32)
    sealed = sealing_of(secrets, cipher, os.urandom).seal("residents/1", b"a body")
    for other in ("aes-gcm", "sm4-gcm"):
        assert sealing_of(Secrets(b"s" * 32), other, os.urandom).open("residents/1", sealed) == b"a body"


def test_equal_texts_meet_in_the_index_of_one_secret_only() -> None:
    one, other = (sealing_of(Secrets(raw * 32), "aes-gcm", os.urandom) for raw in (b"a", b"b"))
    assert one.keyed_index("x") == one.keyed_index("x") != other.keyed_index("x")
