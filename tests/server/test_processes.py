"""One socket, several processes, and how they end."""

import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from server.processes import ServeRefused, Socket, address_of, listening, run_workers
from server.settings import Settings


def test_a_taken_port_is_told() -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeRefused, match=f"127.0.0.1:{port}"), listening("127.0.0.1", port):
            raise AssertionError("nobody can listen there")


def test_the_address_names_the_port_that_was_given() -> None:
    with listening("127.0.0.1", 0) as bound:
        assert address_of("127.0.0.1", bound) == f"http://127.0.0.1:{bound.getsockname()[1]}"
        assert address_of("::1", bound).startswith("http://[::1]:")


def answer_with_pid(settings: Settings, bound: Socket, ready: Callable[[], None]) -> None:
    """A worker that tells whoever connects its process, and dies when it is told to."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    ready()
    while True:
        connection, _ = bound.accept()
        with connection:
            connection.sendall(str(os.getpid()).encode())
            if connection.recv(4) == b"die":
                os._exit(1)


def fail_at_once(settings: Settings, bound: Socket, ready: Callable[[], None]) -> None:
    os._exit(3)


def ask(port: int, word: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        pid = int(connection.recv(20))
        connection.sendall(word)
        return pid


def test_a_worker_that_dies_is_started_again_and_a_signal_ends_them_all(tmp_path: Path) -> None:
    seen: list[int] = []

    def talk(port: int) -> None:
        seen.append(ask(port, b"die"))
        seen.append(ask(port, b"ok"))
        os.kill(os.getpid(), signal.SIGTERM)

    with listening("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        talker = threading.Thread(target=talk, args=(port,))
        run_workers(1, Settings(data_folder=tmp_path), bound, answer_with_pid, talker.start)
        talker.join()
    assert len(set(seen)) == 2
    assert multiprocessing.active_children() == []


def serve_two(settings: Settings, bound: Socket) -> None:
    run_workers(2, settings, bound, answer_with_pid, lambda: None)


def test_workers_end_when_whoever_started_them_was_killed(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with listening("127.0.0.1", 0) as bound:
        parent = context.Process(target=serve_two, args=(Settings(data_folder=tmp_path), bound))
        parent.start()
        port = bound.getsockname()[1]
        workers = {ask(port, b"ok") for _ in range(20)}
        assert parent.pid not in workers
        parent.kill()
        parent.join()
        alive = [psutil.Process(pid) for pid in workers if psutil.pid_exists(pid)]
        assert psutil.wait_procs(alive, timeout=60)[1] == []


def test_workers_that_never_serve_are_not_started_for_ever(tmp_path: Path) -> None:
    with listening("127.0.0.1", 0) as bound, pytest.raises(ServeRefused, match="ended with 3"):
        run_workers(2, Settings(data_folder=tmp_path), bound, fail_at_once, lambda: None)
    assert multiprocessing.active_children() == []
