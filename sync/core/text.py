"""Owns how what a person typed or pasted becomes text that every end takes (sync/core/codec.py holds the law).

Pasting brings what nobody sees: a phone number out of a contact list comes wrapped in directional marks, a name off
another machine in decomposed letters. Nothing that can be read is lost here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

UNSEEN = re.compile("[\x00\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""NUL, the directional overrides and half signs."""


def as_sent(typed: str) -> str:
    """The same text without what no line may hold, in the one Unicode form that lines have."""
    if typed.isascii() and "\x00" not in typed:
        return typed
    return unicodedata.normalize("NFC", UNSEEN.sub("", typed))


def all_as_sent(value: Any) -> Any:
    """A value of a line with every text in it as sent."""
    match value:
        case str():
            return as_sent(value)
        case dict():
            return {name: all_as_sent(each) for name, each in value.items()}
        case list() | tuple():
            return [all_as_sent(each) for each in value]
    return value
