"""Owns filing across areas (异地通办): whether an item is handled for residents registered elsewhere, and how far.

Laws: nobody is turned away at a door: what an item does not reach is advice to the desk, which passes the case on to
the unit there. Who handles a case is told by its item, never by where the resident is registered. A registration may
lie outside the prefecture, so it is compared by its digits and not by the directory.
"""

from __future__ import annotations

from server.domain.problems import Problem, problem
from server.domain.record_fields import Fields, text

# how far an item is handled → how many digits of the division code must agree
REACHES: dict[str, int] = {"全国": 0, "全省": 2, "跨市": 2, "全市": 4, "跨县": 4, "全县": 6, "本县": 6, "": 6}


def advise_area(case: Fields, resident: Fields, item: Fields) -> list[Problem]:
    """What the desk should know of a resident registered elsewhere; nothing where no registration is known."""
    registered, served = text(resident, "hukou"), text(case, "village")
    digits = REACHES.get(text(item, "area"), 6)
    if not registered or not served or registered[:digits] == served[:digits]:
        return []
    return [problem("cross_area", "item", place=registered)]
