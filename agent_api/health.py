"""Answers whether the centre is well: red when it cannot work or when no verified backup exists.

Law: it says how the machine is, never what is in it; anyone may ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from server.domain.supervision.machine import BACKUP_HOURS, Light, backup_light, overall
from server.storage.errors import StorageError
from server.storage.fence import superseded_by
from server.storage.unit_of_work import Database

if TYPE_CHECKING:
    from agent_api.wiring import Services

BACKUP_YELLOW_S = (BACKUP_HOURS + 2) * 3_600
BACKUP_RED_S = (2 * BACKUP_HOURS + 2) * 3_600


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`backup_age_s`: since the last backup that was verified at a second place; null when there is none."""

    light: Light
    database: Light
    backup: Light
    backup_age_s: int | None
    schema_version: int
    epoch: str
    superseded: bool = False
    """Of two centres this is the older: it takes no work, and its operator must say which one goes on."""


async def measure_health(
    database: Database, *, epoch: str, backup_age_s: int | None, backup_hours: int = BACKUP_HOURS
) -> Health:
    """What most composition roots give as `check_health`."""
    try:
        async with database.read() as snapshot:
            row = await snapshot.fetch_one("SELECT max(version) FROM schema_version")
            later = await superseded_by(snapshot)
        schema, state = (row[0] if row else 0), Light.RED if later else Light.GREEN
    except StorageError:
        schema, state, later = 0, Light.RED, ""
    if database.disk_failure is not None:
        state = Light.RED
    backup = backup_light(backup_age_s, backup_hours)
    return Health(
        light=overall(state, backup),
        database=state,
        backup=backup,
        backup_age_s=backup_age_s,
        schema_version=schema,
        epoch=epoch,
        superseded=bool(later),
    )


async def show_health(request: Request, services: Services) -> Response:
    """503 only when the database is red: without a backup the centre still takes work, and says so."""
    health = await services.check_health()
    status = 503 if health.database is Light.RED else 200
    return Response(msgspec.json.encode(health), status_code=status, media_type="application/json")
