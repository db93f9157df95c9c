"""What was pasted becomes text that a change may hold, and keeps every letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.changes import Captured, Change
from sync.core.codec import encode_change
from sync.core.text import all_as_sent, as_sent
from tests.centre import ident


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("汪秀英", "汪秀英"),
        ("\u202d138 0013 8000\u202c", "138 0013 8000"),  # a number out of a contact list
        ("\u2068王\u2069", "王"),
        ("e\u0301", "é"),
        ("a\x00b", "ab"),
        ("好\ud83d", "好"),  # half a sign, as an argument in a foreign encoding comes
        ("第一行\n第二行", "第一行\n第二行"),
    ],
)
def test_what_nobody_sees_goes_and_what_can_be_read_stays(typed: str, kept: str) -> None:
    assert as_sent(typed) == kept


@given(st.text(max_size=60))
def test_whatever_was_typed_a_change_can_hold_it(typed: str) -> None:
    encode_change(
        Change(
            id=ident("change", "1"),
            kind="ticket",
            record=ident("ticket", "1"),
            name="ticket.open",
            set={"text": as_sent(typed)},
            captured=Captured(wall=1),
        )
    )
    assert as_sent(as_sent(typed)) == as_sent(typed)


def test_every_text_of_a_value_is_read_and_nothing_else() -> None:
    typed = {"a": "\u202d1\u202c", "b": [{"c": "e\u0301"}], "d": 7, "e": None, "f": True}
    assert all_as_sent(typed) == {"a": "1", "b": [{"c": "é"}], "d": 7, "e": None, "f": True}
