"""Observations put down by hand."""

from __future__ import annotations

from sync.core.clock import from_iso
from tests.small_centre import VILLAGE, SmallCentre

COLUMNS = (
    "case_id", "account", "device", "village", "item", "captured_at", "received_at", "day", "person", "phone",
    "phone_own", "payee", "seconds", "materials", "flags",
)  # fmt: skip


async def observe(small: SmallCentre, account: str, number: int, at: str, **more: object) -> str:
    """One filing of an account, captured at that moment."""
    case = f"{number:032x}"
    captured = from_iso(at)
    row: dict[str, object] = {
        "case_id": case,
        "account": account,
        "device": "d",
        "village": VILLAGE,
        "item": "i" * 32,
        "captured_at": captured,
        "received_at": captured,
        "day": at[:10],
        "person": f"p{number}",
        "phone": None,
        "phone_own": 1,
        "payee": None,
        "seconds": None,
        "materials": 1,
        "flags": "",
        **more,
    }
    values = [row[name] for name in COLUMNS]
    marks = ", ".join("?" * len(COLUMNS))
    await small.tamper(f"INSERT INTO observations ({', '.join(COLUMNS)}) VALUES ({marks})", values)
    return case
