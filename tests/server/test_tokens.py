"""A token is what this centre wrote, in its one spelling, in its time. See also tests/agent_api/test_token_zoo.py."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from server.tokens import (
    LEEWAY_S,
    LIFE_S,
    AccessClaims,
    KeyRing,
    SigningKey,
    TokenInvalid,
    kid_of,
    open_private_key,
    seal_private_key,
)

NOW = 1_795_000_000_000
ACCOUNT, DEVICE = "a" * 32, "b" * 32
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = kid_of(KEY.public_key().public_bytes_raw())
RING = KeyRing(SigningKey(KID, KEY), {KID: KEY.public_key()})
TOKEN, LIFE = RING.issue(ACCOUNT, DEVICE, 7, now_ms=NOW, random_bytes=bytes(4))


def test_a_token_is_read_back() -> None:
    claims = RING.read(TOKEN, now_ms=NOW)
    assert claims == AccessClaims(ACCOUNT, DEVICE, 7, claims.token, NOW // 1000 + LIFE_S)
    assert LIFE == LIFE_S


def test_a_token_is_short_enough_for_an_idle_exchange() -> None:
    assert len(TOKEN) < 330


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_with_any_sign_changed_is_no_token(place: int, sign: str) -> None:
    bent = TOKEN[:place] + sign + TOKEN[place + 1 :]
    if bent == TOKEN:
        return
    with pytest.raises(TokenInvalid):
        RING.read(bent, now_ms=NOW)


@given(st.text(max_size=600))
def test_any_other_text_is_refused_and_nothing_else(text: str) -> None:
    with pytest.raises(TokenInvalid):
        RING.read(text, now_ms=NOW)
    with pytest.raises(TokenInvalid):
        RING.read(TOKEN.partition(".")[0] + "." + text, now_ms=NOW)


def test_its_time_is_judged_by_the_clock_handed_in() -> None:
    RING.read(TOKEN, now_ms=NOW + (LIFE_S + LEEWAY_S) * 1000 - 1)
    for now in (NOW + (LIFE_S + LEEWAY_S) * 1000, NOW - (LEEWAY_S + 1) * 1000):
        with pytest.raises(TokenInvalid) as refused:
            RING.read(TOKEN, now_ms=now)
        assert refused.value.expired


def test_a_sealed_key_opens_under_its_own_name_and_key_alone() -> None:
    sealed = seal_private_key(KEY, KID, sealing_key=bytes(32), nonce=bytes(12))
    assert open_private_key(sealed, KID, sealing_key=bytes(32)).private.private_bytes_raw() == bytes(range(32))
    assert KEY.private_bytes_raw().hex() not in repr(SigningKey(KID, KEY))
