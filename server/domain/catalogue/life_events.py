"""Owns the events of a life (人生事件) under which a helper looks for a service, as one table over base items.

Laws: an event is a word that people at a kitchen table use, never a department's. An item may stand under several, and
one under none is found by its name. An item's own topics, where a unit has filled them, come beside the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.record_fields import Fields, text, texts


@dataclass(frozen=True)
class LifeEvent:
    """`base_items`: base codes of the items that it brings with it."""

    code: str
    zh: str
    en: str
    base_items: tuple[str, ...]


_CARDS = ("992011001000", "992018001000")
_OLD_AGE_PENSION = ("992014006003", "992014006004")
LIFE_EVENTS: Mapping[str, LifeEvent] = {
    event.code: event
    for event in (
        LifeEvent(
            "old_age",
            "上年纪了",
            "growing old",
            (
                *_CARDS,
                "990511001000",
                *_OLD_AGE_PENSION,
                *("990511007000", "992011901000", "992011902000", "992018901000", "992011911000", "992011912000"),
            ),
        ),
        LifeEvent(
            "illness",
            "看病、残疾",
            "illness and disability",
            (
                *("992036001000", "992030001000", "992036002000", "992036003000", "992036004000", "992036911000"),
                *("990511005000", "990511006000", "990799001000", "992069911000", "992069912000"),
            ),
        ),
        LifeEvent(
            "hardship",
            "家里困难",
            "hard times",
            (
                *("990511002000", "990511003000", "990511004000", "990511007000", "990517001000", "992011915000"),
                *("992041901000", "992060912000", "992036911000"),
            ),
        ),
        LifeEvent(
            "child",
            "生孩子、上学",
            "a child",
            (
                *("992023001000", "990709001000", "990523001000", "990523002000", "990723003000", "992041901000"),
                *("992023911000", "992023912000", "992011913000", "992011914000", "992041911000"),
            ),
        ),
        LifeEvent(
            "work",
            "参保、工作",
            "work and insurance",
            (
                *("992014006001", "992014006002", "992014006005", "992014007000", "992036001000", "992030001000"),
                *("992014901000", "992014902000", "992014912000", "992014913000", "992014914000"),
            ),
        ),
        LifeEvent(
            "land",
            "种地、盖房",
            "land and house",
            (
                *("990164001000", "990164002000", "990164003000", "990120001000", "990720001000", "990517001000"),
                *("992021901000", "992021902000", "990720912000", "992017913000"),
            ),
        ),
        LifeEvent("papers", "证件丢了、到期", "papers", ("990709003000", "992014007000", "990799001000", *_CARDS)),
        LifeEvent("service", "当过兵", "served in the army", ("990524001000", "992059901000", "992059911000")),
        LifeEvent("death", "亲人过世", "after a death", ("990709002000", "002014006009", "992011916000")),
    )
}


def events_of(item: Fields) -> tuple[str, ...]:
    """The codes of the events under which an item is found, in the table's order."""
    base, topics = text(item, "base_item"), texts(item, "user_topics")
    return tuple(
        event.code for event in LIFE_EVENTS.values() if base in event.base_items or {event.code, event.zh} & set(topics)
    )
