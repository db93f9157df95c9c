"""What a phone has to fetch before it can be used, and what it keeps so that it never has to again."""

from __future__ import annotations

import json
import re

from agent_api.phone_files import PAGE, read_built
from server.settings import Settings

FIRST_LOAD_BYTES_MAX = 130_000
BUILT = read_built(Settings().phone_folder)


def test_the_first_load_is_small_enough_for_a_bad_line() -> None:
    page = BUILT[PAGE].content.decode()
    named = set(re.findall(r'(?:src|href)="/app/([^"]+)"', page)) | {PAGE}
    size = sum(len(BUILT[name].packed or BUILT[name].content) for name in named)
    assert {"app.webmanifest", "icon.svg"} < named
    assert size <= FIRST_LOAD_BYTES_MAX, f"{size} bytes before the first screen"


def test_everything_built_is_kept_for_offline_use() -> None:
    worker = BUILT["worker.js"].content.decode()
    listed = re.search(r'"files":(\[[^\]]*\])', worker)
    assert listed
    kept = set(json.loads(listed[1]))
    wanted = {f"/app/{name}" for name in BUILT if name not in (PAGE, "worker.js")} | {"/app/"}
    assert kept == wanted
