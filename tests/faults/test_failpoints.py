"""The server is killed before each single statement of an exchange: its changes are all there, or none of them is."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from server.clock import MachineClock
from server.domain.people.roles import Role, Scope
from sync.core.changes import Base, OutcomeCode
from tests.centre import Phone, ident, resident
from tests.faults.failpoints import put_in
from tests.faults.process import ServerProcess
from tests.faults.site import Line, Person, Site, prepare, settings_in
from tests.faults.test_server_killed import Road, check_sums, database_of
from tests.people import TOWN, VILLAGE

HELPER = Person("helper")
LEAD = Person("lead", Role.TOWN_LEAD, Scope(frozenset({TOWN})))
SHARED = ident("resident", "shared")
BATCH = 3
POINTS_MAX = 400


class Story:
    """A lead and a helper who share one resident. The helper's phone sends until it is answered."""

    def __init__(self, site: Site, line: Line) -> None:
        self.line = line
        self.helper, self.lead = site.phone(HELPER, line), site.phone(LEAD, line)
        self.base: Base | None = None

    async def begin(self) -> None:
        made = self.helper.change("resident", SHARED, "resident.register", name="汪秀英", village=VILLAGE)
        await self.helper.tell([made])
        await self.lead.read_all()
        self.base = self.lead.base_of(SHARED)
        self.helper.epoch = self.lead.epoch
        theirs = self.lead.change("resident", SHARED, "resident.edit", self.base, address="前村组3号")
        assert (await self.lead.tell([theirs])).outcomes[0].code is OutcomeCode.APPLIED

    def batch(self, number: int) -> list[bytes]:
        """Somebody new, an edit of that record, and one of the shared record that did not see the lead's."""
        new = resident(self.helper, number, VILLAGE)
        told = json.loads(new)
        edit = self.helper.change(
            "resident", told["record"], "resident.edit", Base(change=told["id"]), phone=f"199{number:08d}"
        )
        blind = self.helper.change("resident", SHARED, "resident.edit", self.base, address=f"后村组{number}号")
        return [new, edit, blind]

    async def send(self, lines: list[bytes]) -> None:
        answer = await self.helper.tell(lines)
        codes = [one.code for one in answer.outcomes]
        assert codes == [OutcomeCode.APPLIED, OutcomeCode.APPLIED, OutcomeCode.CONFLICT], answer.outcomes


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_server_killed_before_any_statement_has_all_of_an_exchange_or_nothing(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    fates: Counter[str] = Counter()
    with database_of(engine, request) as url:
        site = await prepare(settings_in(tmp_path, url), HELPER, LEAD, clock=MachineClock())
        async with Road() as road, httpx.AsyncClient(transport=road, base_url="http://127.0.0.1", timeout=60) as client:
            story = Story(site, Line(client))
            await _serve(site, road, story.begin)
            lines = story.batch(0)
            for point in range(1, POINTS_MAX):
                before = len(await _logged(site, story.helper))
                answered = await _serve(site, road, partial(story.send, lines), point)
                gained = len(await _logged(site, story.helper)) - before
                assert gained in (0, BATCH), f"point {point}: {gained} changes of {BATCH}"
                await check_sums(site)
                if answered:
                    break
                fates["nothing" if not gained else "all"] += 1
                if gained:
                    # What was committed and never told is told when it is asked for again, and not done again.
                    assert await _serve(site, road, partial(story.send, lines))
                    assert len(await _logged(site, story.helper)) == before + BATCH
                    lines = story.batch(point)
            conflicts = (await site.rows())["conflicts"]
            sent = await _logged(site, story.helper)
    assert answered, "the last point lies behind the last statement of an exchange"
    assert fates["nothing"] > 8, "each statement up to the commit is a point"
    assert fates["all"] > 2, "and so is each of the answer's"
    assert len(conflicts) == (len(sent) - 1) // BATCH, "one conflict for each batch, whatever its server went through"


async def _serve(site: Site, road: Road, act: Callable[[], Awaitable[None]], kill_at: int = 0) -> bool:
    """Does it against a server of its own; False when that died of it."""
    server = ServerProcess(site.settings, before=partial(put_in, kill_at) if kill_at else None)
    try:
        await server.start()
        road.lead_to(server)
        await act()
    except httpx.TransportError:
        assert await server.wait() == -signal.SIGKILL
        return False
    finally:
        road.lead_to(None)
        await server.kill()
    return True


async def _logged(site: Site, phone: Phone) -> list[int]:
    """The seqs of this phone's changes, without a gap."""
    rows = await site.rows()
    seqs = sorted(row[5] for row in rows["changes"] if row[3] == phone.device)
    assert seqs == list(range(1, len(seqs) + 1))
    return seqs
