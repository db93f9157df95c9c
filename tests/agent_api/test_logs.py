"""Nothing personal and nothing that opens a door is written."""

import pytest

from agent_api.logs import CUT, redact


@pytest.mark.parametrize(
    "key",
    ["access_token", "authorization", "password", "code", "activation_code", "name", "phone", "citizen_id", "last4"],
)
def test_keys_that_name_a_secret_or_a_person_are_cut(key: str) -> None:
    assert redact(None, "info", {key: "x"}) == {key: CUT}
    assert redact(None, "info", {"detail": {key: "x"}}) == {"detail": {key: CUT}}


@pytest.mark.parametrize(
    "text",
    [
        "Bearer eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJiYW5nYmFuIn0.abc",
        "refresh " + "A" * 54,
        "code ABCDE-23456",
        "id 341881195001011234 there",
        "call 13812345678",
    ],
)
def test_texts_are_masked(text: str) -> None:
    cleaned = str(redact(None, "info", {"event": text})["event"])
    assert cleaned != text
    assert not any(part in cleaned for part in ("eyJ", "A" * 20, "ABCDE-23456", "195001011", "13812345678"))


def test_what_helps_stays() -> None:
    event = {
        "event": "request",
        "route": "/v1/exchange",
        "status": 200,
        "problem_code": "malformed",
        "device": "a" * 32,
    }
    assert redact(None, "info", dict(event)) == event
