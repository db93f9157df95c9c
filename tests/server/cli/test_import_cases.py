"""`bangban cases import`: what is taken is told, and so is what is not."""

import json
from pathlib import Path

from tests.command import bangban, finish
from tests.small_centre import VILLAGE, load_small, small_world


def rows(folder: Path) -> Path:
    finish(load_small(folder))
    person, item = small_world().residents_of(VILLAGE, 1)[0], next(small_world().unit_items())
    good = {
        "number": "A1",
        "item": item.id,
        "name": person.name,
        "citizen_id": person.citizen_id,
        "place": VILLAGE,
        "received_on": "2026-11-02",
    }
    file = folder / "open.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in (good, {**good, "number": "A2", "place": "1"})))
    return file


def test_a_bad_row_is_told_and_partial_takes_the_good_one(tmp_path: Path) -> None:
    file = rows(tmp_path)
    told = bangban("cases", "import", file, "--system", "old", "--json", "--data", tmp_path, code=2)
    refused = json.loads(told.splitlines()[0])
    assert (refused["taken"], refused["refused"], refused["faults"][0]["column"]) == (0, True, "place")
    screen = bangban("cases", "import", file, "--system", "old", "--partial", "--data", tmp_path)
    assert "1 taken" in screen
    assert "区划不存在" in screen
