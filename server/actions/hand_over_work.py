"""Hands a person's claims and leases over to a colleague, when the person changes post.

Laws: nothing changes but in whose hands the work is; what was typed stays as it is, and what the person still has on
a phone merges as ever. Who is over is over: published and declined claims stay as they were told.
"""

from __future__ import annotations

from server.actions.desk_change import DeskEdit, desk_change
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.actions.take_step import centre_itself
from server.domain.catalogue.claims import OPEN_STATES
from server.domain.people.reach import unit_in_scope
from server.domain.people.roles import may_change
from server.domain.record_fields import text
from server.storage.people import AccountRow, account_by_id
from server.storage.records import record_of, records_query
from sync.core.chain import encode_hash
from sync.core.changes import Base, Fields

EDITS_MAX = 200
_CLAIMS = "SELECT id FROM claims WHERE claimed_by = ? AND state IN (?*) ORDER BY id"
_LEASES = "SELECT id FROM leases WHERE account = ? AND state = 'held' ORDER BY id"
_WHO = {"claim": ("claim.hand_over", "claimed_by"), "lease": ("lease.hand_over", "account")}


async def hand_over_work(platform: Platform, account: AccountRow | None, giver: str, taker: str) -> dict[str, int]:
    """How many claims and leases went over. `account`: who decides it, None for the operator. Only units that both the
    taker and who decides reach; the rest stays. Raises NotFound.
    """
    if account is not None and not may_change(account.role, "claim.hand_over"):
        raise NotFound("no such step")
    directory = await platform.directory()
    async with platform.database.read() as snapshot:
        receiver = await account_by_id(snapshot, taker)
        [[epoch]] = await snapshot.fetch("SELECT epoch FROM centre WHERE id = 1")
        open_states = sorted(state.value for state in OPEN_STATES)
        claims = await snapshot.fetch(_CLAIMS, [giver, open_states])
        leases = await snapshot.fetch(_LEASES, [giver])
        held = [
            record_of(kind, row, platform.sealing)
            for kind, ids in (("claim", claims), ("lease", leases))
            if ids
            for row in await snapshot.fetch(*records_query(kind, [one[0] for one in ids]))
        ]
    if receiver is None:
        raise NotFound(f"no account {taker}")
    edits: list[tuple[str, DeskEdit]] = []
    for record in held:
        unit = text(record.fields, "unit")
        scopes = [receiver.scope, *([account.scope] if account is not None else [])]
        if all(unit_in_scope(scope, unit, directory) for scope in scopes):
            name, field = _WHO[record.kind]
            fields: Fields = {field: taker}
            base = Base(epoch=epoch, rev=record.rev, hash=encode_hash(record.hash))
            edits.append(
                (f"unit:{unit}", DeskEdit(kind=record.kind, record=record.id, name=name, fields=fields, base=base))
            )
    done = {"claim": 0, "lease": 0}
    for start in range(0, len(edits), EDITS_MAX):
        some = edits[start : start + EDITS_MAX]
        written = await desk_change(
            platform.database,
            platform.writer,
            account or await centre_itself(platform),
            [edit for _, edit in some],
            buckets={bucket for bucket, _ in some},
            now_ms=platform.clock.wall_ms(),
            randomness=platform.randomness,
        )
        for outcome in written.outcomes:
            done[outcome.kind] += outcome.code.has_effect
    return done
