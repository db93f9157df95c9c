"""Owns which looks at a person's data must say why (查询事由).

Laws: whoever looks at what concerns social aid gives a reason, and every such look is logged (社会救助法 11, 70(6)); so
does whoever has a mask taken off. A reason is in a person's own words: a single sign tells nothing.
"""

from __future__ import annotations

from server.domain.record_fields import Fields, text

READS_KEPT_DAYS = 190
"""Logs are kept for six months at least (网络安全法 23); a week more, so that no short month matters."""
REASON_LENGTH_MIN = 2
REASON_LENGTH_MAX = 200
_GIVEN = "05"  # 行政给付
_AID_WORDS = ("救助", "最低生活保障", "特困", "低保", "危房")


def is_social_aid(item: Fields) -> bool:
    """Whether an item gives social aid: what the civil affairs office grants, or what its name says."""
    if text(item, "type") != _GIVEN:
        return False
    return "民政" in text(item, "dept") or any(word in text(item, "name") for word in _AID_WORDS)


def is_reason(said: str) -> bool:
    return REASON_LENGTH_MIN <= len(said.strip()) <= REASON_LENGTH_MAX
