"""Finds the Chromium that the journeys drive. `python -m tests.journeys.chromium` installs it when there is none.

The driver's own download of a browser is not used: the distribution's is kept up to date by whoever keeps the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
ADVICE = "The browser journeys need Chromium and Chinese letters. On Debian: apt-get install " + " ".join(PACKAGES)


def chromium() -> str:
    """Its path. BANGBAN_CHROMIUM names another one. Raises FileNotFoundError with what to do."""
    named = os.environ.get("BANGBAN_CHROMIUM", "")
    found = [path for name in ((named,) if named else NAMES) if (path := shutil.which(name))]
    if not found:
        raise FileNotFoundError(ADVICE)
    return found[0]


def install() -> None:
    """Through the distribution's package manager, when this may be done here without asking."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        sys.exit(ADVICE)
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print(f"Installing {' and '.join(PACKAGES)} …", flush=True)
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=quietly)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, check=True, env=quietly, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    try:
        chromium()
    except FileNotFoundError:
        install()
