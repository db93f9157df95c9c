"""What an answer does to a replica, step by step, each step over one open transaction.

Laws: all steps of one answer are one transaction. Rows come before the cursor that says they were read. A reset
forgets rows and never touches an entry. An entry leaves the journal only when it is durable, or after thirty days of
the centre's clock. The order and make of these steps is what the simulation alters, by subclassing `SessionSteps`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from sync.core.chain import SUM_MODULUS, bucket_sum, decode_hash, row_sum
from sync.core.changes import OutcomeCode
from sync.core.codec import AnswerMessage, read_body, read_fields
from sync.core.errors import Malformed
from sync.core.messages import Answer, Entitled, FileState, Page, Row
from sync.device.effect import Effect, Sent, is_durable, with_events
from sync.device.events import FilesChanged
from sync.device.repairs import RepairSteps
from sync.device.replica import OUTCOME_KIND, has_come_back
from sync.device.state import BucketState, Delivery, Entry, ReplicaStore, Standing, StoredRow

__all__ = ["Effect", "Sent", "SessionSteps", "check_fits", "is_durable"]

JOURNAL_MS = 30 * 24 * 3_600_000
_AWAITS_A_PERSON = (OutcomeCode.REFUSED, OutcomeCode.PARKED)


class SessionSteps(RepairSteps):
    """What `ok` brings, and the repairs inherited."""

    def cut_batch(self, waiting: Sequence[Entry], max_bytes: int) -> list[Entry]:
        """The longest start of the outbox within `max_bytes`, and one change at least: a page must get through."""
        batch: list[Entry] = []
        room = max_bytes
        for entry in waiting:
            room -= len(entry.line) + 1
            if batch and room < 0:
                break
            batch.append(entry)
        return batch

    # Answered: ok

    def take_answer(self, store: ReplicaStore, sent: Sent, message: AnswerMessage) -> Effect:
        """Raises Malformed when the answer does not fit the request; nothing of it counts then."""
        answer, effect = message.envelope, Effect()
        check_fits(sent, answer, store.standing())
        self.commit(
            store,
            [
                ("outcomes", lambda: self.take_outcomes(store, sent, answer, effect)),
                ("journal", lambda: self.cut_journal(store, answer.server_time, effect)),
                ("entitlement", lambda: self.take_entitlement(store, answer, effect)),
                ("rows", lambda: self.put_rows(store, message, effect)),
                ("cursors", lambda: self.move_cursors(store, answer.pages, effect)),
                ("sums", lambda: self.check_sums(store, answer, effect)),
                ("files", lambda: self.take_files(store, answer.files, effect)),
                ("restored", lambda: self.drop_told(store, sent, effect)),
                ("level", lambda: self.settle(store, sent, answer, effect)),
            ],
        )
        return with_events(effect)

    def take_outcomes(self, store: ReplicaStore, sent: Sent, answer: Answer, effect: Effect) -> None:
        """Outbox to journal, up to what the centre says it has and this request held."""
        standing = store.standing()
        upto = min(answer.last_seq, sent.last_seq)
        by_seq = {outcome.seq: outcome for outcome in answer.outcomes}
        moved = []
        for seq, entry in enumerate(sent.entries[: upto - sent.first_seq + 1], start=sent.first_seq):
            outcome = by_seq[seq]
            moved.append(
                msgspec.structs.replace(
                    entry, seq=seq, chain_epoch=sent.chain_epoch, outcome=outcome, received=answer.server_time
                )
            )
            effect.outcomes.append((entry.id, outcome.code))
        store.replace_entries(moved)
        durable_upto = max(standing.durable_upto, min(answer.durable_upto, upto))
        effect.progressed |= bool(moved)
        effect.durable_rose = durable_upto > standing.durable_upto
        store.put_standing(
            msgspec.structs.replace(
                standing,
                epoch=answer.epoch,
                acked_seq=upto,
                acked_hash=sent.hash_at(upto),
                ack=answer.ack if answer.last_seq == upto else standing.ack if not moved else "",
                durable_upto=durable_upto,
                server_time=answer.server_time,
            )
        )

    def cut_journal(self, store: ReplicaStore, server_time: int, effect: Effect) -> None:
        """Keeps what waits for a person, and what has not come back as a row: it is still on the screen."""
        standing = store.standing()
        if not effect.durable_rose and standing.levels % self._full_check_every:
            return
        cut = [
            entry.position
            for entry in store.journal()
            if (is_durable(entry, standing) or server_time - entry.received > JOURNAL_MS)
            and entry.outcome is not None
            and entry.outcome.code not in _AWAITS_A_PERSON
            and has_come_back(
                entry.outcome, entry.record, store.bucket(entry.outcome.at[0]) if entry.outcome.at else None
            )
        ]
        if cut:
            store.drop_entries(cut)

    def take_entitlement(self, store: ReplicaStore, answer: Answer, effect: Effect) -> None:
        for reset in answer.resets:
            if store.bucket(reset.bucket) is not None:
                self.on_reset(store, reset.bucket, reset.reason, effect)
        if answer.entitled is None:
            return
        listed = {row.bucket: row for row in answer.entitled}
        for held in store.buckets():
            if held.bucket not in listed:
                self.on_reset(store, held.bucket, "gone", effect)
            elif held.generation != listed[held.bucket].generation:
                self.on_reset(store, held.bucket, "generation", effect)
        store.put_buckets([_with_head(store.bucket(row.bucket), row) for row in answer.entitled])

    def put_rows(self, store: ReplicaStore, message: AnswerMessage, effect: Effect) -> None:
        """Rows of every page, and the sums they add up to. A page of a bucket not held is passed over."""
        records = [row.record for page in message.envelope.pages for row in page.rows]
        if not records:
            return
        held = store.rows_held(records)
        buckets = {state.bucket: state for state in store.buckets()}
        puts: dict[str, StoredRow] = {}
        drops: set[str] = set()
        for page, row, body in _rows_with_bodies(message):
            state = buckets.get(page.bucket)
            if state is None or state.generation != page.generation or (row.version, row.record) <= state.cursor:
                continue
            old = held.pop(row.record, None)
            if row.exit and (old is None or old.bucket != page.bucket):
                if old is not None:
                    held[row.record] = old
                continue
            if old is not None:
                _count_row(buckets, old, -1)
            if row.exit:
                puts.pop(row.record, None)
                drops.add(row.record)
            else:
                new = _stored(page, row, body)
                _count_row(buckets, new, 1)
                held[row.record] = puts[row.record] = new
                drops.discard(row.record)
            effect.changed.append(row.record)
            if not row.exit and puts[row.record].kind == OUTCOME_KIND:
                effect.outcomes += _outcome_news(puts[row.record])
        store.drop_rows(sorted(drops))
        store.put_rows(list(puts.values()))
        store.put_buckets(list(buckets.values()))

    def move_cursors(self, store: ReplicaStore, pages: Sequence[Page], effect: Effect) -> None:
        """Never back within a generation."""
        for page in pages:
            state = store.bucket(page.bucket)
            if state is None or state.generation != page.generation or page.upto <= state.cursor:
                continue
            store.put_buckets([msgspec.structs.replace(state, version=page.upto[0], record=page.upto[1])])
            effect.progressed = True

    def check_sums(self, store: ReplicaStore, answer: Answer, effect: Effect) -> None:
        """Where a round ended at the listed head, own rows must add up to the centre's, or that bucket is read anew."""
        if answer.more or (answer.entitled is None and not answer.pages):
            return
        for state in store.buckets():
            at_head = state.version == state.head
            ahead = answer.entitled is not None and state.version > state.head
            if (at_head and not state.agrees) or ahead:
                self.on_reset(store, state.bucket, "sum", effect)

    def take_files(self, store: ReplicaStore, states: Mapping[str, FileState], effect: Effect) -> None:
        news = []
        for file_id, state in states.items():
            file = store.file(file_id)
            if file is None or file.delivery in (Delivery.STORED, _DELIVERY[state]):
                continue
            news.append((file_id, state))
            changed = msgspec.structs.replace(file, delivery=_DELIVERY[state])
            if state is FileState.MISSING:
                changed = msgspec.structs.replace(changed, offset=0, location="")
            store.put_file(changed)
        if news:
            effect.events.append(FilesChanged(tuple(news)))

    def drop_told(self, store: ReplicaStore, sent: Sent, effect: Effect) -> None:
        """What a restored centre has now been told."""
        if sent.honours or sent.evidence:
            store.drop_restored(sent.honours, sent.evidence)
            effect.progressed = True

    def settle(self, store: ReplicaStore, sent: Sent, answer: Answer, effect: Effect) -> None:
        """Level is what the rows say, not what the answer claims."""
        standing = store.standing()
        told = answer.entitled is not None or (bool(sent.tag) and answer.tag == sent.tag)
        level = told and not answer.more and not answer.need_cursors and all(b.agrees for b in store.buckets())
        if level and (standing.levels + 1) % self._full_check_every == 0:
            level = not self.check_in_full(store, effect)
        effect.progressed |= answer.need_cursors and not sent.with_cursors
        effect.level = level
        store.put_standing(
            msgspec.structs.replace(
                standing,
                tag=answer.tag if level else "",
                target=tuple(answer.target) if answer.more and answer.target is not None else None,
                levels=standing.levels + level,
            )
        )

    def check_in_full(self, store: ReplicaStore, effect: Effect) -> list[str]:
        """Adds up every row held, so that a disk that changed a byte is found out. The buckets that were reset."""
        wrong = []
        for state in store.buckets():
            rows = [(row.record, row.version, row.body) for row in store.rows_in(state.bucket)]
            if bucket_sum(rows) != state.sum or len(rows) != state.count:
                self.on_reset(store, state.bucket, "sum", effect)
                wrong.append(state.bucket)
        return wrong


_DELIVERY = {
    FileState.STORED: Delivery.STORED,
    FileState.MISSING: Delivery.WAITING,
    FileState.REFUSED: Delivery.REFUSED,
}


def check_fits(sent: Sent, answer: Answer, standing: Standing) -> None:
    """Whether an `ok` answers this request: position, hash, and an outcome for every change it claims to have."""
    if standing.epoch not in ("", answer.epoch):
        raise Malformed("an answer of another epoch that does not say so")
    if answer.chain_epoch != sent.chain_epoch or answer.last_seq < sent.first_seq - 1:
        raise Malformed("an answer for another position of the chain")
    upto = min(answer.last_seq, sent.last_seq)
    if answer.last_seq == upto and decode_hash(answer.chain_hash) != sent.hash_at(upto):
        raise Malformed("an answer for other changes than were sent")
    told = {outcome.seq: outcome for outcome in answer.outcomes}
    for seq, entry in enumerate(sent.entries[: upto - sent.first_seq + 1], start=sent.first_seq):
        outcome = told.get(seq)
        # A line in which the centre found no change has no id there: its place in the chain is its name.
        if outcome is None or (outcome.id != entry.id and outcome.reason != "malformed"):
            raise Malformed(f"no outcome for change {seq}")


def _with_head(held: BucketState | None, row: Entitled) -> BucketState:
    head_sum = int.from_bytes(decode_hash(row.sum), "big")
    state = held or BucketState(bucket=row.bucket, generation=row.generation)
    return msgspec.structs.replace(state, head=row.head, head_sum=head_sum, head_count=row.count)


def _rows_with_bodies(message: AnswerMessage) -> list[tuple[Page, Row, bytes]]:
    bodies = iter(message.bodies)
    return [(page, row, b"" if row.exit else next(bodies)) for page in message.envelope.pages for row in page.rows]


def _stored(page: Page, row: Row, body: bytes) -> StoredRow:
    read = read_body(body)
    if read.id != row.record:
        raise Malformed("a body under another record's row")
    return StoredRow(record=row.record, bucket=page.bucket, version=row.version, kind=read.kind, body=body)


def _count_row(buckets: dict[str, BucketState], row: StoredRow, sign: int) -> None:
    state = buckets.get(row.bucket)
    if state is not None:
        total = (state.sum + sign * row_sum(row.record, row.version, row.body)) % SUM_MODULUS
        buckets[row.bucket] = msgspec.structs.replace(state, sum=total, count=state.count + sign)


def _outcome_news(row: StoredRow) -> list[tuple[str, OutcomeCode]]:
    code = read_fields(row.body).get("code")
    return [(row.record, known) for known in OutcomeCode if known == code]
