"""Owns when a part of the machine is green, yellow or red: the database, backups, jobs, the disk.

Law: each light follows from a number and a bound that stand here, so that a page and a probe never differ.
"""

from __future__ import annotations

from enum import StrEnum

BACKUP_HOURS = 24
"""How often a centre is backed up where the schedule does not: by hand, or by a timer of the machine's."""
DISK_YELLOW, DISK_RED = 0.15, 0.05
"""What share of the disk is still free."""
JOB_LATE_MS = 5 * 60_000


class Light(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


def backup_light(age_s: int | None, hours: int = BACKUP_HOURS) -> Light:
    """Yellow when one is two hours late, red when two are; `hours` is how often one is made, 0 by hand."""
    hours = hours or BACKUP_HOURS
    if age_s is None or age_s > (2 * hours + 2) * 3_600:
        return Light.RED
    return Light.YELLOW if age_s > (hours + 2) * 3_600 else Light.GREEN


def disk_light(free: int, total: int) -> Light:
    share = free / total if total else 0.0
    if share < DISK_RED:
        return Light.RED
    return Light.YELLOW if share < DISK_YELLOW else Light.GREEN


def job_light(*, failures: int, next_at: int, every_ms: int, now_ms: int) -> Light:
    """Red when it failed twice running or did not come twice; yellow after one failure, or when it is late."""
    late = now_ms - next_at - JOB_LATE_MS
    if failures > 1 or late > 2 * every_ms:
        return Light.RED
    return Light.YELLOW if failures or late > 0 else Light.GREEN


def overall(*lights: Light) -> Light:
    """The worst of them."""
    return next((light for light in (Light.RED, Light.YELLOW) if light in lights), Light.GREEN)
