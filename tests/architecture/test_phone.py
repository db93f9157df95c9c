"""The phone app's sources keep the same laws as the Python ones: they say what they own, stay small, and what decides
waits for nothing and asks nobody for the time.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, texts
from tests.architecture.test_files import REGISTRY_HOSTS
from tests.architecture.test_modules import LINES_MAX

PHONE = Path("agent_api/phone")
SOURCES = [path for path in texts() if path.is_relative_to(PHONE) and path.suffix in (".ts", ".vue", ".css")]
PURE = [path for path in SOURCES if path.parts[2] == "src" and path.parts[3] in ("protocol", "replica", "domain")]
IMPURE = re.compile(
    r"\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bcrypto\.|\bfetch\(|\bdocument\.|\bwindow\.|\blocalStorage\b"
    r"|\bindexedDB\b|\bsetTimeout\b|\bperformance\."
)
OUTWARD = re.compile(r"from '(?:vue|dexie|\.\./(?:storage|network|office|screens|parts|texts)/|\.\./app)")


def test_there_are_sources_to_look_at() -> None:
    assert len(SOURCES) > 40
    assert {path.parts[3] for path in PURE} == {"protocol", "replica", "domain"}


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_a_source_opens_with_what_it_owns_and_can_be_read_in_one_sitting(path: Path) -> None:
    lines = texts()[path].splitlines()
    opening = "\n".join(lines[:3])
    assert re.match(r"(<script setup lang=\"ts\">\n)?(// |/\* )\w", opening), f"{path} does not say what it owns"
    assert len(lines) <= LINES_MAX, f"{path} has {len(lines)} lines"


@pytest.mark.parametrize("path", PURE, ids=str)
def test_what_decides_on_a_phone_depends_on_its_arguments_alone(path: Path) -> None:
    text = texts()[path]
    assert not (found := IMPURE.search(text)), f"{path} uses {found[0]}"
    assert not (found := OUTWARD.search(text)), f"{path} has an import {found[0]}"


@pytest.mark.parametrize("line", ["const now = Date.now()", "crypto.getRandomValues(x)", "await fetch('/v1')"])
def test_each_impurity_would_be_seen(line: str) -> None:
    assert IMPURE.search(line)


def test_no_photograph_is_put_where_a_gallery_finds_it() -> None:
    """The page's own camera takes it; `capture` would have the phone's, which keeps a copy. Only what is sealed for a
    colleague is ever saved as a file.
    """
    outward = re.compile(r"\bcapture=|showSaveFilePicker|\.download\b|\bdownload=|navigator\.share\b")
    assert [str(path.name) for path in SOURCES if outward.search(texts()[path])] == ["CarryScreen.vue"]
    assert outward.search('<input type="file" accept="image/*" capture="environment" />')


def test_the_lock_file_of_the_phone_names_no_registry_and_hashes_everything() -> None:
    text = (ROOT / PHONE / "package-lock.json").read_text()
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert not REGISTRY_HOSTS.search(text)
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert not [name for name, one in packages.items() if not one.get("link") and "integrity" not in one]


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Neither scripts nor letters nor pictures: the app must work where only the centre can be reached."""
    for path in [*SOURCES, PHONE / "index.html"]:
        for address in re.findall(r"https?://[^\s'\"`)]+", texts()[path]):
            assert "w3.org" in address or "${" in address, f"{path} names {address}"
