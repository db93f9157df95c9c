"""Phones that push without pause at a server that comes and goes, and the account of what was promised to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from sync.core.errors import SyncError
from sync.core.messages import Answer, Status
from tests.centre import Phone, resident
from tests.faults.site import Line, Refused
from tests.people import VILLAGE

GIVEN_UP = (httpx.HTTPError, SyncError, Refused)


@dataclass
class Pusher:
    """One phone with an outbox: what was not answered is sent again, unchanged, until it is."""

    phone: Phone
    line: Line
    told: asyncio.Semaphore
    """Released once for each change that was acknowledged, to anybody."""
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Change → the outcome that was told, with where it landed."""
    made: list[str] = field(default_factory=list)
    _waiting: list[bytes] = field(default_factory=list)

    async def push(self, count: int = 3) -> Answer:
        """One exchange. Raises one of GIVEN_UP when it is not known to have happened."""
        while len(self._waiting) < count:
            line = resident(self.phone, len(self.made), VILLAGE)
            self.made.append(json.loads(line)["id"])
            self._waiting.append(line)
        sent = list(self._waiting)
        answer = await self.phone.tell(sent)
        assert answer.status is Status.OK, answer
        assert answer.last_seq == len(self.made) - len(self._waiting) + len(sent), "I4: no gap, nothing twice"
        for outcome in answer.outcomes:
            told = repr((outcome.code.value, outcome.at, outcome.rev, outcome.reason))
            if outcome.id not in self.acknowledged:
                self.told.release()
            assert self.acknowledged.setdefault(outcome.id, told) == told, "I4: a repeated change has one outcome"
        self._waiting.clear()
        return answer

    async def push_for_ever(self) -> None:
        """Until it is cancelled; while the server is away the line waits."""
        while True:
            with suppress(*GIVEN_UP):
                await self.push()


def check_log(rows: Mapping[str, Sequence[Any]], pushers: Sequence[Pusher]) -> None:
    """I1, I2, I4 against the database itself: what was acknowledged is there once, and nothing is there twice."""
    logged = [row[1] for row in rows["changes"]]
    assert len(logged) == len(set(logged)), "I1: a change is in the log twice"
    for pusher in pushers:
        seqs = sorted(row[5] for row in rows["changes"] if row[3] == pusher.phone.device)
        assert seqs == list(range(1, len(seqs) + 1)), "I4: the numbers of a chain have a gap"
        lost = pusher.acknowledged.keys() - set(logged)
        assert not lost, f"I1: acknowledged and lost: {sorted(lost)}"
    residents = [row[0] for row in rows["residents"]]
    assert len(residents) == len(logged), "every change here registers one resident"
