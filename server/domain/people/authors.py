"""Owns what nobody writes by hand: the changes whose contents the centre works out when a person asks it to.

Laws: who may ask for one is told by the roles, as with any change; that nobody writes it is told here. What the
schedule alone does no role has at all. Everything else a person writes.
"""

from __future__ import annotations

from collections.abc import Mapping

_BULLETIN = ("请到“通报”编制、定稿或更正", "build, freeze or correct it among the bulletins")
_ROUND = ("请到“认领批次”开启这一轮", "open the round among the rounds of claiming")
_DRAW = ("请到该批次的“回头看”抽取", "draw it in the round's look-back")

ASKED_FOR: Mapping[str, tuple[str, str]] = {
    # A bulletin's figures, and that all areas are frozen together, are one thing that the centre does.
    **dict.fromkeys(("bulletin.draft", "bulletin.freeze", "bulletin.supersede"), _BULLETIN),
    # What is asked of whom, and the list frozen with the opening.
    **dict.fromkeys(("campaign.open", "baseline.freeze"), _ROUND),
    # By the seed, never by choice.
    "look_back.draw": _DRAW,
}
"""Change name → where it is asked for (zh, en)."""
