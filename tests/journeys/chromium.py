"""`python -m tests.journeys.chromium` installs the Chromium that the journeys drive, when there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from fixtures.chromium import ADVICE, PACKAGES, chromium


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
