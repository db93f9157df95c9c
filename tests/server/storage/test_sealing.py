"""What is sealed opens only where it was sealed, by whoever holds the ring."""

import hashlib

import pytest

from server.storage.sealing import Algorithm, SealBroken, Sealing, SealingKey
from tests.centre import Counted

AES = SealingKey(Algorithm.AES_256_GCM, b"k" * 32)
SM4 = SealingKey(Algorithm.SM4_GCM, b"k" * 16)
TEXT = '{"name":"汪秀英"}'.encode()


def ring(active: int = 1, keys: dict[int, SealingKey] | None = None) -> Sealing:
    return Sealing(keys or {1: AES, 2: SM4}, active, b"i" * 32, Counted(f"nonce {active}"))


@pytest.mark.parametrize("active", [1, 2])
def test_what_was_sealed_opens_at_its_place(active: int) -> None:
    sealing = ring(active)
    kept = sealing.seal("cases/1", TEXT)
    assert "汪秀英".encode() not in kept
    assert sealing.open("cases/1", kept) == TEXT
    assert len(kept) == len(TEXT) + 3 + 12 + 16


@pytest.mark.parametrize("active", [1, 2])
def test_it_opens_nowhere_else_and_not_when_a_bit_was_changed(active: int) -> None:
    sealing = ring(active)
    kept = sealing.seal("cases/1", TEXT)
    with pytest.raises(SealBroken):
        sealing.open("cases/2", kept)
    for at in range(len(kept)):
        with pytest.raises(SealBroken):
            sealing.open("cases/1", kept[:at] + bytes((kept[at] ^ 0x80,)) + kept[at + 1 :])
    for length in range(1, len(kept)):
        with pytest.raises(SealBroken):
            sealing.open("cases/1", kept[:length])


def test_a_key_that_seals_no_more_still_opens() -> None:
    old = ring(1).seal("cases/1", TEXT)
    assert ring(2).open("cases/1", old) == TEXT
    with pytest.raises(SealBroken):
        ring(2, {2: SM4}).open("cases/1", old)


def test_what_is_sealed_together_never_shares_its_randomness() -> None:
    asked: list[int] = []
    counted = Counted("nonce")

    def randomness(length: int) -> bytes:
        asked.append(length)
        return counted(length)

    sealing = Sealing({1: AES}, 1, b"i" * 32, randomness)
    many = sealing.for_many(3)
    kept = [many.seal(f"cases/{number}", TEXT) for number in range(5)]
    assert len({one[3:15] for one in kept}) == 5
    assert asked == [3 * 12, 12, 12]  # three at once; whoever seals more than was said draws as ever
    assert [sealing.open(f"cases/{number}", one) for number, one in enumerate(kept)] == [TEXT] * 5


def test_sm4_gives_what_the_standard_gives() -> None:
    """RFC 8998, A.1."""
    key = SealingKey(Algorithm.SM4_GCM, bytes.fromhex("0123456789abcdeffedcba9876543210"))
    nonce = bytes.fromhex("00001234567800000000abcd")
    plain = bytes.fromhex(
        "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
        "eeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa"
    )
    kept = Sealing({1: key}, 1, b"i" * 32, lambda _length: nonce).seal("", plain)
    assert kept[15:79].hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )


def test_what_need_not_be_sealed_is_kept_as_it_is() -> None:
    kept = Sealing.keep_plain(TEXT)
    assert TEXT in kept
    assert ring().open("anywhere", kept) == TEXT


@pytest.mark.parametrize("active", [1, 2])
def test_what_grows_is_covered_byte_by_byte_each_place_by_a_key_of_its_own(active: int) -> None:
    sealing, plain = ring(active), bytes(50)
    whole = sealing.cover("spool/1", 0, plain)
    assert b"".join(sealing.cover("spool/1", at, plain[at : at + 7]) for at in range(0, 50, 7)) == whole
    assert sealing.cover("spool/1", 0, whole) == plain
    assert len({whole[at : at + 4] for at in range(46)}) == 46
    assert sealing.cover("spool/2", 0, plain) != whole


def test_equal_texts_meet_in_the_index_and_nobody_finds_them_without_its_key() -> None:
    index = ring().keyed_index("341802193507020027")
    assert index == ring(2).keyed_index("341802193507020027")
    assert index != ring().keyed_index("341802193507020028")
    assert index not in hashlib.sha256(b"341802193507020027").hexdigest()
    assert len(index) == 32


def test_keys_are_never_shown() -> None:
    assert "k" * 4 not in repr(AES)
