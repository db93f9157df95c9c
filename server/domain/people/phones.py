"""Owns phone numbers: reading what people dictate, and the one form that records and searches use.

Law: one number, one spelling: mobiles as 11 digits, land lines with their area code's zero (05633022345).
"""

from __future__ import annotations

from dataclasses import dataclass

HOME_AREA_CODE = "0563"
SERVICE_LINES = frozenset({"12345", "12333", "12393", "110", "119", "120"})


@dataclass(frozen=True)
class Phone:
    """`number` is the form to keep; `mobile` says whether a text message can reach it."""

    number: str
    mobile: bool


def parse_phone(text: str, home_area_code: str = HOME_AREA_CODE) -> Phone | None:
    """The phone in `text`, None when it is none. Seven or eight digits are taken as local to
    `home_area_code`.
    """
    import phonenumbers  # slow to load, and most of what names a phone never reads one

    digits = "".join(c for c in text if c.isdecimal())
    if len(digits) in (7, 8) and not text.strip().startswith("+"):
        text = home_area_code + digits
    try:
        parsed = phonenumbers.parse(text, "CN")
    except phonenumbers.NumberParseException:
        return None
    if parsed.country_code != 86 or not phonenumbers.is_valid_number(parsed):
        return None
    national = phonenumbers.national_significant_number(parsed)
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(parsed) in mobile:
        return Phone(national, mobile=True)
    return Phone("0" + national, mobile=False)


def is_service_line(text: str) -> bool:
    """Short lines may stand in an item's contacts, never as a resident's phone."""
    return text.strip() in SERVICE_LINES
