"""Takes one step with one record, as a change of the account's own desk: the way of every clerk and supervisor.

Laws: what the account's scope does not reach is as absent as what does not exist, also where a step only names it; the
centre itself reaches all. The step names the state its person saw; if others wrote meanwhile, merge decides as it does
for a phone. A refused step stands in the log and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.actions.compose_code import code_for_claim, code_for_item
from server.actions.desk_change import CENTRE_ACCOUNT, DeskEdit, centre_account, desk_change
from server.actions.platform import Platform
from server.actions.refusals import NotFound
from server.domain.cases.desk_rules import UNITS_OWN_STEPS
from server.domain.cases.procedures import PASSES_ON
from server.domain.people.entitlement import Directory, buckets_of
from server.domain.people.reach import decides, is_listed, reaches, speaks_for
from server.domain.people.references import references
from server.domain.people.roles import may_change
from server.domain.record_fields import groups, text, texts
from server.storage.people import AccountRow, account_by_id
from sync.central.known import Known, KnownChange, Record, Wants
from sync.core.changes import Base, Fields
from sync.core.ids import is_id


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of the step, and the record as it now stands (None when it was refused at birth)."""

    outcome: KnownChange
    record: Record | None


async def take_step(
    platform: Platform,
    account: AccountRow,
    *,
    kind: str,
    record: str,
    name: str,
    fields: Fields,
    seen: Base | None,
    also_reads: Iterable[str] = (),
    operator: AccountRow | None = None,
) -> Taken:
    """`seen`: the state the person saw, None to make the record. `also_reads`: further buckets whose records the
    step's rules must see. `operator`: who acts on behalf of the account (server/actions/act_for.py). Raises NotFound
    for what is absent, foreign or not this role's to do, and what the writer raises.
    """
    directory = await platform.directory()
    standing = await read_record(platform, kind, record)
    policy = platform.policies.get(kind)
    is_centre = account.id == CENTRE_ACCOUNT
    if policy is None or name not in policy.changes or not (is_centre or may_change(account.role, name)):
        raise NotFound(f"no step {name}")
    if standing is None and seen is not None:
        raise NotFound(f"no {kind} {record}")
    bucket, whole = _place_of(platform, kind, standing, fields)
    if not is_centre and not reaches(account.id, account.scope, bucket, whole, directory):
        raise NotFound(f"no {kind} {record}")
    if not is_centre:
        await _check_references(platform, account, standing, fields, directory)
    # The rule of a transfer sees no directory: what nobody there could hold is as absent as any other place.
    holder = text(_group(fields, PASSES_ON.get(name, "")), "to")
    if holder and not is_listed(holder, directory):
        raise NotFound("no such holder")
    if name == "case.accept" and not all(is_listed(unit, directory) for unit in texts(fields, "joint")):
        raise NotFound("no such unit")
    # A unit answers for itself: who leads, or a neighbour on the same case, does not.
    answers_for = text(_group(fields, "part_answer"), "unit")
    if name == "case.part_answer" and not speaks_for(account.scope, answers_for, directory):
        raise NotFound("no such part")
    if name in UNITS_OWN_STEPS and not is_centre and not decides(account.scope, whole, directory):
        raise NotFound("the unit that holds it decides")
    if name == "claim.publish" and standing is not None:
        item = await read_record(platform, "item", named) if (named := text(standing.fields, "item")) else None
        claim = {**standing.fields, **fields}
        fields = {**fields, **await code_for_claim(platform, claim, item.fields if item is not None else None)}
    if name == "item.publish":
        fields = {**fields, **await code_for_item(platform, {**(standing.fields if standing else {}), **fields})}
    edit = DeskEdit(kind=kind, record=record, name=name, fields=fields, base=seen)
    buckets = {bucket, *also_reads, *_readable(account, directory), *await _catalogues_of(platform, fields)}
    if standing is not None and policy.bucket({**standing.fields, **fields}) != bucket:
        buckets.add(policy.bucket({**standing.fields, **fields}))
    written = await desk_change(
        platform.database,
        platform.writer,
        account,
        [edit],
        buckets=buckets,
        now_ms=platform.clock.wall_ms(),
        randomness=platform.randomness,
        operator=operator,
    )
    return Taken(outcome=written.outcomes[0], record=await read_record(platform, kind, record))


async def _check_references(
    platform: Platform, account: AccountRow, standing: Record | None, fields: Fields, directory: Directory
) -> None:
    """What the step names anew must be this account's to see. Raises NotFound."""
    known = references(standing.fields) if standing is not None else frozenset()
    for kind, record in sorted(references(fields) - known):
        found = await read_record(platform, kind, record)
        if found is None or not reaches(account.id, account.scope, found.bucket, found.fields, directory):
            raise NotFound(f"no {kind} {record}")


def _group(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


async def centre_itself(platform: Platform) -> AccountRow:
    """The account for steps that the centre takes: by its schedule, or on the word of a resident."""
    async with platform.database.read() as snapshot:
        found = await account_by_id(snapshot, CENTRE_ACCOUNT)
    if found is not None:
        return found
    async with platform.database.write() as tx:
        return await centre_account(tx, now_ms=platform.clock.wall_ms(), randomness=platform.randomness)


async def read_record(platform: Platform, kind: str, record: str) -> Record | None:
    """The record as it stands; what is no id names none. Who may see it is for the caller to judge."""
    if not is_id(record):
        return None
    known = Known()
    async with platform.store.read() as unit:
        await unit.load(Wants(records={(kind, record)}), known)
    return known.record(kind, record)


def _place_of(platform: Platform, kind: str, standing: Record | None, fields: Fields) -> tuple[str, Fields]:
    """Where the record lies, or would: what says too little to lie anywhere is nowhere."""
    if standing is not None:
        return standing.bucket, standing.fields
    try:
        return platform.policies[kind].bucket(fields), fields
    except (KeyError, ValueError):
        raise NotFound(f"no place for this {kind}") from None


_CATALOGUES_OF = "SELECT DISTINCT bucket FROM items WHERE id IN (?*)"


async def _catalogues_of(platform: Platform, fields: Fields) -> list[str]:
    """Where the items lie that a filing at a desk names: a catalogue is public, whoever's it is."""
    legs = (text(leg, "item") for leg in groups(fields, "legs"))
    named = [one for one in (text(fields, "item"), *legs) if is_id(one)]
    if not named:
        return []
    async with platform.database.read() as snapshot:
        return [str(row[0]) for row in await snapshot.fetch(_CATALOGUES_OF, [named])]


def _readable(account: AccountRow, directory: Directory) -> frozenset[str]:
    """What the account's devices read anyway, the catalogue among it: a desk's steps may point at it."""
    return buckets_of(account.id, account.role, account.scope, directory)
