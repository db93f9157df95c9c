"""Audit and operations: who looked at and changed what, the centre's epochs, and the versions of the app in the field.

Law: searching the logs is itself a look that is logged; nothing here opens a record.
"""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from server.actions.log_read import log_read
from server.actions.measure_machine import MachineState, measure_machine
from server.actions.search_logs import (
    LATEST,
    ROWS_MAX,
    list_apps,
    list_epochs,
    may_search,
    search_changes,
    search_looks,
)
from server.console import machine_words
from server.console.case_words import outcome_words
from server.console.render import page
from server.console.visit import Visit
from server.domain.people.roles import Role
from server.storage.people import accounts_by_login


async def show(visit: Visit) -> Response:
    """One account's looks, or one record's looks and changes, as the form asks: whose login it is stands in no
    address. `?record=` may; `before`: the page before's last.
    """
    query: Mapping[str, str] = visit.form or {**visit.request.query_params, "login": ""}
    platform = visit.console.platform
    login, record = query.get("login", "").strip()[:60], query.get("record", "").strip()[:32]
    said = query.get("before", "")
    before = int(said) if said.isascii() and said.isdecimal() and len(said) < 18 else LATEST
    audits = visit.role is Role.AUDITOR
    async with platform.database.read() as snapshot:
        named = (await accounts_by_login(snapshot, [login])).get(login) if login and audits else None
    looks, changes = [], []
    asks = audits and (named is not None or (record and not login))
    if asks and await may_search(platform, visit.account, named, record):
        asked = named.id if named is not None else ""
        await log_read(platform, visit.account, "log", asked or record)
        looks = await search_looks(platform, account=asked, record=record, before=before)
        changes = [] if asked else await search_changes(platform, record, before=before)
    return page(
        visit,
        "operations.html",
        audits=audits,
        login=login,
        record=record,
        looks=looks,
        changes=changes,
        more=looks[-1].position if len(looks) == ROWS_MAX else 0,
        epochs=await list_epochs(platform),
        machine=await _machine(visit),
        words=machine_words,
        outcome=lambda code: outcome_words(code, visit.english),
        apps=await list_apps(platform),
    )


async def _machine(visit: Visit) -> MachineState | None:
    """None where the centre was not told where it stands, as in a part of it under test."""
    console = visit.console
    if console.machine is None:
        return None
    return await measure_machine(console.platform, console.door.secrets, console.machine)
