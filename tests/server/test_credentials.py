"""What is derived, given out and read back: one reading for each text, and nothing but refusal for the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.credentials import (
    CODE_SIGNS,
    CredentialInvalid,
    RefreshToken,
    Secrets,
    from_base64url,
    new_code,
    read_code,
    read_public_key,
    to_base64url,
)

SECRETS = Secrets(bytes(range(32)))
DEVICE = "0123456789abcdef" * 2


def test_a_refresh_token_is_read_back_and_always_the_same() -> None:
    token = SECRETS.refresh_token(DEVICE, 3, 9)
    assert token == SECRETS.refresh_token(DEVICE, 3, 9)
    assert len(token) == 54
    assert SECRETS.read_refresh_token(token) == RefreshToken(DEVICE, 3, 9)


def test_each_device_session_and_step_has_its_own() -> None:
    tokens = {SECRETS.refresh_token(d, s, n) for d in (DEVICE, "f" * 32) for s in (1, 2) for n in (0, 1)}
    assert len(tokens) == 8


@given(st.integers(0, 53), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_="))
def test_a_token_with_any_sign_changed_is_no_token(place: int, sign: str) -> None:
    good = SECRETS.refresh_token(DEVICE, 1, 1)
    bent = good[:place] + sign + good[place + 1 :]
    if bent == good:
        return
    with pytest.raises(CredentialInvalid):
        SECRETS.read_refresh_token(bent)


@given(st.text())
def test_any_other_text_is_refused_and_nothing_else(text: str) -> None:
    for read in (SECRETS.read_refresh_token, lambda text: SECRETS.check_challenge(text, 1), read_public_key):
        with pytest.raises(CredentialInvalid):
            read(text)


def test_another_master_reads_nothing() -> None:
    with pytest.raises(CredentialInvalid):
        Secrets(bytes(32)).read_refresh_token(SECRETS.refresh_token(DEVICE, 1, 1))


def test_each_purpose_has_its_own_key_and_none_is_shown() -> None:
    assert len({SECRETS.key(purpose) for purpose in ("refresh", "challenge", "activation", "live-ticket")}) == 4
    assert "\\x" not in repr(SECRETS)


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_however_it_is_typed(random_bytes: bytes) -> None:
    shown = new_code(random_bytes)
    plain = shown.replace("-", "")
    assert read_code(shown) == read_code(f" {shown.lower()} ") == read_code(" ".join(plain)) == plain
    assert set(plain) <= set(CODE_SIGNS)


def test_codes_are_too_many_to_guess() -> None:
    assert len(CODE_SIGNS) ** 10 > 2**49


@pytest.mark.parametrize("raw", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32, bytes(31) + b"\x80"])
def test_keys_that_anybody_can_sign_for_are_refused(raw: bytes) -> None:
    with pytest.raises(CredentialInvalid):
        read_public_key(to_base64url(raw))


@given(st.binary(max_size=64))
def test_base64url_has_one_spelling(raw: bytes) -> None:
    text = to_base64url(raw)
    assert from_base64url(text, length=len(raw)) == raw
    for other in (text + "=", text + "A", " " + text):
        with pytest.raises(CredentialInvalid):
            from_base64url(other, length=len(raw))
