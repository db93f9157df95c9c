"""The targets of make and what continuous integration runs."""

import os
import re
import subprocess

from tests.architecture.source_tree import ROOT, make_targets

MAKEFILE = (ROOT / "Makefile").read_text()


def test_make_alone_explains_every_target() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    for target in make_targets():
        assert re.search(rf"^  make {target} +\w", shown, re.MULTILINE), f"`make help` does not explain {target}"


def test_every_target_is_phony_so_that_no_file_can_shadow_it() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert phony
    assert set(phony[1].split()) == make_targets()


def test_packages_are_installed_by_hash_and_the_project_without_a_network() -> None:
    installs = re.findall(r"install --quiet (.*)$", MAKEFILE, re.MULTILINE)

    assert all(each.startswith(("--require-hashes ", "--no-index ", "uv")) for each in installs)
    assert len(installs) == 4


def test_the_tests_run_last_so_that_their_count_is_the_last_line() -> None:
    recipe = re.search(r"^test:(.*)\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)

    assert recipe
    assert "check" in recipe[1]
    # The checks have run the architecture's tests already.
    assert recipe[2].strip() == "$(BIN)/python -m tests.side_by_side $(PYTEST)"
    checked = re.search(r"^check:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert checked
    assert checked[1].splitlines()[-1].strip() == "$(BIN)/python -m pytest tests/architecture"


def test_continuous_integration_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    commands = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]

    assert os.access(script, os.X_OK)
    assert commands[0] == "set -euo pipefail"
    assert commands[-1] == "make test"
