"""Notes of each filing that arrived the few facts that signals and lights look at, once, in the order of the log.

Laws: only the log's new rows are read, and only settled ones: a row is looked at half a minute after it came, so that
no transaction that began before can still be under way. A filing noted already is not noted again, so two processes
do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone

from server.actions.platform import Platform
from server.domain.record_fields import Fields, text
from server.domain.supervision.observing import (
    marks_of,
    materials_in,
    payee_of,
    phone_is_shared,
    seconds_in,
)
from server.storage.records import place_of
from server.storage.schema.records import KIND_TABLES
from server.storage.unit_of_work import Row, Snapshot
from sync.core.codec import read_fields

READER = "observations"
PAGE = 1_000
SETTLED_MS = 30_000
_CHINA = timezone(timedelta(hours=8))
_BELIEVED_MS = 400 * 86_400_000
_LOG = """SELECT position, record, account, device, captured_wall, received_at, kind, name, code, reused FROM changes
          WHERE position > ? AND received_at < ? ORDER BY position LIMIT ?"""
_HELD = frozenset({"applied", "merged", "duplicate"})
COLUMNS = ("case_id", "account", "device", "village", "item", "captured_at", "received_at", "day", "person", "phone",
            "phone_own", "payee", "seconds", "materials", "flags")  # fmt: skip
_INSERT = f"""INSERT INTO observations ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
              ON CONFLICT (case_id) DO NOTHING"""  # noqa: S608
_INSERT_IMAGE = "INSERT INTO observed_images (case_id, file, use) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_UPTO = """INSERT INTO read_upto (reader, position) VALUES (?, ?)
           ON CONFLICT (reader) DO UPDATE SET position = excluded.position"""


async def observe_filings(platform: Platform) -> int:
    """How many filings were noted."""
    count = 0
    while True:
        async with platform.database.read() as snapshot:
            rows = await snapshot.fetch("SELECT position FROM read_upto WHERE reader = ?", [READER])
            upto = rows[0][0] if rows else 0
            log = await snapshot.fetch(_LOG, [upto, platform.clock.wall_ms() - SETTLED_MS, PAGE])
            filed = [row for row in log if row[6:8] == ("case", "case.submit") and row[8] in _HELD and not row[9]]
            observed, images = await _note(platform, snapshot, filed)
        if log:
            async with platform.database.write() as tx:
                await tx.execute_many(_INSERT, observed)
                await tx.execute_many(_INSERT_IMAGE, images)
                await tx.execute(_UPTO, [READER, log[-1][0]])
        count += len(observed)
        if len(log) < PAGE:
            return count


async def _note(platform: Platform, snapshot: Snapshot, filed: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    cases = await _read(platform, snapshot, "case", {row[1] for row in filed})
    named = {name: {text(case, name) for case in cases.values()} for name in ("item", "resident", "consent")}
    items = await _read(platform, snapshot, "item", named["item"])
    residents = await _read(platform, snapshot, "resident", named["resident"])
    consents = await _read(platform, snapshot, "consent", named["consent"])
    sql = "SELECT id, person FROM residents WHERE id IN (?*)"
    persons: dict[str, str | None] = dict(await _rows(snapshot, sql, named["resident"]))
    accounts = {row[2] for row in filed}
    names: dict[str, str] = dict(await _rows(snapshot, "SELECT id, name FROM accounts WHERE id IN (?*)", accounts))
    villages: dict[str, set[str]] = {}
    for account, bucket in await _rows(
        snapshot, "SELECT account, bucket FROM grants WHERE account IN (?*) AND bucket LIKE 'place:%'", accounts
    ):
        villages.setdefault(account, set()).add(bucket.partition(":")[2])
    observed: list[Row] = []
    images: list[Row] = []
    for _, record, account, device, captured_wall, received_at, *_ in filed:
        case = cases.get(record)
        if case is None:
            continue  # made empty since
        resident_id, item_id = text(case, "resident"), text(case, "item")
        resident, consent = residents.get(resident_id, {}), consents.get(text(case, "consent"), {})
        captured = _captured(captured_wall, received_at)
        same_name = text(resident, "name").strip() == str(names.get(account, "")).strip() != ""
        own = same_name and text(resident, "village") in villages.get(account, ())
        marks = marks_of(
            case,
            items.get(item_id, {}),
            resident,
            consent,
            captured=datetime.fromtimestamp(captured / 1000, tz=_CHINA),
            villages=villages.get(account, ()),
            same_name=own,
        )
        phone, payee = text(resident, "phone"), payee_of(case)
        index = platform.sealing.keyed_index
        observed.append(
            (
                record,
                account,
                device,
                text(case, "village"),
                item_id,
                captured,
                received_at,
                datetime.fromtimestamp(captured / 1000, tz=_CHINA).date().isoformat(),
                persons.get(resident_id) or resident_id,
                index(f"phone:{phone}") if phone else None,
                int(not phone_is_shared(resident)),
                index(f"payee:{payee}") if payee else None,
                seconds_in(case),
                len(materials_in(case)),
                ",".join(marks),
            )
        )
        images += [(record, file, "material") for file in dict.fromkeys(materials_in(case))]
        if signature := text(consent, "signature_file"):
            images.append((record, signature, "signature"))
    return observed, images


def _captured(wall: int, received_at: int) -> int:
    """A phone's clock that is years off, or ahead, proves nothing: then the receipt is the capture."""
    return wall if received_at - _BELIEVED_MS < wall <= received_at else received_at


async def _read(platform: Platform, snapshot: Snapshot, kind: str, ids: set[str]) -> Mapping[str, Fields]:
    table = KIND_TABLES[kind].table
    rows = await _rows(snapshot, f"SELECT id, body FROM {table} WHERE id IN (?*)", ids)  # noqa: S608
    return {record: read_fields(platform.sealing.open(place_of(table, record), bytes(body))) for record, body in rows}


async def _rows(snapshot: Snapshot, sql: str, ids: set[str]) -> Sequence[Row]:
    wanted = sorted(one for one in ids if one)
    return await snapshot.fetch(sql, [wanted]) if wanted else []
