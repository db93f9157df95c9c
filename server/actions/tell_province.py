"""Tells the province of accepted and finished cases: takes messages from the log, and sends what waits.

Laws: every such change becomes one message, exactly once, however often the log is read and whoever reads it. A
message is sent until it is taken: after a crash, or a restore, perhaps twice under one key. While the other side is
down nothing is lost and it is asked less and less often; what it refuses stands aside with its reason and stops nothing
behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from server.actions.platform import Platform
from server.adapters.province import Province, ProvinceUnavailable, sign_message
from server.domain.cases.reported import EVENTS, message_key, message_of
from server.domain.people.entitlement import NotListed
from server.domain.record_fields import text
from server.storage.outbound import (
    REFUSED,
    SENT,
    Happened,
    NewMessage,
    happened,
    keep_taken,
    log_horizon,
    mark,
    next_waiting,
    read_channel,
    set_channel,
)
from server.storage.records import record_of, records_query
from sync.core.changes import Fields

POSITIONS_AT_ONCE = 5_000
SEND_AT_ONCE = 50
SEND_MAX = 2_000
"""In one round, so that a long queue does not keep a job running for hours."""
_FIRST_WAIT_MS, _LONGEST_WAIT_MS = 60_000, 6 * 3_600_000
_encode = msgspec.json.Encoder().encode


@dataclass
class ToldReport:
    """`waits_until`: when the channel is tried again, 0 for at once."""

    taken: int = 0
    sent: int = 0
    refused: int = 0
    waits_until: int = 0


async def tell_province(platform: Platform, province: Province, signer: Ed25519PrivateKey) -> ToldReport:
    """One round: the log as far as it is complete, then what waits, unless the channel is to be left alone."""
    report = ToldReport()
    await _take(platform, report)
    async with platform.database.read() as snapshot:
        channel = await read_channel(snapshot)
    if channel.next_at > platform.clock.wall_ms():
        report.waits_until = channel.next_at
        return report
    await _send(platform, province, signer, channel.tries, report)
    return report


async def _take(platform: Platform, report: ToldReport) -> None:
    horizon = await log_horizon(platform.database)
    while True:
        async with platform.database.read() as snapshot:
            before = (await read_channel(snapshot)).taken
            upto = min(horizon, before + POSITIONS_AT_ONCE)
            if upto <= before:
                return
            found = await happened(snapshot, before, upto, sorted(EVENTS))
        messages = [await _message(platform, one) for one in found]
        async with platform.database.write() as tx:
            mine = await keep_taken(
                tx,
                [one for one in messages if one is not None],
                before=before,
                upto=upto,
                now_ms=platform.clock.wall_ms(),
                sealing=platform.sealing,
            )
        report.taken += len(messages) if mine else 0


async def _message(platform: Platform, one: Happened) -> NewMessage | None:
    """What is told of a change: as the case stands when the log is read."""
    event = EVENTS[one.name]
    case = await _fields(platform, "case", one.record)
    if not case:
        return None
    item = await _fields(platform, "item", text(case, "item"))
    resident = await _fields(platform, "resident", text(case, "resident"))
    body = message_of(event, one.record, case, item, resident, await _credit_code(platform, case, item))
    return NewMessage(message_key(one.record, event), one.position, one.record, event, _encode(body))


async def _credit_code(platform: Platform, case: Fields, item: Fields) -> str:
    """Of the unit that implements it: a standard item's is the one of the village, or of the town it lies in."""
    unit, place = text(item, "unit"), text(case, "village") if item else ""
    if not unit and text(item, "catalogue").startswith("town:"):
        try:
            place = (await platform.directory()).place(place).parent
        except NotListed:
            return ""
    async with platform.database.read() as snapshot:
        found = (
            await snapshot.fetch_one("SELECT uscc FROM units WHERE id = ?", [unit])
            if unit
            else await snapshot.fetch_one("SELECT uscc FROM units WHERE place = ? ORDER BY id LIMIT 1", [place])
        )
    return str(found[0]) if found else ""


async def _fields(platform: Platform, kind: str, record: str) -> Fields:
    if not record:
        return {}
    async with platform.database.read() as snapshot:
        rows = await snapshot.fetch(*records_query(kind, [record]))
    return record_of(kind, rows[0], platform.sealing).fields if rows else {}


async def _send(
    platform: Platform, province: Province, signer: Ed25519PrivateKey, tries: int, report: ToldReport
) -> None:
    while report.sent + report.refused < SEND_MAX:
        async with platform.database.read() as snapshot:
            waiting = await next_waiting(snapshot, SEND_AT_ONCE, platform.sealing)
        for one in waiting:
            now = platform.clock.wall_ms()
            try:
                why = await province.send(sign_message(one.key, one.body, signer), now)
            except ProvinceUnavailable as error:
                report.waits_until = now + min(_FIRST_WAIT_MS << min(tries, 20), _LONGEST_WAIT_MS)
                async with platform.database.write() as tx:
                    await set_channel(tx, tries=tries + 1, next_at=report.waits_until, reason=str(error))
                return
            # Marked one by one: what was taken is not sent again because of what comes after it.
            async with platform.database.write() as tx:
                await mark(tx, one.key, REFUSED if why else SENT, reason=why, now_ms=now)
                if tries:
                    await set_channel(tx, tries=0, next_at=0, reason="")
            tries = 0
            report.refused += bool(why)
            report.sent += not why
        if len(waiting) < SEND_AT_ONCE:
            return
