"""Runs the server's processes on one listening socket: who listens, who starts whom, who ends when.

Laws: the socket is bound before anything else, so that a taken port is told at once and an address is known. A worker
that ends is started again; when the first one comes back before it ever served, all end, since it would never serve.
SIGTERM and SIGINT reach every worker, and each lets its requests end. A worker does the same when the process that
started it is gone: nobody would be left to end it, and it would hold the port.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from types import FrameType
from typing import Any

import uvicorn

from server.connections import BoundedProtocol
from server.settings import Settings

Socket = socket.socket
RunWorker = Callable[[Settings, Socket, Callable[[], None]], None]
BACKLOG = 2_048
ENDING = (signal.SIGTERM, signal.SIGINT)

SERVER: dict[str, Any] = {
    "http": BoundedProtocol,
    "ws": "websockets-sansio",
    "ws_per_message_deflate": False,
    "ws_max_size": 4_096,
    "lifespan": "off",
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "date_header": False,
    "proxy_headers": False,
    "timeout_keep_alive": 75,
    "timeout_graceful_shutdown": 20,
}


class ServeRefused(Exception):
    """The server cannot run like this; says why and what to do."""


class ReadyServer(uvicorn.Server):
    """Tells when it accepts requests, and when it is about to wait for those that it has: `ending` ends what would
    else go on as long as its reader likes.
    """

    def __init__(
        self, config: uvicorn.Config, ready: Callable[[], None], ending: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._ending = ending

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ends serving, and that is all: uvicorn's own would then raise the signal anew and end the process before
        what the server stands on was closed."""
        loop = asyncio.get_running_loop()
        for one in ENDING:
            loop.add_signal_handler(one, self.handle_exit, one, None)
        try:
            yield
        finally:
            for one in ENDING:
                loop.remove_signal_handler(one)

    async def startup(self, sockets: list[Socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[Socket] | None = None) -> None:
        self._ending()
        await super().shutdown(sockets)


def collect_seldom() -> None:
    """A transaction makes a hundred thousand objects that all live until it ends: looking for garbage among them as
    often as Python does by default was a sixth of all the work. What is there at the start is never garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    # A reading thread that has its rows waits this long for the interpreter while the main one is busy.
    sys.setswitchinterval(0.0005)


@contextmanager
def listening(host: str, port: int) -> Iterator[Socket]:
    """A bound, listening socket. Raises ServeRefused when the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, port))
        except OSError as error:
            raise ServeRefused(f"cannot listen on {host}:{port}: {error.strerror}") from None
        bound.listen(BACKLOG)
        bound.set_inheritable(True)
        yield bound
    finally:
        bound.close()


def address_of(host: str, bound: Socket) -> str:
    """The address to open; the port is the one that was given when any would do."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{bound.getsockname()[1]}"


def run_workers(count: int, settings: Settings, bound: Socket, run: RunWorker, ready: Callable[[], None]) -> None:
    """Until a signal ends them all. `ready` is called once, when the first worker serves."""
    context = multiprocessing.get_context("spawn")
    started = context.Event()
    ending = False

    def start() -> Any:
        process = context.Process(target=_work, args=(run, settings, bound, started), daemon=False)
        process.start()
        return process

    workers = [start() for _ in range(count)]

    def end(_signal: int, _frame: FrameType | None) -> None:
        nonlocal ending
        ending = True
        for worker in workers:
            worker.terminate()

    previous = {one: signal.signal(one, end) for one in ENDING}
    told = False
    try:
        while True:
            if not told and started.is_set():
                told = True
                ready()
            wait([worker.sentinel for worker in workers], timeout=0.1 if not told else None)
            for place, worker in enumerate(workers):
                if worker.exitcode is None:
                    continue
                if ending or not told:
                    _end_all(workers)
                    if not ending:
                        raise ServeRefused(f"a worker ended with {worker.exitcode} before it served")
                    return
                workers[place] = start()
    finally:
        for one, handler in previous.items():
            signal.signal(one, handler)


def _end_all(workers: list[Any]) -> None:
    for worker in workers:
        if worker.exitcode is None:
            worker.terminate()
    for worker in workers:
        worker.join()


def _work(run: RunWorker, settings: Settings, bound: Socket, started: Any) -> None:
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    run(settings, bound, started.set)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "workers are started by multiprocessing"
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
