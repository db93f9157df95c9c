"""Owns which looks at a person's data must say why (查询事由).

    item ◀─ case, consent, bundle, service_log    case ◀─ rating, ticket, licence    any record ◀─ conflict, task

Laws: whoever looks at what concerns social aid gives a reason, and every such look is logged (社会救助法 11, 70(6)); so
does whoever has a mask taken off. A record concerns social aid by itself, or by what it leads to. A reason is in a
person's own words: a single sign tells nothing. Lights and reviews lead nowhere: they tell of a case by its number.
"""

from __future__ import annotations

from server.domain.record_fields import Fields, groups, text, texts

READS_KEPT_DAYS = 190
"""Logs are kept for six months at least (网络安全法 23); a week more, so that no short month matters."""
REASON_LENGTH_MIN = 2
REASON_LENGTH_MAX = 200
REASON_HOLDS_MS = 15 * 60_000
"""How long the reason of a look covers the pictures that its page names: they are opened one by one."""
LINKS_MAX = 2_000
"""Beyond so many records nobody follows: what leads to more is taken for social aid."""
_GIVEN = "05"  # 行政给付
_LOW_INCOME = "low_income"
_AID_WORDS = ("救助", "最低生活保障", "特困", "低保", "危房")


def is_social_aid(item: Fields) -> bool:
    """Whether an item gives social aid: what the civil affairs office grants, or what its name says."""
    if text(item, "type") != _GIVEN:
        return False
    return "民政" in text(item, "dept") or any(word in text(item, "name") for word in _AID_WORDS)


def tells_of_aid(kind: str, fields: Fields) -> bool:
    """Whether the record says by itself that somebody asks for social aid, or has it."""
    match kind:
        case "item":
            return is_social_aid(fields)
        case "licence":
            return any(word in text(fields, "kind") for word in _AID_WORDS)
        case "resident":
            return _LOW_INCOME in texts(fields, "flags")
    return False


def leads_to(kind: str, fields: Fields) -> frozenset[tuple[str, str]]:
    """(kind, id) of what says whether a look at this record concerns social aid, besides itself."""
    match kind:
        case "case":
            found = [("item", text(fields, "item"))]
        case "consent" | "service_log":
            found = [("item", one) for one in texts(fields, "items")]
        case "bundle":
            found = [("item", text(leg, "item")) for leg in groups(fields, "legs")]
        case "rating" | "ticket":
            found = [("case", text(fields, "case"))]
        case "licence":
            found = [("case", text(use, "case")) for use in groups(fields, "uses")]
        case "conflict":
            found = [(text(fields, "kind"), text(fields, "record"))]
        case "task":
            found = [(text(fields, "about_kind"), text(fields, "about"))]
        case _:
            found = []
    return frozenset((kind, record) for kind, record in found if kind and record)


def is_reason(said: str) -> bool:
    return REASON_LENGTH_MIN <= len(said.strip()) <= REASON_LENGTH_MAX
