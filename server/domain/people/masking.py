"""Owns what a list, a log or a notice may show of a person: 张*, 138****1234, 341802********1234.

Law: a mask never shows how long the hidden part of a name is, and text that is not what it claims to be is
hidden whole rather than shown.
"""

from __future__ import annotations

import re

from server.domain.people.names import split_name

_CITIZEN_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{8}(\d{3}[0-9Xx])(?![0-9A-Za-z])")
_OLD_CITIZEN_ID = re.compile(r"(?<![0-9A-Za-z])(\d{6})\d{6}(\d{3})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(1\d{2})\d{4}(\d{4})(?![0-9A-Za-z])")
_LAND_LINE = re.compile(r"(?<![0-9A-Za-z])(0\d{2,3})-?\d{3,4}(\d{4})(?![0-9A-Za-z])")
_BANK_CARD = re.compile(r"(?<![0-9A-Za-z])\d{12,15}(\d{4})(?![0-9A-Za-z])")


def mask_name(name: str) -> str:
    """The surname and one star."""
    surname, _ = split_name(name)
    return f"{surname}*" if surname else ""


def mask_phone(phone: str) -> str:
    if not phone:
        return ""
    for pattern in (_MOBILE, _LAND_LINE):
        if found := pattern.fullmatch(phone):
            return f"{found[1]}****{found[2]}"
    return "****"


def mask_citizen_id(number: str) -> str:
    if not number:
        return ""
    found = _CITIZEN_ID.fullmatch(number)
    return f"{found[1]}********{found[2]}" if found else "********"


def mask_text(text: str, land_lines: bool = True) -> str:
    """Free text with every id, phone and card number masked; names cannot be recognised and stay. Where desks
    leave their own number, `land_lines` are kept.
    """
    text = _CITIZEN_ID.sub(r"\1********\2", text)
    text = _OLD_CITIZEN_ID.sub(r"\1******\2", text)
    text = _MOBILE.sub(r"\1****\2", text)
    if land_lines:
        text = _LAND_LINE.sub(r"\1****\2", text)
    return _BANK_CARD.sub(r"****\1", text)
