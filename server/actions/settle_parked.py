"""What a supervisor does with a change that waits: look at it, have it decided again now, or return it to its author.

Laws: a parked change is never edited or dropped by anybody else: deciding again is the same decision as ever, and
returning is a word to the author, whose next change says what is meant. What lies outside of the scope is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.desk_change import CENTRE_ACCOUNT, DeskEdit, desk_change, desk_of
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.people.entitlement import person_bucket
from server.domain.people.reach import place_in_scope
from server.domain.people.roles import Role, may_change
from server.domain.supervision.notices import notice_fields
from server.storage.people import AccountRow
from server.write import Job
from sync.central.known import Author
from sync.core.ids import derived_id

WORDS_MAX = 300
_CENTRE = Author(account=CENTRE_ACCOUNT, device=desk_of(CENTRE_ACCOUNT), role=Role.ADMINISTRATOR.value, grants={})
_ONE = """SELECT g.id, g.kind, g.name, g.record, g.code, g.reason, g.received_at, g.account, a.name, a.site, p.name,
                 coalesce(d.name, '')
          FROM changes g JOIN accounts a ON a.id = g.account LEFT JOIN places p ON p.code = a.site
          LEFT JOIN devices d ON d.id = g.device WHERE g.id = ? AND g.reused = 0"""
_WAITS = "SELECT what FROM waits WHERE change = ? ORDER BY what"
_DEPENDS = """SELECT g.id, g.kind, g.name, g.received_at FROM waits w JOIN changes g ON g.id = w.change AND g.reused = 0
              WHERE w.what IN (?, ?) AND g.id <> ? AND g.code = 'parked' ORDER BY g.received_at, g.id LIMIT 50"""


@dataclass(frozen=True, slots=True)
class Dependent:
    """Another parked change, which waits for this one or for the same record."""

    id: str
    kind: str
    name: str
    received_at: int


@dataclass(frozen=True, slots=True)
class Parked:
    """`code` is "parked" while it waits; else what became of it meanwhile."""

    id: str
    kind: str
    name: str
    record: str
    code: str
    reason: str
    received_at: int
    account: str
    author: str
    site: str
    site_name: str
    device: str
    waits: tuple[str, ...]
    depends: tuple[Dependent, ...]


async def read_parked(platform: Platform, account: AccountRow, change: str) -> Parked:
    """Raises NotFound."""
    directory = await platform.directory()
    async with platform.database.read() as snapshot:
        row = await snapshot.fetch_one(_ONE, [change])
        waits = await snapshot.fetch(_WAITS, [change])
        depends = await snapshot.fetch(_DEPENDS, [change, row[3] if row else "", change])
    if row is None or not place_in_scope(account.scope, row[9], directory):
        raise NotFound(f"no change {change}")
    ident, kind, name, record, code, reason, received_at, author, author_name, site, site_name, device = row
    return Parked(
        id=ident,
        kind=kind,
        name=name,
        record=record,
        code=code,
        reason=reason,
        received_at=received_at,
        account=author,
        author=author_name,
        site=site,
        site_name=site_name or "",
        device=device,
        waits=tuple(one for (one,) in waits),
        depends=tuple(Dependent(*one) for one in depends),
    )


async def waiting_for(platform: Platform, change: str, record: str) -> tuple[Dependent, ...]:
    """Parked changes that wait for this one, or for its record."""
    async with platform.database.read() as snapshot:
        return tuple(Dependent(*one) for one in await snapshot.fetch(_DEPENDS, [change, record, change]))


async def release_parked(platform: Platform, account: AccountRow, change: str) -> Parked:
    """Decides it again, as whoever made it stands now; what became of it. Raises NotFound."""
    parked = await read_parked(platform, account, change)
    if parked.code == "parked":
        retries = frozenset(parked.waits or (parked.record,))
        await platform.writer.write(Job.of_the_centre(_CENTRE, [], retries=retries))
    return await read_parked(platform, account, change)


async def return_parked(platform: Platform, account: AccountRow, change: str, words: str) -> bool:
    """Tells its author what to do, in the supervisor's words; False when this was said already. Raises NotFound."""
    parked = await read_parked(platform, account, change)
    if not may_change(account.role, "notice.send") or parked.code != "parked":
        raise NotFound("not this role's, or over")
    zh = f"您有一项变更还没有办成，请处理：{words.strip()[:WORDS_MAX]}"
    en = f"A change of yours waits. Please see to it: {words.strip()[:WORDS_MAX]}"
    fields = notice_fields(parked.account, parked.record, zh, en)
    notice = derived_id("notice", change, words.strip()[:WORDS_MAX])
    written = await desk_change(
        platform.database,
        platform.writer,
        account,
        [DeskEdit(kind="notice", record=notice, name="notice.send", fields=fields)],
        buckets=[person_bucket(parked.account)],
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
    )
    return written.outcomes[0].code.has_effect
