"""Owns what a page's row says: its address, who may see it, and what it takes to be let in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

from starlette.responses import Response

from server.console.navigation import STAFF
from server.console.visit import Visit
from server.domain.people.roles import Role


class Level(Enum):
    """How sure of the visitor a page must be."""

    OPEN = "open"
    PASSWORD = "password"  # noqa: S105 - the level, not one
    FULL = "full"
    STEPPED_UP = "stepped_up"  # the factor was shown within minutes: exports and the like


Handle = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    method: str
    path: str
    handle: Handle
    roles: frozenset[Role] = STAFF
    level: Level = Level.FULL
