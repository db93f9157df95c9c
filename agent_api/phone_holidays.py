"""Writes the phone's table of days that are not worked as their weekday says: the State Council's holidays and the days
worked in exchange.

`python -m agent_api.phone_holidays` writes agent_api/phone/src/domain/holidays_table.ts. A day of the table is turned
round: a weekday in it is off, a weekend in it is worked. Years that were not announced are not in it, and the phone
says of them what the centre says: counted by weekdays, provisional.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from pathlib import Path

from server.domain.calendar import is_working_day

TARGET = Path(__file__).parent / "phone" / "src" / "domain" / "holidays_table.ts"
FIRST_YEAR = 2025  # no phone counts from a day before the app was
_HEAD = """// Days that are not worked as their weekday says, by announced year. Written by
// `python -m agent_api.phone_holidays` from the calendar that the centre counts by: never change this file by hand.
"""


def turned_round(year: int) -> list[date] | None:
    """The year's days that differ from their weekday; None when the year was not announced."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]
    judged = {day: is_working_day(day) for day in days}
    if any(provisional for _, provisional in judged.values()):
        return None
    return [day for day, (works, _) in judged.items() if works != (day.weekday() < 5)]


def rendered() -> str:
    rows = []
    for year in count(FIRST_YEAR):
        days = turned_round(year)
        if days is None:
            break
        rows.append(f"  '{year}':\n    '{' '.join(f'{day:%m-%d}' for day in days)}',\n")
    return f"{_HEAD}\nexport const TURNED_ROUND: {{ readonly [year: string]: string }} = {{\n{''.join(rows)}}}\n"


def write() -> None:
    TARGET.write_text(rendered(), encoding="utf-8")


if __name__ == "__main__":
    write()
