"""Owns how much work is taken in at once: a device that would wait long is told when to come, before its body is read.

What an exchange will cost is known by its length on the wire alone; how much of that is done in a second is measured,
never guessed. So the same bound fits a slow disk and a fast one, and follows when other work takes the machine.

Laws:
- Whatever was admitted is brought to its end; who is turned away has changed nothing and still has everything.
- Those turned away stand in line, and each is told a time by the work ahead of it: a thousand devices come back at
  the pace at which they can be served. Whoever comes too early keeps its place.
- A body that comes slowly holds a place for a moment only: slow lines keep nobody out.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

QUEUE_MS = 2_000
"""What is in hand may take so long; whoever comes then waits no longer than this and its own work."""
ALWAYS = 16
"""So many at once are never turned away."""
UNMEASURED_MAX = 32
"""Before the pace is known: these wait for each other, and so are the longest waits of a storm."""
MEASURED_MIN = 32
WINDOW_MS = 10_000
OVERHEAD_BYTES = 1_000
"""An exchange without changes costs about as much as so many packed bytes of changes do."""
READING_MS = 2_000
EARLY = 0.85
"""Of the time it will take: the pace may rise, and devices that wait are better than a server that does."""
LATER_MAX_MS = 60_000
"""What lies further ahead cannot be foretold: whoever would be told more comes about then, and is told again."""
GIVEN_UP_MS = 10_000
"""Who is so late is not waited for: it may have no line any more."""
LINE_MAX = 5_000


class ComeLater(Exception):
    """`retry_after` in whole seconds, at least one."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"again in {retry_after} s")
        self.retry_after = retry_after


class _Waiting(NamedTuple):
    """A device in line: the work it brings, and when it was told to come."""

    size: int
    due: float


class Work:
    """One admitted request. `begin` when its body is there, `end` in any case."""

    __slots__ = ("_admission", "_size", "begun", "counted", "ended")

    def __init__(self, admission: Admission, size: int) -> None:
        self._admission = admission
        self._size = size
        self.begun = False
        self.ended = False
        self.counted = True

    @property
    def size(self) -> int:
        return self._size

    def begin(self) -> None:
        self._admission._begin(self)

    def end(self) -> None:
        self._admission._end(self)


class Pace:
    """How many bytes of work are done in a millisecond in which there is any: the last ten seconds of such time."""

    def __init__(self) -> None:
        self._busy_ms = 0
        self._since_ms = 0
        self._done: deque[tuple[int, int]] = deque()
        self._bytes = 0

    def pass_time(self, ms: int) -> None:
        """So long there was work in hand."""
        self._busy_ms += ms

    def finish(self, size: int) -> None:
        self._done.append((self._busy_ms, size))
        self._bytes += size
        while len(self._done) > MEASURED_MIN and self._done[0][0] < self._busy_ms - WINDOW_MS:
            self._since_ms, gone = self._done.popleft()
            self._bytes -= gone

    @property
    def per_ms(self) -> float:
        """0 while too little was done to tell."""
        busy = self._busy_ms - self._since_ms
        return self._bytes / busy if busy and len(self._done) >= MEASURED_MIN else 0.0


class Admission:
    """One a process. `now` in ms of a clock that never goes back; `random` gives a number in [0, 1)."""

    def __init__(self, now: Callable[[], int], random: Callable[[], float], *, queue_ms: int = QUEUE_MS) -> None:
        self.put_off = 0
        """How often a device was told a time to come, since the process began."""
        self._now = now
        self._random = random
        self._queue_ms = queue_ms
        self._pace = Pace()
        self._held = 0
        self._count = 0
        self._begun = 0
        self._reading: deque[tuple[int, Work]] = deque()
        self._looked_at = now()
        self._line: dict[str, _Waiting] = {}

    @property
    def held(self) -> int:
        """Bytes of work in hand."""
        return self._held

    def enter(self, device: str, length: int) -> Work:
        """Raises ComeLater."""
        now, size = self._now(), length + OVERHEAD_BYTES
        self._look()
        self._let_go_of_slow_ones(now)
        pace = self._pace.per_ms
        if self._count >= (ALWAYS if pace else UNMEASURED_MAX) and (not pace or self._held / pace > self._queue_ms):
            self.put_off += 1
            raise ComeLater(self._place(device, size, now, pace))
        self._line.pop(device, None)
        work = Work(self, size)
        self._held += size
        self._count += 1
        self._reading.append((now + READING_MS, work))
        return work

    def _place(self, device: str, size: int, now: int, pace: float) -> int:
        """When to come, in seconds from now: as long as what is in hand and what is ahead of it in line will take."""
        ahead = 0
        for name, waiting in list(self._line.items()):
            if name == device:
                break
            if waiting.due < now - GIVEN_UP_MS:
                del self._line[name]
            else:
                ahead += waiting.size
        after = max(0.0, (self._held + ahead) / pace - self._queue_ms / 2) * EARLY if pace else self._queue_ms / 2
        if after > LATER_MAX_MS:
            after = LATER_MAX_MS * (0.5 + self._random() / 2)
        if device in self._line or len(self._line) < LINE_MAX:
            self._line[device] = _Waiting(size, now + after)
        # Whole seconds are all that Retry-After can say.
        return max(1, math.floor(after / 1_000 + self._random()))

    def _let_go_of_slow_ones(self, now: int) -> None:
        while self._reading and self._reading[0][0] <= now:
            _, work = self._reading.popleft()
            if not work.begun and not work.ended:
                self._count_out(work)

    def _count_out(self, work: Work) -> None:
        if work.counted:
            work.counted = False
            self._held -= work.size
            self._count -= 1

    def _begin(self, work: Work) -> None:
        self._look()
        work.begun = True
        self._begun += 1
        if not work.counted:
            work.counted = True
            self._held += work.size
            self._count += 1

    def _end(self, work: Work) -> None:
        if work.ended:
            return
        self._look()
        work.ended = True
        self._count_out(work)
        if work.begun:
            self._begun -= 1
            self._pace.finish(work.size)

    def _look(self) -> None:
        """Time counts while there is work."""
        now = self._now()
        if self._begun:
            self._pace.pass_time(now - self._looked_at)
        self._looked_at = now
