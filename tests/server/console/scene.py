"""What waits after filings in the small world, put in by the steps that people and the centre take."""

from __future__ import annotations

import html
import re
from typing import Any

from server.actions.centre_writes import write_edits
from server.actions.desk_change import DeskEdit
from server.actions.take_step import read_record
from server.merge_policies.supervision_policies import light_id, review_id
from tests.put_record import put_record
from tests.server.actions.test_show_case import CASE, file_case
from tests.server.console.office import Browser, Office
from tests.small_centre import HELPER, VILLAGE

TASK, TICKET = "c" * 32, "d" * 32


async def open_light(desk: Office, *, level: str = "red", about: str = CASE, **more: Any) -> str:
    """A light on the village's desk; its id."""
    fields = {
        "place": VILLAGE,
        "about": about,
        "about_kind": "case",
        "code": "promise",
        "level": level,
        "holder": f"place:{VILLAGE}",
        "due": "2026-11-20",
        "number": "341881202611220000017",
        **more,
    }
    record = light_id(about, str(fields["code"]))
    await write_edits(
        desk.platform, [(VILLAGE, DeskEdit(kind="light", record=record, name="light.raise", fields=fields))]
    )
    return record


async def open_review(desk: Office, *, evidence: tuple[str, ...] = (CASE,)) -> str:
    """A review of the village helper's filings; its id."""
    account = (await desk.small.account(HELPER)).id
    fields = {
        "place": VILLAGE,
        "code": "AR02",
        "level": "yellow",
        "account": account,
        "since": "2026-11-01",
        "until": "2026-11-30",
        "measured": "7",
        "threshold": "6",
        "evidence": list(evidence),
    }
    record = review_id("AR02", account, "2026-11-01")
    await write_edits(
        desk.platform, [(VILLAGE, DeskEdit(kind="review", record=record, name="review.open", fields=fields))]
    )
    return record


async def open_task(desk: Office, *, code: str = "bad_rating", about: str = "e" * 32, kind: str = "rating") -> str:
    fields = {"place": VILLAGE, "code": code, "about": about, "about_kind": kind, "text": "请核实、整改并回电。"}
    await write_edits(desk.platform, [(VILLAGE, DeskEdit(kind="task", record=TASK, name="task.open", fields=fields))])
    return TASK


async def finish_case(desk: Office) -> str:
    """A filing that is over for its resident, as if its steps had come long ago."""
    await file_case(desk.small)
    standing = await read_record(desk.platform, "case", CASE)
    assert standing is not None
    over = {**standing.fields, "state": "finished", "finished_at": "2026-11-20T09:00:00+08:00", "phone": "13812345678"}
    done = "b" * 32
    await put_record(desk.small, "case", done, over)
    return done


def hidden(page: str, action: str) -> dict[str, str]:
    """What the form that goes to this address carries of the state that was seen."""
    form = page[page.index(f'action="{action}"') :]
    return {
        name: html.unescape(found[1])
        for name in ("epoch", "rev", "hash")
        if (found := re.search(f'name="{name}" value="([^"]*)"', form)) is not None
    }


async def step(browser: Browser, path: str, verb: str, **said: str) -> tuple[int, str]:
    """Opens the page, fills in the step's form and sends it: the answer's status and text."""
    page = (await browser.get(path)).text
    seen = hidden(page, f"{path}/{verb}")
    answer = await browser.post(f"{path}/{verb}", **seen, **{f"in.{name}": value for name, value in said.items()})
    return answer.status_code, answer.text


async def fields_of(desk: Office, kind: str, record: str) -> dict[str, Any]:
    found = await read_record(desk.platform, kind, record)
    assert found is not None, f"there is no {kind} {record}"
    return dict(found.fields)


def stranger_of(desk: Office) -> str:
    """A clerk's login whose scope lies elsewhere."""
    return next(
        one.login
        for one in desk.small.world.accounts
        if one.role == "desk_clerk"
        and one.scope_places
        and all(place[6:9] not in ("000", VILLAGE[6:9]) for place in one.scope_places)
    )
