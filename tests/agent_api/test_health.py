"""Red without a verified backup; 503 only when the database is gone."""

import pytest

from agent_api.health import BACKUP_RED_S, BACKUP_YELLOW_S, Health, measure_health
from server.domain.supervision.machine import Light, backup_light, overall
from tests.agent_api.centre import Centre


@pytest.mark.parametrize(
    ("age_s", "light"),
    [
        (None, Light.RED),
        (0, Light.GREEN),
        (BACKUP_YELLOW_S, Light.GREEN),
        (BACKUP_YELLOW_S + 1, Light.YELLOW),
        (BACKUP_RED_S + 1, Light.RED),
    ],
)
def test_a_backup_ages(age_s: int | None, light: Light) -> None:
    assert backup_light(age_s) is light


def test_the_worst_light_counts() -> None:
    assert overall(Light.GREEN, Light.YELLOW) is Light.YELLOW
    assert overall(Light.YELLOW, Light.RED, Light.GREEN) is Light.RED
    assert overall(Light.GREEN) is Light.GREEN


async def test_a_well_centre_says_so(api: Centre) -> None:
    answer = await api.client.get("/v1/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "light": "green",
        "database": "green",
        "backup": "green",
        "backup_age_s": 60,
        "schema_version": answer.json()["schema_version"],
        "epoch": "e1",
        "superseded": False,
    }
    assert answer.json()["schema_version"] >= 1


async def test_without_a_backup_it_is_red_and_still_works(api: Centre) -> None:
    async def check() -> Health:
        return await measure_health(api.database, epoch="e1", backup_age_s=None)

    async with api.client_of(check_health=check) as client:
        answer = await client.get("/v1/health")
    assert (answer.status_code, answer.json()["light"]) == (200, "red")
