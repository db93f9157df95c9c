// A person's side of a replica: capturing changes, and seeing records with one's own work on top.
//
// Laws: what was captured is durable when `capture` resolves, or NotSaved was thrown and nothing was kept. A device
// shows its own version of a record until the effect has come back to it. A base names what the author saw, never more.

import { contentHash } from '../protocol/chain'
import { encodeHash, type Bytes } from '../protocol/bytes'
import { encodeChange, readBody, trustedChange, type Body } from '../protocol/codec'
import {
  BASE_DEFAULTS,
  OUTCOME_CODES,
  type Base,
  type Captured,
  type Change,
  type Fields,
  type Outcome,
  type OutcomeCode,
  type Value,
} from '../protocol/messages'
import { allAsSent } from '../protocol/text'
import type { BucketState, Entry, FileToSend, KnownOutcome, ReplicaStore, StoredRow } from './state'

/** Records of this kind say what became of the change whose id they bear. */
export const OUTCOME_KIND = 'outcome'

type Members = { readonly [name: string]: readonly Value[] }

/** What a person did to one record, before it has an id, a base and a time. */
export interface Draft {
  readonly kind: string
  readonly record: string
  readonly name: string
  readonly set?: Fields
  readonly add?: Members
  readonly remove?: Members
  readonly needs?: readonly string[]
}

/** A record as its holder sees it. `own` are the ids of own changes shown on top of `row`. */
export interface Sighting {
  readonly record: string
  readonly kind: string
  readonly fields: Fields
  readonly row: StoredRow | undefined
  readonly own: readonly string[]
}

/** What a person must be told plainly: how much has no outcome yet, and since when (wall ms, 0 if nothing). */
export interface Unsent {
  readonly changes: number
  readonly since: number
  readonly files: number
}

export type DraftWithId = readonly [draft: Draft, changeId: string]
export type FileWithContent = readonly [file: FileToSend, content: Bytes]

export class Replica {
  private readonly bodies = new WeakMap<StoredRow, Body>()
  private readonly plain = new WeakMap<StoredRow, Sighting>()
  private seen = new Map<string, readonly Sighting[]>()
  private seenAt = -1

  constructor(readonly store: ReplicaStore) {}

  /** A row never changes: it is read once. */
  private bodyOf(row: StoredRow): Body {
    let body = this.bodies.get(row)
    if (!body) this.bodies.set(row, (body = readBody(row.body)))
    return body
  }

  /** All or none, in one transaction. A later draft may build on an earlier one. */
  capture(
    drafts: readonly DraftWithId[],
    captured: Captured,
    files: readonly FileWithContent[] = [],
    also: () => void = () => undefined,
  ): Promise<Change[]> {
    return this.store.transaction(() => {
      const changes = drafts.map(([draft, id]) => this.append(draft, id, captured))
      for (const [file, content] of files) this.store.putFile(file, content)
      also()
      return changes
    })
  }

  private append(draft: Draft, id: string, captured: Captured): Change {
    if (this.store.entry(id)) throw new Error('a change id is used once')
    const change: Change = {
      id,
      kind: draft.kind,
      record: draft.record,
      name: draft.name,
      version: 1,
      set: allAsSent(draft.set ?? {}),
      add: allAsSent((draft.add ?? {}) as Fields) as Change['add'],
      remove: allAsSent((draft.remove ?? {}) as Fields) as Change['remove'],
      base: this.baseOf(draft.record),
      needs: draft.needs ?? [],
      captured,
    }
    const line = encodeChange(change)
    const standing = this.store.standing()
    this.store.putEntries([
      {
        position: standing.nextPosition,
        id,
        kind: draft.kind,
        record: draft.record,
        line,
        hash: contentHash(line),
        captured: captured.wall,
        chainEpoch: 0,
        seq: 0,
        outcome: null,
        received: 0,
      },
    ])
    this.store.putStanding({ ...standing, nextPosition: standing.nextPosition + 1 })
    return change
  }

  /** What the person sees of the record now: own work that has not come back yet, else the row, else nothing. */
  baseOf(record: string): Base | null {
    const shown = this.store.entriesOf(record).filter((entry) => this.isShown(entry))
    const last = shown.at(-1)
    if (last) return { ...BASE_DEFAULTS, change: last.id }
    const row = this.store.row(record)
    if (!row) return null
    const hash = encodeHash(contentHash(row.body))
    return { epoch: this.store.standing().epoch, rev: this.bodyOf(row).rev, hash, change: '' }
  }

  see(record: string): Sighting | undefined {
    const row = this.store.row(record)
    const entries = this.store.entriesOf(record)
    const own = entries.length ? entries.filter((entry) => this.isShown(entry)) : entries
    if (own.length === 0) return row && this.asStored(row)
    const base = row ? this.bodyOf(row).fields : {}
    const kind = row ? row.kind : own[0]!.kind
    const fields = { ...base }
    for (const entry of own) overlay(fields, trustedChange(entry.line))
    return { record, kind, fields, row, own: own.map((entry) => entry.id) }
  }

  private asStored(row: StoredRow): Sighting {
    let seen = this.plain.get(row)
    if (!seen) this.plain.set(row, (seen = { record: row.record, kind: row.kind, fields: this.bodyOf(row).fields, row, own: [] }))
    return seen
  }

  /** Reads what the first `seeAll` of a kind would have to read, one record at each step. */
  *readAhead(kind: string): Generator<undefined> {
    for (const row of this.store.rowsOfKind(kind)) {
      this.asStored(row)
      yield
    }
  }

  /** Every record of a kind, stored rows first, then those that only this device knows of. The same list until one changes. */
  seeAll(kind: string): readonly Sighting[] {
    const at = this.store.seenAt()
    if (at !== this.seenAt) this.seen = new Map()
    this.seenAt = at
    const held = this.seen.get(kind)
    if (held) return held
    const all = this.store.rowsOfKind(kind).map((row) => this.see(row.record)!)
    const own = [...this.store.journal(), ...this.store.outbox()].filter((entry) => entry.kind === kind)
    for (const record of new Set(own.map((entry) => entry.record))) {
      const seen = this.store.row(record) ? undefined : this.see(record)
      if (seen) all.push(seen)
    }
    this.seen.set(kind, all)
    return all
  }

  /** Whether an own change still lies on top of the stored row. */
  isShown(entry: Entry): boolean {
    if (entry.outcome === null) return true
    const { code } = this.outcomeOf(entry)
    if (code === 'refused') return false
    if (code === 'parked') return true
    const { at } = entry.outcome
    return !hasComeBack(entry.outcome, entry.record, at ? this.store.bucket(at[0]) : undefined)
  }

  /** The newest word: a record of kind `outcome` overrides the answer that first brought one. */
  outcomeOf(entry: Entry): KnownOutcome {
    if (entry.outcome === null) throw new Error('only a journal entry has an outcome')
    const row = this.store.row(entry.id)
    if (row && row.kind === OUTCOME_KIND) return outcomeIn(row, entry.record)
    const { code, reason, conflict, detail } = entry.outcome
    return { change: entry.id, code, record: entry.record, reason, conflict, detail }
  }

  /** Every own change that came out otherwise than as sent, or did once: what a person should look at. */
  outcomes(): KnownOutcome[] {
    const known = new Map(this.store.rowsOfKind(OUTCOME_KIND).map((row) => [row.record, outcomeIn(row, '')]))
    for (const entry of this.store.journal()) {
      if (entry.outcome === null) continue
      const outcome = this.outcomeOf(entry)
      if (outcome.code !== 'applied' && outcome.code !== 'merged') known.set(entry.id, outcome)
    }
    return [...known.values()]
  }

  unsent(): Unsent {
    const [first] = this.store.outbox(1)
    const files = this.store.files().filter((file) => file.delivery === 'waiting' || file.delivery === 'sent').length
    return { changes: this.store.outboxSize(), since: first ? first.captured : 0, files }
  }

  /** What "synced" on a screen means: nothing unsent, no file unstored, every sum the centre's. */
  isLevel(): boolean {
    const unsent = this.unsent()
    return this.store.standing().tag !== '' && unsent.changes === 0 && unsent.files === 0
  }

  /** Files whose bytes may go up now: the change that names them has gone before. */
  filesReady(): FileToSend[] {
    return this.store.files().filter((file) => file.delivery === 'waiting' && this.store.entry(file.change)?.seq !== 0)
  }
}

/** Puts one change on top of fields, the way its author meant it. The centre's merge is not repeated here. */
export function overlay(fields: { [name: string]: Value }, change: Change): void {
  Object.assign(fields, change.set)
  for (const [name, members] of Object.entries(change.add)) {
    const kept = listIn(fields, name)
    fields[name] = [...kept, ...members.filter((member) => !holds(kept, member))]
  }
  for (const [name, members] of Object.entries(change.remove)) {
    if (Array.isArray(fields[name])) fields[name] = listIn(fields, name).filter((member) => !holds(members, member))
  }
}

/** Whether the stored rows already hold what the outcome tells of. `bucket` is the one of `outcome.at`. */
export function hasComeBack(outcome: Outcome, record: string, bucket: BucketState | undefined): boolean {
  if (outcome.at === null || !bucket) return true
  if (bucket.version !== outcome.at[1]) return bucket.version > outcome.at[1]
  return bucket.record === '' || bucket.record >= record
}

function listIn(fields: Fields, name: string): readonly Value[] {
  const held = fields[name]
  return Array.isArray(held) ? (held as readonly Value[]) : []
}

function holds(members: readonly Value[], member: Value): boolean {
  const written = JSON.stringify(member)
  return members.some((each) => JSON.stringify(each) === written)
}

function outcomeIn(row: StoredRow, record: string): KnownOutcome {
  const { fields } = readBody(row.body)
  const detail = fields['detail']
  return {
    change: row.record,
    code: knownCode(fields['code']),
    record: String(fields['record'] ?? record),
    reason: String(fields['reason'] ?? ''),
    conflict: String(fields['conflict'] ?? ''),
    detail: typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? (detail as Fields) : {},
  }
}

/** A code that only a newer centre knows is shown as waiting, never as done. */
function knownCode(value: unknown): OutcomeCode {
  return OUTCOME_CODES.find((code) => code === value) ?? 'parked'
}
