// How a device gets over a fork, a gap, a restored centre and its own revocation, each in one transaction.
//
// Laws: a repair moves entries between journal and outbox and never touches a line. A reset forgets rows and never
// touches an entry. What the centre may have lost is put aside before it is forgotten here.

import { decodeHash, equal } from '../protocol/bytes'
import { extendAll, genesis } from '../protocol/chain'
import { readBody } from '../protocol/codec'
import type { Answer, Honour } from '../protocol/messages'
import { hashAt, isDurable, lastSeqOf, newEffect, withEvents, type Effect, type Sent } from './effect'
import { OUTCOME_KIND } from './replica'
import type { Entry, EvidenceLine, ReplicaStore } from './state'

/** By record kind the field with the official number a resident may hold. */
export type Numbers = { readonly [kind: string]: string }

/** Forgets a bucket's rows, and the bucket itself unless it is to be read again from the start. */
export function resetBucket(store: ReplicaStore, bucket: string, reason: string, effect: Effect): void {
  effect.resets.set(bucket, reason)
  const held = store.bucket(bucket)
  store.dropRowsIn(bucket)
  if (!held || reason === 'gone' || reason === 'generation') store.dropBuckets([bucket])
  else store.putBuckets([{ ...held, version: 0, record: '', sum: 0n, count: 0 }])
}

/** A new chain for everything that is not durable, in the old order, lines and ids unchanged. */
export async function adoptChain(store: ReplicaStore, answer: Answer): Promise<Effect> {
  const effect = newEffect(true)
  await store.transaction(() => {
    takeChain(store, answer)
    effect.events.push({ is: 'fork_healed', chainEpoch: answer.chain_epoch, resent: store.outboxSize() })
  })
  return effect
}

export async function fillGap(store: ReplicaStore, answer: Answer): Promise<Effect> {
  const effect = newEffect(true)
  await store.transaction(() => {
    const resent = rewind(store, answer, false)
    effect.events.push({ is: 'gap_found', resent, restart: store.standing().restart })
  })
  return effect
}

/** The centre was restored: send what it lacks, tell what it gave and knew, read everything again. */
export async function changeEpoch(store: ReplicaStore, answer: Answer, numbers: Numbers): Promise<Effect> {
  const effect = newEffect(true)
  await store.transaction(() => {
    const evidence = collectRestored(store, new Map(answer.restored ?? []), numbers)
    const resent = rewind(store, answer, true)
    for (const state of store.buckets()) {
      resetBucket(store, state.bucket, 'epoch', effect)
      store.dropBuckets([state.bucket])
    }
    const standing = store.standing()
    const serverTime = answer.server_time
    store.putStanding({ ...standing, epoch: answer.epoch, ack: '', tag: '', target: null, serverTime })
    effect.events.push({ is: 'epoch_changed', epoch: answer.epoch, resent, evidence })
  })
  return withEvents(effect)
}

/**
 * What can be read goes at once. What was sent lies in quarantine if the answer's position says so; the rest of the
 * outbox is still to be sent.
 */
export async function takeRevocation(store: ReplicaStore, sent: Sent, answer: Answer): Promise<Effect> {
  const effect = newEffect(answer.chain_epoch === sent.chainEpoch && answer.last_seq >= lastSeqOf(sent))
  const { epoch } = store.standing()
  const restored = epoch !== '' && epoch !== answer.epoch
  await store.transaction(() => {
    for (const state of store.buckets()) resetBucket(store, state.bucket, 'gone', effect)
    const cleared = { revoked: true, restart: false, tag: '', target: null, ack: '', epoch: answer.epoch }
    store.putStanding({ ...store.standing(), ...cleared })
    if (effect.progressed) deposit(store, sent)
    else if (answer.chain_epoch !== sent.chainEpoch) takeChain(store, answer)
    else rewind(store, answer, restored)
  })
  return withEvents(effect)
}

function deposit(store: ReplicaStore, sent: Sent): void {
  const { chainEpoch, firstSeq } = sent
  store.putEntries(sent.entries.map((entry, place) => ({ ...entry, seq: firstSeq + place, chainEpoch })))
  const ackedSeq = lastSeqOf(sent)
  store.putStanding({ ...store.standing(), ackedSeq, ackedHash: hashAt(sent, ackedSeq) })
}

function takeChain(store: ReplicaStore, answer: Answer): void {
  const standing = store.standing()
  const lost = store.journal().filter((entry) => !isDurable(entry, standing))
  putBack(store, lost, false)
  store.putStanding({
    ...standing,
    chainEpoch: answer.chain_epoch,
    ackedSeq: 0,
    ackedHash: genesis(standing.device, answer.chain_epoch),
    ack: '',
    durableUpto: 0,
    restart: false,
    epoch: answer.epoch,
    serverTime: answer.server_time,
  })
}

/** Back to the position the centre has, if the journal reaches from there to here; else ask for a new chain. */
function rewind(store: ReplicaStore, answer: Answer, forgetOutcomes: boolean): number {
  const standing = store.standing()
  const { chainEpoch, ackedSeq } = standing
  if (answer.chain_epoch === chainEpoch && answer.last_seq >= ackedSeq) return 0
  const sameChain = chainEpoch === answer.chain_epoch
  const lacking = store
    .journal()
    .filter((entry) => sameChain && entry.chainEpoch === chainEpoch && entry.seq > answer.last_seq)
  const position = decodeHash(answer.chain_hash)
  const hashes = lacking.map((entry) => entry.hash)
  const inSequence = lacking.every((entry, place) => entry.seq === answer.last_seq + 1 + place)
  const isWhole = inSequence && lacking.length === ackedSeq - answer.last_seq
  if (!isWhole || !equal(extendAll(position, answer.last_seq + 1, hashes), standing.ackedHash)) {
    // What was durable may be what the centre has lost: everything still held goes into the new chain.
    if (forgetOutcomes) store.putEntries(lacking.map((entry) => ({ ...entry, outcome: null })))
    store.putStanding({ ...standing, restart: true, durableUpto: 0 })
    return 0
  }
  putBack(store, lacking, forgetOutcomes)
  const durableUpto = Math.min(standing.durableUpto, answer.last_seq)
  store.putStanding({ ...standing, ackedSeq: answer.last_seq, ackedHash: position, ack: '', durableUpto })
  return lacking.length
}

/** Journal to outbox. The outcome stays known, unless the history it belonged to is gone. */
function putBack(store: ReplicaStore, entries: readonly Entry[], forgetOutcomes: boolean): void {
  const back = (entry: Entry): Entry => ({
    ...entry,
    seq: 0,
    chainEpoch: 0,
    outcome: forgetOutcomes ? null : entry.outcome,
  })
  store.putEntries(entries.map(back))
}

/** Rows from beyond the restored heads, and official numbers among them, put aside before rows are forgotten. */
function collectRestored(store: ReplicaStore, heads: ReadonlyMap<string, number>, numbers: Numbers): number {
  const honours: Honour[] = []
  const evidence: EvidenceLine[] = []
  for (const state of store.buckets()) {
    for (const row of store.rowsIn(state.bucket)) {
      if (row.version <= (heads.get(state.bucket) ?? 0) || row.kind === OUTCOME_KIND) continue
      evidence.push([[row.kind, row.record, row.bucket, row.version], row.body])
      const number = readBody(row.body).fields[numbers[row.kind] ?? '']
      if (typeof number === 'string' && number !== '') honours.push([row.record, number])
    }
  }
  store.putRestored(honours, evidence)
  return evidence.length
}
