"""How a device gets over a fork, a gap, a restored centre and its own revocation, each over one open transaction.

Laws: a repair moves entries between journal and outbox and never touches a line. A reset forgets rows and never touches
an entry. What the centre may have lost is put aside before it is forgotten here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from sync.core.chain import decode_hash, extend_all, genesis
from sync.core.codec import read_fields
from sync.core.messages import Answer, Evidence, Honour
from sync.device.effect import Effect, Sent, is_durable, with_events
from sync.device.events import EpochChanged, ForkHealed, GapFound
from sync.device.replica import OUTCOME_KIND
from sync.device.state import Entry, ReplicaStore

Part = Callable[[], None]


class RepairSteps:
    """`numbers` names, by record kind, the field with the official number a resident may hold."""

    def __init__(self, numbers: Mapping[str, str] | None = None, full_check_every: int = 20) -> None:
        self._numbers = dict(numbers or {})
        self._full_check_every = full_check_every

    def commit(self, store: ReplicaStore, parts: Sequence[tuple[str, Part]]) -> None:
        """All or nothing. A crash before the end asks the centre for the same answer again."""
        with store.transaction():
            for _, part in parts:
                part()

    def on_reset(self, store: ReplicaStore, bucket: str, reason: str, effect: Effect) -> None:
        """Forgets a bucket's rows, and the bucket itself unless it is to be read again from the start."""
        effect.resets[bucket] = reason
        held = store.bucket(bucket)
        store.drop_rows_in(bucket)
        if held is None or reason in ("gone", "generation"):
            store.drop_buckets([bucket])
        else:
            store.put_buckets([msgspec.structs.replace(held, version=0, record="", sum=0, count=0)])

    # Answered: another chain, a gap, another epoch

    def adopt_chain(self, store: ReplicaStore, answer: Answer) -> Effect:
        """A new chain for everything that is not durable, in the old order, lines and ids unchanged."""
        effect = Effect(progressed=True)

        def adopt() -> None:
            self.take_chain(store, answer)
            effect.events.append(ForkHealed(answer.chain_epoch, store.outbox_size()))

        self.commit(store, [("chain", adopt)])
        return effect

    def take_chain(self, store: ReplicaStore, answer: Answer) -> None:
        standing = store.standing()
        self.put_back(store, [entry for entry in store.journal() if not is_durable(entry, standing)])
        store.put_standing(
            msgspec.structs.replace(
                standing,
                chain_epoch=answer.chain_epoch,
                acked_seq=0,
                acked_hash=genesis(standing.device, answer.chain_epoch),
                ack="",
                durable_upto=0,
                restart=False,
                epoch=answer.epoch,
                server_time=answer.server_time,
            )
        )

    def fill_gap(self, store: ReplicaStore, answer: Answer) -> Effect:
        effect = Effect(progressed=True)

        def fill() -> None:
            resent = self.rewind(store, answer, forget_outcomes=False)
            effect.events.append(GapFound(resent, store.standing().restart))

        self.commit(store, [("gap", fill)])
        return effect

    def rewind(self, store: ReplicaStore, answer: Answer, *, forget_outcomes: bool) -> int:
        """Back to the position the centre has, if the journal reaches from there to here; else ask for a new chain."""
        standing = store.standing()
        if answer.chain_epoch == standing.chain_epoch and answer.last_seq >= standing.acked_seq:
            return 0
        lacking = [
            entry
            for entry in store.journal()
            if entry.chain_epoch == standing.chain_epoch == answer.chain_epoch and entry.seq > answer.last_seq
        ]
        position = decode_hash(answer.chain_hash)
        reached = extend_all(position, answer.last_seq + 1, [entry.hash for entry in lacking])
        seqs = [entry.seq for entry in lacking]
        if seqs != list(range(answer.last_seq + 1, standing.acked_seq + 1)) or reached != standing.acked_hash:
            # What was durable may be what the centre has lost: everything still held goes into the new chain.
            if forget_outcomes:
                store.replace_entries([msgspec.structs.replace(entry, outcome=None) for entry in lacking])
            store.put_standing(msgspec.structs.replace(standing, restart=True, durable_upto=0))
            return 0
        self.put_back(store, lacking, forget_outcomes=forget_outcomes)
        store.put_standing(
            msgspec.structs.replace(
                standing,
                acked_seq=answer.last_seq,
                acked_hash=position,
                ack="",
                durable_upto=min(standing.durable_upto, answer.last_seq),
            )
        )
        return len(lacking)

    def put_back(self, store: ReplicaStore, entries: Sequence[Entry], *, forget_outcomes: bool = False) -> None:
        """Journal to outbox. The outcome stays known, unless the history it belonged to is gone."""
        store.replace_entries(
            [
                msgspec.structs.replace(entry, seq=0, chain_epoch=0, outcome=None if forget_outcomes else entry.outcome)
                for entry in entries
            ]
        )

    def change_epoch(self, store: ReplicaStore, answer: Answer) -> Effect:
        """The centre was restored: send what it lacks, tell what it gave and knew, read everything again."""
        effect = Effect(progressed=True)

        def change() -> None:
            told = self.collect_restored(store, {head.bucket: head.version for head in answer.restored or []})
            resent = self.rewind(store, answer, forget_outcomes=True)
            for state in store.buckets():
                self.on_reset(store, state.bucket, "epoch", effect)
                store.drop_buckets([state.bucket])
            store.put_standing(
                msgspec.structs.replace(
                    store.standing(), epoch=answer.epoch, ack="", tag="", target=None, server_time=answer.server_time
                )
            )
            effect.events.append(EpochChanged(answer.epoch, resent, told))

        self.commit(store, [("epoch", change)])
        return with_events(effect)

    def collect_restored(self, store: ReplicaStore, heads: Mapping[str, int]) -> int:
        """Rows from beyond the restored heads, and official numbers among them, put aside before rows are forgotten."""
        honours: list[Honour] = []
        evidence: list[tuple[Evidence, bytes]] = []
        for state in store.buckets():
            for row in store.rows_in(state.bucket):
                if row.version <= heads.get(state.bucket, 0) or row.kind == OUTCOME_KIND:
                    continue
                evidence.append((Evidence(row.kind, row.record, row.bucket, row.version), row.body))
                number = read_fields(row.body).get(self._numbers.get(row.kind, ""))
                if isinstance(number, str) and number:
                    honours.append(Honour(row.record, number))
        store.put_restored(honours, evidence)
        return len(evidence)

    # Answered: revoked

    def take_revocation(self, store: ReplicaStore, sent: Sent, answer: Answer) -> Effect:
        """What can be read goes at once. What was sent lies in quarantine if the answer's position says so; the rest
        of the outbox is still to be sent.
        """
        effect = Effect(progressed=answer.chain_epoch == sent.chain_epoch and answer.last_seq >= sent.last_seq)
        restored = store.standing().epoch not in ("", answer.epoch)

        def forget() -> None:
            for state in store.buckets():
                self.on_reset(store, state.bucket, "gone", effect)
            store.put_standing(
                msgspec.structs.replace(
                    store.standing(), revoked=True, restart=False, tag="", target=None, ack="", epoch=answer.epoch
                )
            )

        def deposit() -> None:
            store.replace_entries(
                [
                    msgspec.structs.replace(entry, seq=seq, chain_epoch=sent.chain_epoch)
                    for seq, entry in enumerate(sent.entries, start=sent.first_seq)
                ]
            )
            store.put_standing(
                msgspec.structs.replace(
                    store.standing(), acked_seq=sent.last_seq, acked_hash=sent.hash_at(sent.last_seq)
                )
            )

        def find_position() -> None:
            if answer.chain_epoch != sent.chain_epoch:
                self.take_chain(store, answer)
            else:
                self.rewind(store, answer, forget_outcomes=restored)

        position = deposit if effect.progressed else find_position
        self.commit(store, [("revoked", forget), ("deposit", position)])
        return with_events(effect)
