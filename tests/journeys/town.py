"""A town that lives: the small world after a week in the field and a week at the desks, filled once for all journeys.

Law: journeys share it, so each takes records of its own, which `waiting` hands out and never twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from fixtures.fleet.week import Week
from fixtures.story.residents import Shown
from fixtures.world import Role, World
from server.centre import Centre, open_centre
from server.cli.demo import SMALL_WEEK, demo_settings, fill
from tests.command import finish
from tests.journeys.console import login_of, sign_in_for
from tests.journeys.phone import ServedCentre, serving

Found = TypeVar("Found")

COUNTY, TOWN = "341881000000", "341881106000"
# A desk of the county takes in what one of its units holds as well; only what a place holds is decided there.
CASES = """SELECT number FROM cases WHERE state = ? AND number > '' AND bucket LIKE 'place:341881%'
           AND holder LIKE ? ORDER BY number"""


@dataclass(frozen=True)
class Town:
    """`shown`: a case whose resident may look. `given`: what was handed out already."""

    centre: ServedCentre
    world: World
    shown: Shown
    given: set[str] = field(default_factory=set)

    @property
    def address(self) -> str:
        return self.centre.address

    def sign_in(self, role: Role, *, in_place: str = "") -> Any:
        """A password and an authenticator for somebody of this role."""
        return sign_in_for(self.centre, login_of(self.world, role, in_place=in_place))

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What the centre's database holds."""

        async def look(opened: Centre) -> list[tuple[Any, ...]]:
            async with opened.database.read() as snapshot:
                return [tuple(row) for row in await snapshot.fetch(sql, list(parameters))]

        return self._opened(look)

    def tamper(self, sql: str, *parameters: object) -> None:
        """What time does, or somebody who has the database."""

        async def write(opened: Centre) -> None:
            async with opened.database.write() as tx:
                await tx.execute(sql, list(parameters))

        self._opened(write)

    def _opened(self, work: Callable[[Centre], Awaitable[Found]]) -> Found:
        async def run() -> Found:
            async with open_centre(self.centre.settings) as opened:
                return await work(opened)

        return finish(run())

    def waiting(self, state: str, *, to_decide: bool = False) -> str:
        """The number of a case in this state that no other journey was given. There are few that the county's own desk
        decides: those are for who says so.
        """
        held = ("place:%",) if to_decide else ("unit:%", "place:%")
        found = [row[0] for holder in held for row in self.ask(CASES, state, holder) if row[0] not in self.given]
        self.given.add(found[0])
        return str(found[0])

    def state_of(self, number: str) -> str:
        return str(self.ask("SELECT state FROM cases WHERE number = ?", number)[0][0])

    def changes_of(self, number: str) -> int:
        """How many changes had an effect on its record. A refused one is kept as well, and has none."""
        sql = """SELECT count(*) FROM changes g JOIN cases c ON c.id = g.record
                 WHERE c.number = ? AND g.code IN ('applied', 'merged')"""
        return int(self.ask(sql, number)[0][0])


@contextmanager
def living_town(folder: Path, database: str = "") -> Iterator[Town]:
    settings = demo_settings(folder)
    if database:
        settings = replace(settings, database=database)
    week = Week(SMALL_WEEK)
    _, story = finish(fill(week, settings, Console(quiet=True)))
    with serving(settings) as centre:
        yield Town(centre, week.world, story.shown)
