// A replica in memory over a disk that keeps it. What is in memory is what was committed to the disk, never more.
//
// Laws: a transaction runs on memory without waiting, is taken back, written to the disk as one piece, and put on
// again when the disk has it. So nobody sees what could still be lost, and a throw or a full disk leaves no trace.
// Transactions wait for each other in the order they were begun.

import type { Bytes } from '../protocol/bytes'
import type { Honour } from '../protocol/messages'
import type {
  BucketState,
  Entry,
  EvidenceLine,
  FileToSend,
  ReplicaStore,
  Standing,
  StoredRow,
} from './state'

export type Table = 'standing' | 'entry' | 'bucket' | 'row' | 'honour' | 'evidence' | 'file' | 'note'

/** One cell's new value; undefined drops it. */
export interface Write {
  readonly table: Table
  readonly key: string
  readonly value: unknown
}

/** Bytes of a file, kept beside the cells; undefined drops them. */
export interface ContentWrite {
  readonly file: string
  readonly content: Bytes | undefined
}

/** Where committed cells go. `commit` keeps all of it durably or rejects with NotSaved and keeps nothing. */
export interface Disk {
  commit(writes: readonly Write[], contents: readonly ContentWrite[]): Promise<void>
  content(file: string): Promise<Bytes>
}

/** Tables that what a person sees of the records is made from. */
const SEEN: readonly Table[] = ['entry', 'row', 'bucket']

type Cells = { [T in Table]: Map<string, unknown> }

/** Cells that a disk held, to begin with. */
export type Held = Iterable<Write>

export class MemoryStore implements ReplicaStore {
  private readonly cells: Cells = emptyCells()
  private readonly waiting = new Map<number, Entry>()
  private readonly byRecord = new Map<string, Map<number, Entry>>()
  private readonly byChange = new Map<string, Entry>()
  private readonly inBucket = new Map<string, Set<string>>()
  private readonly ofKind = new Map<string, Set<string>>()
  private undo: Write[] | null = null
  private revision = 0
  private contents: ContentWrite[] = []
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly disk: Disk,
    held: Held,
  ) {
    for (const { table, key, value } of held) this.set(table, key, value)
  }

  transaction<T>(body: () => T): Promise<T> {
    const done = this.last.then(() => this.run(body))
    this.last = done.catch(() => undefined)
    return done
  }

  /** Resolves when everything begun before is on the disk or given up. */
  async settled(): Promise<void> {
    await this.last
  }

  private async run<T>(body: () => T): Promise<T> {
    const undo: Write[] = []
    this.undo = undo
    this.contents = []
    let result: T
    let writes: Write[]
    let contents: ContentWrite[]
    try {
      result = body()
      writes = this.latest(undo)
      contents = this.contents
    } finally {
      this.undo = null
      this.contents = []
      for (const { table, key, value } of undo.reverse()) this.set(table, key, value)
    }
    if (writes.length || contents.length) await this.disk.commit(writes, contents)
    for (const { table, key, value } of writes) this.set(table, key, value)
    return result
  }

  /** Every cell that was touched, once, with its value now. */
  private latest(undo: readonly Write[]): Write[] {
    const touched = new Map(undo.map(({ table, key }) => [`${table} ${key}`, { table, key }]))
    return [...touched.values()].map(({ table, key }) => ({ table, key, value: this.cells[table].get(key) }))
  }

  private write(table: Table, key: string, value: unknown): void {
    if (this.undo === null) throw new Error('writes happen inside a transaction')
    this.undo.push({ table, key, value: this.cells[table].get(key) })
    this.set(table, key, value)
  }

  private set(table: Table, key: string, value: unknown): void {
    const cells = this.cells[table]
    if (SEEN.includes(table)) this.revision += 1
    if (table === 'entry') this.index(cells.get(key) as Entry | undefined, value as Entry | undefined)
    if (table === 'row') this.place(cells.get(key) as StoredRow | undefined, value as StoredRow | undefined)
    if (value === undefined) cells.delete(key)
    else cells.set(key, value)
  }

  private index(old: Entry | undefined, entry: Entry | undefined): void {
    if (old) {
      this.waiting.delete(old.position)
      this.byRecord.get(old.record)?.delete(old.position)
      this.byChange.delete(old.id)
    }
    if (!entry) return
    if (entry.seq === 0) this.waiting.set(entry.position, entry)
    this.byChange.set(entry.id, entry)
    const own = this.byRecord.get(entry.record) ?? new Map<number, Entry>()
    this.byRecord.set(entry.record, own.set(entry.position, entry))
  }

  private place(old: StoredRow | undefined, row: StoredRow | undefined): void {
    if (old) {
      this.inBucket.get(old.bucket)?.delete(old.record)
      this.ofKind.get(old.kind)?.delete(old.record)
    }
    if (!row) return
    this.inBucket.set(row.bucket, (this.inBucket.get(row.bucket) ?? new Set()).add(row.record))
    this.ofKind.set(row.kind, (this.ofKind.get(row.kind) ?? new Set()).add(row.record))
  }

  private all<T>(table: Table): T[] {
    return [...this.cells[table].values()] as T[]
  }

  seenAt(): number {
    return this.revision
  }

  standing(): Standing {
    const standing = this.cells.standing.get('') as Standing | undefined
    if (!standing) throw new Error('a replica begins with a standing')
    return standing
  }

  putStanding(standing: Standing): void {
    this.write('standing', '', standing)
  }

  putEntries(entries: readonly Entry[]): void {
    for (const entry of entries) this.write('entry', String(entry.position), entry)
  }

  dropEntries(positions: readonly number[]): void {
    for (const position of positions) this.write('entry', String(position), undefined)
  }

  outbox(limit?: number): Entry[] {
    return inOrder(this.waiting.values()).slice(0, limit)
  }

  outboxSize(): number {
    return this.waiting.size
  }

  journal(): Entry[] {
    return inOrder(this.all<Entry>('entry').filter((entry) => entry.seq !== 0))
  }

  entriesOf(record: string): Entry[] {
    const own = this.byRecord.get(record)
    return own?.size ? inOrder(own.values()) : []
  }

  entry(change: string): Entry | undefined {
    return this.byChange.get(change)
  }

  buckets(): BucketState[] {
    return this.all('bucket')
  }

  bucket(bucket: string): BucketState | undefined {
    return this.cells.bucket.get(bucket) as BucketState | undefined
  }

  putBuckets(buckets: readonly BucketState[]): void {
    for (const state of buckets) this.write('bucket', state.bucket, state)
  }

  dropBuckets(buckets: readonly string[]): void {
    for (const bucket of buckets) this.write('bucket', bucket, undefined)
  }

  row(record: string): StoredRow | undefined {
    return this.cells.row.get(record) as StoredRow | undefined
  }

  rowsIn(bucket: string): StoredRow[] {
    return [...(this.inBucket.get(bucket) ?? [])].map((record) => this.row(record)!)
  }

  rowsOfKind(kind: string): StoredRow[] {
    return [...(this.ofKind.get(kind) ?? [])].map((record) => this.row(record)!)
  }

  putRows(rows: readonly StoredRow[]): void {
    for (const row of rows) this.write('row', row.record, row)
  }

  dropRows(records: readonly string[]): void {
    for (const record of records) this.write('row', record, undefined)
  }

  dropRowsIn(bucket: string): void {
    this.dropRows(this.rowsIn(bucket).map((row) => row.record))
  }

  honours(): Honour[] {
    return this.all('honour')
  }

  evidence(limit: number): EvidenceLine[] {
    return this.all<EvidenceLine>('evidence').slice(0, limit)
  }

  evidenceSize(): number {
    return this.cells.evidence.size
  }

  putRestored(honours: readonly Honour[], evidence: readonly EvidenceLine[]): void {
    for (const honour of honours) this.write('honour', honour[0], honour)
    for (const line of evidence) this.write('evidence', line[0][1], line)
  }

  dropRestored(honours: readonly string[], evidence: readonly string[]): void {
    for (const record of honours) this.write('honour', record, undefined)
    for (const record of evidence) this.write('evidence', record, undefined)
  }

  files(): FileToSend[] {
    return this.all('file')
  }

  file(file: string): FileToSend | undefined {
    return this.cells.file.get(file) as FileToSend | undefined
  }

  putFile(file: FileToSend, content?: Bytes): void {
    this.write('file', file.id, file)
    if (content) this.contents.push({ file: file.id, content })
  }

  async fileContent(file: string, offset: number, length: number): Promise<Bytes> {
    return (await this.disk.content(file)).slice(offset, offset + length)
  }

  /** Bytes of a file that no change names yet. */
  putContent(file: string, content: Bytes): void {
    this.contents.push({ file, content })
  }

  dropFileContent(file: string): void {
    this.contents.push({ file, content: undefined })
  }

  note(name: string): string | undefined {
    return this.cells.note.get(name) as string | undefined
  }

  notes(prefix: string): Map<string, string> {
    const found = [...this.cells.note].filter(([name]) => name.startsWith(prefix))
    return new Map(found as [string, string][])
  }

  putNote(name: string, value: string | undefined): void {
    this.write('note', name, value)
  }
}

function emptyCells(): Cells {
  return {
    standing: new Map(),
    entry: new Map(),
    bucket: new Map(),
    row: new Map(),
    honour: new Map(),
    evidence: new Map(),
    file: new Map(),
    note: new Map(),
  }
}

function inOrder(entries: Iterable<Entry>): Entry[] {
  return [...entries].sort((one, other) => one.position - other.position)
}
