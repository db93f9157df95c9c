"""Owns what is deleted when (保存期限): one table, each row with its time and the law it rests on.

Laws: personal data is kept no longer than its purpose needs (PIPL 19), logs no shorter than six months (网络安全法 23).
What is not in the table is kept. The schedule deletes; a report proves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.supervision.reads import READS_KEPT_DAYS

RESIDENT_KEPT_DAYS = 3 * 366


@dataclass(frozen=True)
class Keeping:
    """`days` after what `zh` and `en` say."""

    code: str
    days: int
    zh: str
    en: str
    basis: str


KEPT: Mapping[str, Keeping] = {
    one.code: one
    for one in (
        Keeping("reads", READS_KEPT_DAYS, "查询日志", "looks in the read log", "网络安全法 23：不少于六个月"),
        Keeping("observations", 400, "办件特征（不含内容）", "facts of filings, without contents", "PIPL 19"),
        Keeping("sessions", 190, "已结束的登录", "sessions that ended", "网络安全法 23；PIPL 19"),
        Keeping("codes", 190, "用过或过期的激活码", "activation codes, used or out of time", "PIPL 19"),
        Keeping("late_lines", 0, "已删除居民又收到的内容", "what came in again for an erased resident", "PIPL 47"),
        Keeping(
            "residents",
            RESIDENT_KEPT_DAYS,
            "全部办件办结的居民",
            "residents all of whose cases are over",
            "PIPL 19；同意书所载：办结后三年",
        ),
    )
}
