"""Owns how a change of a text is shown: which of its parts stayed, which went, which came.

Law: put together again, what stayed and went is the text before, and what stayed and came the text after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

WHOLE_ABOVE = 3000
"""Longer texts are shown whole, one after the other: nobody reads their letters one by one."""
ALIKE_LEAST = 0.3


class Mark(Enum):
    STAYED = "stayed"
    WENT = "went"
    CAME = "came"


@dataclass(frozen=True)
class Part:
    mark: Mark
    words: str


def whole_parts(before: str, after: str) -> tuple[Part, ...]:
    """One word in the place of another: what their letters share says nothing."""
    return _told([(Mark.WENT, before), (Mark.CAME, after)] if before != after else [(Mark.STAYED, after)])


def parts(before: str, after: str) -> tuple[Part, ...]:
    """The change from one text to the other, in reading order."""
    if max(len(before), len(after)) > WHOLE_ABOVE:
        return _told([(Mark.WENT, before), (Mark.CAME, after)])
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < ALIKE_LEAST:
        return _told([(Mark.WENT, before), (Mark.CAME, after)])
    found: list[tuple[Mark, str]] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append((Mark.STAYED, before[i1:i2]))
        else:
            found += [(Mark.WENT, before[i1:i2]), (Mark.CAME, after[j1:j2])]
    return _told(found)


def _told(marked: Iterable[tuple[Mark, str]]) -> tuple[Part, ...]:
    return tuple(Part(mark, words) for mark, words in marked if words)
