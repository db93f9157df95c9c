"""Writes the phone's table of pinyin initials, of every reading of every character, so that 单 is found by s, d and c.

`python -m agent_api.phone_initials` writes agent_api/phone/src/domain/initials_table.ts. The characters are those of
GB 2312 in its own order, of which the first half is sorted by sound: the table packs to a few kilobytes, and any
browser can decode the order. Rarer characters are found by typing them.
"""

from __future__ import annotations

import string
from pathlib import Path

from pypinyin import Style, pinyin

from server.domain.people.names import COMPOUND_SURNAMES, SURNAME_READINGS

TARGET = Path(__file__).parent / "phone" / "src" / "domain" / "initials_table.ts"
ROWS, CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)
_WIDTH = 100
_HEAD = """// The pinyin initials of every reading of the characters of GB 2312, in its order. Written by
// `python -m agent_api.phone_initials` from the readings that the centre searches by: change those, never this file.
"""


def initials_of(sign: str) -> str:
    """The first reading's initial, then those of the others, each once. Empty when none is known."""
    [readings] = pinyin(sign, style=Style.FIRST_LETTER, heteronym=True, errors="ignore") or [[]]
    as_surname = [one[0] for one in SURNAME_READINGS.get(sign, ())]
    in_compounds = [
        syllable[0]
        for surname, syllables in COMPOUND_SURNAMES.items()
        for each, syllable in zip(surname, syllables, strict=True)
        if each == sign
    ]
    told = [*readings, *as_surname, *in_compounds]
    return "".join(dict.fromkeys(one for one in told if one and one in string.ascii_lowercase))


def signs() -> list[str]:
    """Every character of the table's order; places without one hold a space."""
    return [bytes([row, cell]).decode("gb2312", errors="replace")[:1] for row in ROWS for cell in CELLS]


def rendered() -> str:
    """The usual initial of each character as one long text, and the others of those that have several."""
    every = [(sign, "" if sign == "\ufffd" else initials_of(sign)) for sign in signs()]
    usual = "".join(initials[:1] or "_" for _, initials in every)
    more = "".join(sign + initials[1:] for sign, initials in every if len(initials) > 1)
    return f"{_HEAD}\n{_constant('USUAL', usual)}{_constant('MORE', more)}"


def _constant(name: str, text: str) -> str:
    pieces = [text[place : place + _WIDTH] for place in range(0, len(text), _WIDTH)]
    return f"export const {name} =\n" + " +\n".join(f"  '{piece}'" for piece in pieces) + "\n"


def write() -> None:
    TARGET.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    write()
