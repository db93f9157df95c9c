"""A line that breaks off: passes bytes on between a phone and the centre, and cuts each connection after so many.

Laws: what gets through is never altered, and which connection is cut when is drawn from a seed. A good line passes all.
"""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_PIECE = 1_024
_CUT_AFTER = (3_000, 40_000)
"""Bytes, both ways together: less than a photograph, now and then less than a page of records."""


class BadLine:
    """Listens on 127.0.0.1 and passes on to `port`. Good until `is_bad` is set."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._rng = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.is_bad = False
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                phone, _ = self._listener.accept()
                _Connection(self, phone, socket.create_connection(("127.0.0.1", self._port))).start()

    def draw(self) -> int:
        return self._rng.randint(*_CUT_AFTER)


class _Connection:
    """One connection, each direction in a thread of its own."""

    def __init__(self, line: BadLine, phone: socket.socket, centre: socket.socket) -> None:
        self._line, self._ends = line, (phone, centre)
        self._left = line.draw()
        self._lock = threading.Lock()

    def start(self) -> None:
        phone, centre = self._ends
        for source, target in ((phone, centre), (centre, phone)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                if self._is_cut(len(piece)):
                    break
                target.sendall(piece)
        self._end()

    def _is_cut(self, size: int) -> bool:
        if not self._line.is_bad:
            return False
        with self._lock:
            before, self._left = self._left, self._left - size
            if before > 0 >= self._left:
                self._line.cuts += 1
        return self._left <= 0

    def _end(self) -> None:
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def bad_line(port: int, seed: int = 7) -> Iterator[BadLine]:
    line = BadLine(port, seed)
    try:
        yield line
    finally:
        line.close()
