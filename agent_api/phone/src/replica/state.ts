// What a phone holds, as frozen values, and the storage they live in, as an interface.
//
// Laws: every capture and every answer is one transaction, durable when it resolves. Entries are kept in the order of
// their capture (`position`), which is also the order of the chain, so the outbox is what has no seq yet and the
// journal what has one; moving between them never touches a line.

import { genesis } from '../protocol/chain'
import type { Bytes } from '../protocol/bytes'
import type { Evidence, Honour, Outcome, OutcomeCode, Target } from '../protocol/messages'

/** Where a device stands with the centre. One row; written with every answer. */
export interface Standing {
  readonly device: string
  readonly chainEpoch: number
  /** The chain hash after `ackedSeq`. */
  readonly ackedHash: Bytes
  readonly ackedSeq: number
  /** The centre's mac over exactly this position, or empty. */
  readonly ack: string
  readonly durableUpto: number
  readonly epoch: string
  /** The journal cannot fill what the centre lacks: the next request asks for a new chain. */
  readonly restart: boolean
  /** The centre's state tag, held only while this device is level with it. */
  readonly tag: string
  /** The heads at which the round of pages under way ends. */
  readonly target: readonly Target[] | null
  readonly levels: number
  readonly serverTime: number
  readonly revoked: boolean
  readonly nextPosition: number
}

/** A device that has just been enrolled. */
export function firstStanding(device: string, chainEpoch = 1): Standing {
  return {
    device,
    chainEpoch,
    ackedHash: genesis(device, chainEpoch),
    ackedSeq: 0,
    ack: '',
    durableUpto: 0,
    epoch: '',
    restart: false,
    tag: '',
    target: null,
    levels: 0,
    serverTime: 0,
    revoked: false,
    nextPosition: 1,
  }
}

/** One captured change. In the outbox while `seq` is 0, in the journal after that. The line never changes. */
export interface Entry {
  readonly position: number
  readonly id: string
  readonly kind: string
  readonly record: string
  readonly line: string
  readonly hash: Bytes
  /** Wall milliseconds on the device's clock: evidence only. */
  readonly captured: number
  readonly chainEpoch: number
  readonly seq: number
  /** Kept when a fork puts the entry back into the outbox: what was seen is still true then. */
  readonly outcome: Outcome | null
  /** The centre's time in the answer that brought the outcome. */
  readonly received: number
}

/** How far a bucket is read, what the rows held add up to, and what the centre last said of it. */
export interface BucketState {
  readonly bucket: string
  readonly generation: number
  readonly version: number
  readonly record: string
  readonly sum: bigint
  readonly count: number
  readonly head: number
  readonly headSum: bigint
  readonly headCount: number
}

export function newBucket(bucket: string, generation: number): BucketState {
  return { bucket, generation, version: 0, record: '', sum: 0n, count: 0, head: 0, headSum: 0n, headCount: 0 }
}

/** At the head, and with the centre's sum and count. */
export function agrees(state: BucketState): boolean {
  return state.version >= state.head && state.sum === state.headSum && state.count === state.headCount
}

/** Whether (version, record) lies beyond the bucket's cursor. */
export function isBeyond(state: BucketState, version: number, record: string): boolean {
  return version > state.version || (version === state.version && record > state.record)
}

/** A record as the centre sent it: `body` is the line itself. */
export interface StoredRow {
  readonly record: string
  readonly bucket: string
  readonly version: number
  readonly kind: string
  readonly body: string
}

/** Where a file's bytes are. `sent`: every byte went up; the centre has not yet said that the hash is right. */
export type Delivery = 'waiting' | 'sent' | 'stored' | 'refused'

/** A file that a change names. Its bytes are kept beside it until the centre says `stored`. */
export interface FileToSend {
  readonly id: string
  readonly sha256: string
  readonly size: number
  readonly type: string
  readonly purpose: string
  /** Text goes first: the bytes wait until this change has left the outbox. */
  readonly change: string
  readonly delivery: Delivery
  readonly offset: number
  readonly location: string
}

/** What the centre made of an own change, as far as this device knows. */
export interface KnownOutcome {
  readonly change: string
  readonly code: OutcomeCode
  readonly record: string
  readonly reason: string
  readonly conflict: string
  readonly detail: { readonly [name: string]: unknown }
}

export type EvidenceLine = readonly [head: Evidence, body: string]

/**
 * Where a replica lives. Reads see the writes of the transaction under way. `transaction` runs its body without
 * waiting for anything, and undoes all of it when it throws; it rejects with NotSaved when the disk would not take it.
 */
export interface ReplicaStore {
  transaction<T>(body: () => T): Promise<T>

  /** Another number whenever anything that records are seen by may have changed: a row, an own change, a bucket. */
  seenAt(): number

  standing(): Standing
  putStanding(standing: Standing): void

  putEntries(entries: readonly Entry[]): void
  dropEntries(positions: readonly number[]): void
  /** In the order of capture; all of it when no limit is given. */
  outbox(limit?: number): Entry[]
  outboxSize(): number
  journal(): Entry[]
  /** Outbox and journal, in the order of capture. */
  entriesOf(record: string): Entry[]
  entry(change: string): Entry | undefined

  buckets(): BucketState[]
  bucket(bucket: string): BucketState | undefined
  putBuckets(buckets: readonly BucketState[]): void
  dropBuckets(buckets: readonly string[]): void

  row(record: string): StoredRow | undefined
  rowsIn(bucket: string): StoredRow[]
  rowsOfKind(kind: string): StoredRow[]
  putRows(rows: readonly StoredRow[]): void
  dropRows(records: readonly string[]): void
  dropRowsIn(bucket: string): void

  honours(): Honour[]
  evidence(limit: number): EvidenceLine[]
  evidenceSize(): number
  /** Adds to what a restored centre is yet to be told. */
  putRestored(honours: readonly Honour[], evidence: readonly EvidenceLine[]): void
  /** By record. */
  dropRestored(honours: readonly string[], evidence: readonly string[]): void

  files(): FileToSend[]
  file(file: string): FileToSend | undefined
  /** `content` is kept when given and left as it is when not. */
  putFile(file: FileToSend, content?: Bytes): void
  fileContent(file: string, offset: number, length: number): Promise<Bytes>
  /** Bytes that no change names yet, or never will. */
  putContent(file: string, content: Bytes): void
  dropFileContent(file: string): void

  /** Small things of this phone's own: drafts, the day's receipts, tokens. */
  note(name: string): string | undefined
  notes(prefix: string): Map<string, string>
  putNote(name: string, value: string | undefined): void
}
