"""The one write path: lock, load, decide, finish, save. What a device sent and what a desk did go the same way.

    write_jobs          a group of jobs in one transaction, begun anew with more locks if the lock set grew
    └── _in_transaction     open → wants and load, in rounds → decide job by job → heads → finish → save

Laws: nothing is answered before the commit that holds it. A job that fails leaves nothing of itself behind and takes
nobody with it. All of it is written once, so that a group costs a few statements whatever its number of changes.
Who runs this, when and how often again is for write_queue.py (one writer, many jobs) and write_parallel.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from server.storage.errors import Superseded, TryAgain
from server.storage.store import CentreState, ChainPart, Deposit, Standing, Store, StoreWrite
from server.write_steps import Steps
from sync.central.batch import Batch
from sync.central.known import Author, Centre, ChainState, Known, KnownChange, NotLoaded, Record, Wants
from sync.central.plan import Plan, Save
from sync.central.policies import Policies
from sync.central.wants import first_wants
from sync.core.codec import ChangeLine
from sync.core.messages import Status

WANT_ROUNDS_MAX = 2_000
"""Each round learns something new. A chain of changes that wait for each other takes a round a link."""
LOCK_ROUNDS_MAX = 20


class NoSuchDevice(Exception):
    """The author's device is not enrolled here."""


class WriteFailed(TryAgain):
    """Nothing is promised: written or not, the same request may be sent again, and its seqs decide."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One batch to be decided. The centre's own actions give their `author`, and take the next place in its chain."""

    device: str
    carrier: str
    chain_epoch: int
    first_seq: int
    prev_hash: bytes
    lines: Sequence[ChangeLine]
    restart: bool = False
    honoured: Mapping[str, str] = field(default_factory=dict)
    author: Author | None = None
    epoch: str = ""
    """The history its sender believes in; "" says nothing."""
    retries: frozenset[str] = frozenset()
    """Records and changes that parked changes wait for: these are decided again, as whoever made them stands now."""

    @property
    def part(self) -> ChainPart:
        return ChainPart(self.device, self.chain_epoch, self.first_seq, self.first_seq + len(self.lines) - 1)

    @staticmethod
    def of_the_centre(author: Author, lines: Sequence[ChangeLine], *, retries: frozenset[str] = frozenset()) -> Job:
        """What a desk, a supervisor or a schedule does."""
        return Job(
            device=author.device,
            carrier=author.device,
            chain_epoch=1,
            first_seq=1,
            prev_hash=b"",
            lines=lines,
            author=author,
            retries=retries,
        )


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of a job, once it is committed."""

    status: Status
    chain: ChainState
    outcomes: tuple[KnownChange, ...]
    revoked: bool
    raised: frozenset[str]
    """Buckets that have news."""


Result = Written | Exception


class Writer(Protocol):
    """Takes jobs to be decided: server/write_queue.py, server/write_parallel.py."""

    async def write(self, job: Job) -> Written: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, kw_only=True)
class WriteContext:
    """What the write path works with; the same for every job."""

    store: Store
    policies: Policies
    steps: Steps

    @property
    def plain_kinds(self) -> frozenset[str]:
        return frozenset(kind for kind, policy in self.policies.items() if not policy.personal)


class _BeginAgain(Exception):
    """More is needed than was locked or loaded: the transaction starts over with it."""


async def write_jobs(context: WriteContext, jobs: Sequence[Job]) -> list[Result]:
    """Each job's result, in order, after the commit. Raises StorageError when nothing could be committed.

    At most one job of a device: two could not both continue its chain.
    """
    devices = {job.device for job in jobs}
    assert len(devices) == len(jobs), "a device's jobs are written one after the other"
    needs = _Needs()
    # Each round finds out something new of some change, so they come to an end.
    for _ in range(LOCK_ROUNDS_MAX + sum(len(job.lines) for job in jobs)):
        try:
            return await context.steps.commit(context.store, lambda unit: _in_transaction(context, unit, jobs, needs))
        except _BeginAgain:
            continue
    raise WriteFailed("the records this needs were never free together")


@dataclass
class _Needs:
    """What earlier tries found out: ids to lock from the start, and what no policy had foreseen.

    What is only looked at is locked so that nobody writes it meanwhile; others may look at it too, or all filings of an
    item would be decided one after the other.
    """

    ids: set[str] = field(default_factory=set)
    looked_at: set[str] = field(default_factory=set)
    unforeseen: Wants = field(default_factory=Wants)

    def grow(self, wants: Wants) -> tuple[set[str], set[str]]:
        """What must be locked for these beyond what is. A parked change and what it waits for meet in one id."""
        alone = (wants.changes | wants.keys | wants.waits | wants.kinds) - self.ids
        self.ids |= alone
        looked_at = {record for _, record in wants.records} - self.ids - self.looked_at
        self.looked_at |= looked_at
        return alone, looked_at


async def _in_transaction(context: WriteContext, unit: StoreWrite, jobs: Sequence[Job], needs: _Needs) -> list[Result]:
    steps = context.steps
    lines = [line for job in jobs for line in job.lines]
    needs.grow(first_wants(lines) | needs.unforeseen)
    await steps.lock(unit, {job.device for job in jobs}, needs.ids, needs.looked_at - needs.ids)
    state, standings = await unit.open([job.part for job in jobs])
    if state.superseded_by:
        raise Superseded(state.superseded_by)
    centre = Centre(epoch=state.epoch, epoch_block=state.epoch_block, now=steps.now())
    known = await _load(context, unit, jobs, standings, centre, needs)
    results, plans = _decide(context, jobs, standings, known, centre, state, needs)
    await _ask_what_waits(context, unit, [plan for _, plan in plans], known, needs)
    await _hold_alone_what_is_written(context, unit, [plan for _, plan in plans], needs)
    await _look_at_what_is_put(unit, [plan for _, plan in plans], known, needs)
    save = await _save(context, unit, jobs, plans, known, centre)
    raised = _raised(save)
    return [_written(result, save, raised) if isinstance(result, _Decided) else result for result in results]


async def _load(
    context: WriteContext,
    unit: StoreWrite,
    jobs: Sequence[Job],
    standings: Sequence[Standing],
    centre: Centre,
    needs: _Needs,
) -> Known:
    """Everything that deciding will look at; what is found to be needed is locked before it is loaded."""
    known = Known()
    lines = [line for job in jobs for line in job.lines]
    honoured = {record: number for job in jobs for record, number in job.honoured.items()}
    repeated = Wants(changes={one.id for standing in standings for one in standing.stored.values()})
    foresight = context.steps.foresight(lines, context.policies, centre, honoured)
    foresight.retry({one for job in jobs for one in job.retries} | needs.unforeseen.waits)
    for _ in range(WANT_ROUNDS_MAX):
        missing = foresight.wants(known)
        missing.add_beyond(repeated, known)
        missing.add_beyond(needs.unforeseen, known)
        if not missing:
            return known
        if missing.numbers:
            await unit.reserve(missing.numbers, len(lines) + _parked(known), known)
        more, looked_at = needs.grow(missing)
        if (more or looked_at) and not await context.steps.lock_more(unit, more, looked_at):
            raise _BeginAgain
        await unit.load(missing, known)
    raise AssertionError("the policies' reads never came to an end")


async def _ask_what_waits(
    context: WriteContext, unit: StoreWrite, plans: Sequence[Plan], known: Known, needs: _Needs
) -> None:
    """Once for all that came into being in this transaction: to begin again for every conflict that opens would make
    a large group decide its changes as often as it has conflicts. Raises _BeginAgain if something does wait.
    """
    born = Wants(waits={one for plan in plans for one in plan.unasked}).beyond(known)
    if not born:
        return
    more, looked_at = needs.grow(born)
    locked = not (more or looked_at) or await context.steps.lock_more(unit, more, looked_at)
    if locked:
        await unit.load(born, known)
    if not locked or any(known.waiting_for(one) for one in born.waits):
        needs.unforeseen |= born
        raise _BeginAgain


async def _hold_alone_what_is_written(
    context: WriteContext, unit: StoreWrite, plans: Sequence[Plan], needs: _Needs
) -> None:
    """Whatever a policy writes beside its own record was perhaps locked to be looked at. Raises _BeginAgain when others
    look at it now."""
    written = {record for plan in plans for _, record in plan.records} & needs.looked_at - needs.ids
    needs.ids |= written
    if written and not await context.steps.lock_more(unit, written, ()):
        raise _BeginAgain


async def _look_at_what_is_put(unit: StoreWrite, plans: Sequence[Plan], known: Known, needs: _Needs) -> None:
    """Merge puts some records of its own making without having looked: their absence is proven here. What is there
    after all goes on from how it stands. Raises _BeginAgain then.
    """
    unseen = Wants(records={key for plan in plans for key in plan.records if key not in known.records})
    if not unseen:
        return
    await unit.load(unseen, known)
    if there := {key for key in unseen.records if known.records[key] is not None}:
        needs.unforeseen |= Wants(records=there)
        raise _BeginAgain


def _parked(known: Known) -> int:
    """Changes that may be released, and then may need a number as well."""
    return sum(len(waiting) for waiting in known.waits.values())


@dataclass(frozen=True, kw_only=True)
class _Decided:
    plan: Plan
    revoked: bool


def _decide(
    context: WriteContext,
    jobs: Sequence[Job],
    standings: Sequence[Standing],
    known: Known,
    centre: Centre,
    state: CentreState,
    needs: _Needs,
) -> tuple[list[_Decided | Exception], list[tuple[Job, Plan]]]:
    """Job after job, each on a layer that is dropped when the job fails."""
    stage = known.layer()
    results: list[_Decided | Exception] = []
    plans: list[tuple[Job, Plan]] = []
    for job, standing in zip(jobs, standings, strict=True):
        layer = stage.layer()
        author = job.author or standing.author
        if author is None:
            results.append(NoSuchDevice(job.device))
            continue
        if not context.steps.knows_epoch(job.epoch, state):
            held = standing.chain or ChainState.start(job.device, job.chain_epoch)
            results.append(_Decided(plan=Plan(status=Status.EPOCH_CHANGED, chain=held), revoked=author.revoked))
            continue
        try:
            plan = _decide_one(context, job, author, standing, layer, centre)
        except NotLoaded as missing:
            needs.unforeseen |= missing.wants
            raise _BeginAgain from missing
        except Exception as error:
            results.append(error)
            continue
        stage.absorb(layer)
        results.append(_Decided(plan=plan, revoked=author.revoked))
        plans.append((job, plan))
    return results, plans


def _decide_one(
    context: WriteContext, job: Job, author: Author, standing: Standing, layer: Known, centre: Centre
) -> Plan:
    batch = Batch(
        author=author,
        carrier=job.carrier,
        chain_epoch=job.chain_epoch,
        first_seq=job.first_seq,
        prev_hash=job.prev_hash,
        lines=job.lines,
        restart=job.restart,
        honoured=job.honoured,
        retries=job.retries,
    )
    chain = standing.chain
    if job.author is not None:
        chain = chain or ChainState.start(job.device, job.chain_epoch)
        batch = replace(batch, first_seq=chain.last_seq + 1, prev_hash=chain.hash)
    return context.steps.decide(
        batch,
        chain=chain,
        fresh_chain_epoch=max(standing.newest_chain_epoch, job.chain_epoch) + 1,
        stored=standing.stored,
        known=layer,
        policies=context.policies,
        centre=centre,
    )


async def _save(
    context: WriteContext,
    unit: StoreWrite,
    jobs: Sequence[Job],
    plans: Sequence[tuple[Job, Plan]],
    known: Known,
    centre: Centre,
) -> Save:
    """Finish all plans at once, under the locks of the heads they raise, and write them."""
    written: dict[tuple[str, str], Record] = {}
    for _, plan in plans:
        written.update(plan.records)
    only = [plan for _, plan in plans]
    heads = await context.steps.lock_heads(unit, only, known.records)
    save = context.steps.finish(only, known.records, heads)
    forked = frozenset(job.device for job, plan in plans if plan.status is Status.FORK)
    moved = {job.device: plan.chain for job, plan in plans if plan.log or plan.status is Status.FORK}
    if save.log or save.records or save.released or save.rewaits or moved:
        await unit.save(
            Deposit(
                save=save,
                created=frozenset(key for key in written if known.records[key] is None),
                columns={key: context.policies[key[0]].columns(record.fields) for key, record in written.items()},
                plain_kinds=context.plain_kinds,
                chains=moved,
                numbers=_used(only),
                now=centre.now,
                forked=forked,
            )
        )
    return save


def _used(plans: Sequence[Plan]) -> dict[str, int]:
    used: dict[str, int] = {}
    for plan in plans:
        for series, count in plan.numbers.items():
            used[series] = used.get(series, 0) + count
    return used


def _raised(save: Save) -> frozenset[str]:
    return frozenset(record.bucket for record in save.records) | frozenset(one.bucket for one in save.exits)


def _written(decided: _Decided, save: Save, raised: frozenset[str]) -> Written:
    plan = decided.plan
    return Written(
        status=plan.status,
        chain=plan.chain,
        outcomes=tuple(save.landed(change) for change in plan.answered),
        revoked=decided.revoked,
        raised=raised,
    )
