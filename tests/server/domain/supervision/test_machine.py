"""The bounds of the machine's lights."""

from __future__ import annotations

import pytest

from server.domain.supervision.machine import JOB_LATE_MS, Light, backup_light, disk_light, job_light, overall

MINUTE = 60_000


@pytest.mark.parametrize(("free", "light"), [(50, Light.GREEN), (15, Light.GREEN), (14, Light.YELLOW), (4, Light.RED)])
def test_a_disk_fills(free: int, light: Light) -> None:
    assert disk_light(free, 100) is light


@pytest.mark.parametrize(
    ("failures", "late", "light"),
    [
        (0, 0, Light.GREEN),
        (0, JOB_LATE_MS, Light.GREEN),
        (0, JOB_LATE_MS + 1, Light.YELLOW),
        (0, JOB_LATE_MS + 2 * MINUTE + 1, Light.RED),
        (1, 0, Light.YELLOW),
        (2, 0, Light.RED),
    ],
)
def test_a_job_fails_or_does_not_come(failures: int, late: int, light: Light) -> None:
    assert job_light(failures=failures, next_at=1_000, every_ms=MINUTE, now_ms=1_000 + late) is light


def test_a_backup_made_every_hour_is_late_sooner() -> None:
    assert [backup_light(3 * 3_600 + extra, 1) for extra in (0, 1)] == [Light.GREEN, Light.YELLOW]
    assert backup_light(None, 1) is Light.RED


def test_the_worst_part_tells_the_whole() -> None:
    assert overall(Light.GREEN, Light.RED, Light.YELLOW) is Light.RED
    assert overall() is Light.GREEN
