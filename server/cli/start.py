"""The console script's first moments: whoever stops a command before it has begun is not shown how it is built.

Law: nothing is loaded here but what the interpreter has loaded already. The command line itself takes some tenths of a
second to load, and Ctrl-C in them ends as it does later: quietly, with the code that says so.
"""

from __future__ import annotations

import os
import signal
import sys

STOPPED = 128 + signal.SIGINT
"""What a shell says of a command that Ctrl-C ended."""


def run() -> None:
    """The console script."""
    try:
        before = signal.signal(signal.SIGINT, lambda *_: os._exit(STOPPED))
        from server.cli.main import app

        signal.signal(signal.SIGINT, before)
        app()
    except KeyboardInterrupt:
        sys.exit(STOPPED)
