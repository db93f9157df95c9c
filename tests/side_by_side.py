"""Runs every test but the architecture's: what drives a browser beside all others, since each half mostly waits.

Laws: the browsers' half is shown when it has ended, as a whole. A half in which nothing was chosen is no failure while
the other ran something. Who names files or folders gets them in one run. Run as a module, with pytest's arguments.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

ALREADY_RUN = "tests/architecture"  # by `make check`
IN_BROWSERS = "tests/journeys"
NOTHING_CHOSEN = 5


def verdict(codes: Iterable[int]) -> int:
    """What all runs together came to."""
    told = [code for code in codes if code != NOTHING_CHOSEN]
    return next((code for code in told if code), 0 if told else NOTHING_CHOSEN)


def run(arguments: Sequence[str]) -> int:
    pytest = [sys.executable, "-m", "pytest", f"--ignore={ALREADY_RUN}", *arguments]
    if any(Path(one.partition("::")[0]).exists() for one in arguments):
        return subprocess.run(pytest, check=False).returncode
    with tempfile.TemporaryFile() as shown:
        browsers = subprocess.Popen([*pytest, "-p", "no:cacheprovider", IN_BROWSERS], stdout=shown, stderr=shown)
        try:
            others = subprocess.run([*pytest, f"--ignore={IN_BROWSERS}"], check=False).returncode
            codes = (others, browsers.wait())
        finally:
            browsers.terminate()
            browsers.wait()
        shown.seek(0)
        print(f"\n{IN_BROWSERS}:", flush=True)
        shutil.copyfileobj(shown, sys.stdout.buffer)
        sys.stdout.flush()
    return verdict(codes)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
