// What an answer that says `ok` does to a replica, step by step, all steps in one transaction.
//
// Laws: rows come before the cursor that says they were read. A reset forgets rows and never touches an entry. An
// entry leaves the journal only when it is durable, or after thirty days of the centre's clock.

import { decodeHash, equal, utf8 } from '../protocol/bytes'
import { bucketSum, rowSum, SUM_MODULUS, toNumber } from '../protocol/chain'
import { readBody, type AnswerMessage } from '../protocol/codec'
import { Malformed } from '../protocol/errors'
import {
  OUTCOME_CODES,
  type Answer,
  type Entitled,
  type FileState,
  type Outcome,
  type Page,
} from '../protocol/messages'
import { hashAt, isDurable, lastSeqOf, newEffect, withEvents, type Effect, type Sent } from './effect'
import { resetBucket } from './repairs'
import { hasComeBack, OUTCOME_KIND } from './replica'
import {
  agrees,
  isBeyond,
  newBucket,
  type BucketState,
  type Delivery,
  type Entry,
  type ReplicaStore,
  type Standing,
  type StoredRow,
} from './state'

const JOURNAL_MS = 30 * 24 * 3_600_000
/** How often, counted in rounds that ended level, every row held is added up again. */
export const FULL_CHECK_EVERY = 20
const DELIVERY: { readonly [S in FileState]: Delivery } = { stored: 'stored', missing: 'waiting', refused: 'refused' }

/** The longest start of the outbox within `maxBytes`, and one change at least: a page must get through. */
export function cutBatch(waiting: readonly Entry[], maxBytes: number): Entry[] {
  const batch: Entry[] = []
  let room = maxBytes
  for (const entry of waiting) {
    room -= utf8(entry.line).length + 1
    if (batch.length && room < 0) break
    batch.push(entry)
  }
  return batch
}

/** Rejects with Malformed when the answer does not fit the request; nothing of it counts then. */
export async function takeAnswer(
  store: ReplicaStore,
  sent: Sent,
  message: AnswerMessage,
  fullCheckEvery: number,
): Promise<Effect> {
  const answer = message.envelope
  checkFits(sent, answer, store.standing())
  const effect = await store.transaction(() => {
    const made = newEffect()
    takeOutcomes(store, sent, answer, made)
    cutJournal(store, answer.server_time, made, fullCheckEvery)
    takeEntitlement(store, answer, made)
    putRows(store, message, made)
    moveCursors(store, answer.pages, made)
    checkSums(store, answer, made)
    takeFiles(store, answer.files, made)
    if (sent.honours.length || sent.evidence.length) {
      store.dropRestored(sent.honours, sent.evidence)
      made.progressed = true
    }
    settle(store, sent, answer, made, fullCheckEvery)
    return made
  })
  return withEvents(effect)
}

/** Whether an `ok` answers this request: position, hash, and an outcome for every change it claims to have. */
function checkFits(sent: Sent, answer: Answer, standing: Standing): void {
  if (standing.epoch !== '' && standing.epoch !== answer.epoch) throw new Malformed('an answer of another epoch')
  if (answer.chain_epoch !== sent.chainEpoch || answer.last_seq < sent.firstSeq - 1) {
    throw new Malformed('an answer for another position of the chain')
  }
  const upto = Math.min(answer.last_seq, lastSeqOf(sent))
  if (answer.last_seq === upto && !equal(decodeHash(answer.chain_hash), hashAt(sent, upto))) {
    throw new Malformed('an answer for other changes than were sent')
  }
  const told = bySeq(answer)
  for (const [seq, entry] of numbered(sent, upto)) {
    const outcome = told.get(seq)
    // A line in which the centre found no change has no id there: its place in the chain is its name.
    if (!outcome || (outcome.id !== entry.id && outcome.reason !== 'malformed')) {
      throw new Malformed(`no outcome for change ${seq}`)
    }
  }
}

/** Outbox to journal, up to what the centre says it has and this request held. */
function takeOutcomes(store: ReplicaStore, sent: Sent, answer: Answer, effect: Effect): void {
  const standing = store.standing()
  const upto = Math.min(answer.last_seq, lastSeqOf(sent))
  const told = bySeq(answer)
  const moved = numbered(sent, upto).map(([seq, entry]) => {
    const outcome = told.get(seq)!
    effect.outcomes.push([entry.id, outcome.code])
    return { ...entry, seq, chainEpoch: sent.chainEpoch, outcome, received: answer.server_time }
  })
  store.putEntries(moved)
  const durableUpto = Math.max(standing.durableUpto, Math.min(answer.durable_upto, upto))
  effect.progressed ||= moved.length > 0
  effect.durableRose = durableUpto > standing.durableUpto
  store.putStanding({
    ...standing,
    epoch: answer.epoch,
    ackedSeq: upto,
    ackedHash: hashAt(sent, upto),
    ack: answer.last_seq === upto ? answer.ack : moved.length ? '' : standing.ack,
    durableUpto,
    serverTime: answer.server_time,
  })
}

/** Keeps what waits for a person, and what has not come back as a row: it is still on the screen. */
function cutJournal(store: ReplicaStore, serverTime: number, effect: Effect, fullCheckEvery: number): void {
  const standing = store.standing()
  if (!effect.durableRose && standing.levels % fullCheckEvery !== 0) return
  const isDone = (entry: Entry): boolean => {
    const { outcome } = entry
    if (outcome === null || outcome.code === 'refused' || outcome.code === 'parked') return false
    if (!isDurable(entry, standing) && serverTime - entry.received <= JOURNAL_MS) return false
    return hasComeBack(outcome, entry.record, outcome.at ? store.bucket(outcome.at[0]) : undefined)
  }
  store.dropEntries(store.journal().filter(isDone).map((entry) => entry.position))
}

function takeEntitlement(store: ReplicaStore, answer: Answer, effect: Effect): void {
  for (const [bucket, reason] of answer.resets) {
    if (store.bucket(bucket)) resetBucket(store, bucket, reason, effect)
  }
  if (answer.entitled === null) return
  const listed = new Map(answer.entitled.map((row) => [row[0], row]))
  for (const held of store.buckets()) {
    const row = listed.get(held.bucket)
    if (!row) resetBucket(store, held.bucket, 'gone', effect)
    else if (held.generation !== row[1]) resetBucket(store, held.bucket, 'generation', effect)
  }
  store.putBuckets(answer.entitled.map((row) => withHead(store.bucket(row[0]), row)))
}

function withHead(held: BucketState | undefined, [bucket, generation, head, sum, count]: Entitled): BucketState {
  const state = held ?? newBucket(bucket, generation)
  return { ...state, head, headSum: toNumber(decodeHash(sum)), headCount: count }
}

/** Rows of every page, and the sums they add up to. A page of a bucket not held is passed over. */
function putRows(store: ReplicaStore, message: AnswerMessage, effect: Effect): void {
  const buckets = new Map(store.buckets().map((state) => [state.bucket, state]))
  const before = new Map(buckets)
  let next = 0
  for (const page of message.envelope.pages) {
    for (const [record, version, exit = false] of page.rows) {
      const body = exit ? '' : message.bodies[next++]!
      const state = before.get(page.bucket)
      if (!state || state.generation !== page.generation || !isBeyond(state, version, record)) continue
      const old = store.row(record)
      if (exit && old?.bucket !== page.bucket) continue
      if (old) countRow(buckets, old, -1n)
      effect.changed.add(record)
      if (exit) {
        store.dropRows([record])
        continue
      }
      const row = stored(page, record, version, body)
      countRow(buckets, row, 1n)
      store.putRows([row])
      if (row.kind === OUTCOME_KIND) noteOutcome(row, effect)
    }
  }
  store.putBuckets([...buckets.values()].filter((state) => state !== before.get(state.bucket)))
}

function stored(page: Page, record: string, version: number, body: string): StoredRow {
  const read = readBody(body)
  if (read.id !== record) throw new Malformed('a body under another record’s row')
  return { record, bucket: page.bucket, version, kind: read.kind, body }
}

function countRow(buckets: Map<string, BucketState>, row: StoredRow, sign: bigint): void {
  const state = buckets.get(row.bucket)
  if (!state) return
  const sum = (state.sum + sign * rowSum(row.record, row.version, row.body) + SUM_MODULUS) % SUM_MODULUS
  buckets.set(row.bucket, { ...state, sum, count: state.count + Number(sign) })
}

function noteOutcome(row: StoredRow, effect: Effect): void {
  const told = readBody(row.body).fields['code']
  const code = OUTCOME_CODES.find((known) => known === told)
  if (code) effect.outcomes.push([row.record, code])
}

/** Never back within a generation. */
function moveCursors(store: ReplicaStore, pages: readonly Page[], effect: Effect): void {
  for (const page of pages) {
    const state = store.bucket(page.bucket)
    if (!state || state.generation !== page.generation || !isBeyond(state, ...page.upto)) continue
    store.putBuckets([{ ...state, version: page.upto[0], record: page.upto[1] }])
    effect.progressed = true
  }
}

/** Where a round ended at the listed head, own rows must add up to the centre's, or that bucket is read anew. */
function checkSums(store: ReplicaStore, answer: Answer, effect: Effect): void {
  if (answer.more || (answer.entitled === null && answer.pages.length === 0)) return
  for (const state of store.buckets()) {
    const isAhead = answer.entitled !== null && state.version > state.head
    if ((state.version === state.head && !agrees(state)) || isAhead) resetBucket(store, state.bucket, 'sum', effect)
  }
}

/** Also told over the live socket, so it opens no transaction of its own. */
export function takeFiles(store: ReplicaStore, states: { readonly [id: string]: FileState }, effect: Effect): void {
  const news: [string, FileState][] = []
  for (const [id, state] of Object.entries(states)) {
    const file = store.file(id)
    const delivery = DELIVERY[state]
    if (!file || file.delivery === 'stored' || file.delivery === delivery) continue
    news.push([id, state])
    const isAgain = state === 'missing'
    store.putFile({ ...file, delivery, ...(isAgain ? { offset: 0, location: '' } : {}) })
    if (state === 'stored') store.dropFileContent(id)
  }
  if (news.length) effect.events.push({ is: 'files_changed', states: news })
}

/** Level is what the rows say, not what the answer claims. */
function settle(store: ReplicaStore, sent: Sent, answer: Answer, effect: Effect, fullCheckEvery: number): void {
  const standing = store.standing()
  const isTold = answer.entitled !== null || (sent.tag !== '' && answer.tag === sent.tag)
  let level = isTold && !answer.more && !answer.need_cursors && store.buckets().every(agrees)
  if (level && (standing.levels + 1) % fullCheckEvery === 0) level = checkInFull(store, effect)
  effect.progressed ||= answer.need_cursors && !sent.withCursors
  effect.level = level
  store.putStanding({
    ...standing,
    tag: level ? answer.tag : '',
    target: answer.more ? answer.target : null,
    levels: standing.levels + Number(level),
  })
}

/** Adds up every row held, so that a disk that changed a byte is found out. False when a bucket was reset. */
function checkInFull(store: ReplicaStore, effect: Effect): boolean {
  let isRight = true
  for (const state of store.buckets()) {
    const rows = store.rowsIn(state.bucket)
    const sum = bucketSum(rows.map((row) => [row.record, row.version, row.body] as const))
    if (sum === state.sum && rows.length === state.count) continue
    resetBucket(store, state.bucket, 'sum', effect)
    isRight = false
  }
  return isRight
}

function bySeq(answer: Answer): Map<number, Outcome> {
  return new Map(answer.outcomes.map((outcome) => [outcome.seq, outcome]))
}

function numbered(sent: Sent, upto: number): [number, Entry][] {
  const taken = sent.entries.slice(0, upto - sent.firstSeq + 1)
  return taken.map((entry, place) => [sent.firstSeq + place, entry])
}
