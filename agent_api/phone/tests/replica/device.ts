// A device for tests: a disk that can fail, a store, a replica and a session, with ids and times counted up and a line
// that can fail.

import type { Bytes } from '../../src/protocol/bytes'
import { NotSaved } from '../../src/protocol/errors'
import { derivedId } from '../../src/protocol/ids'
import type { Change, Fields } from '../../src/protocol/messages'
import type { Event } from '../../src/replica/events'
import { MemoryStore, type ContentWrite, type Disk, type Write } from '../../src/replica/memory_store'
import { Replica, type FileWithContent } from '../../src/replica/replica'
import { Session, type SessionOptions } from '../../src/replica/session'
import { firstStanding } from '../../src/replica/state'
import { decodeCell, encodeCell } from '../../src/storage/cells'
import { recordId } from './fake_centre'

export type Line = (message: Bytes) => Bytes | null

/** Keeps cells as bytes, as a real one does. `isFull` makes it refuse everything. */
export class TestDisk implements Disk {
  cells = new Map<string, Bytes>()
  contents = new Map<string, Bytes>()
  isFull = false
  commits = 0

  async commit(writes: readonly Write[], contents: readonly ContentWrite[]): Promise<void> {
    await Promise.resolve()
    if (this.isFull) throw new NotSaved('the disk is full')
    this.commits += 1
    for (const write of writes) {
      const name = `${write.table} ${write.key}`
      if (write.value === undefined) this.cells.delete(name)
      else this.cells.set(name, encodeCell(write))
    }
    for (const { file, content } of contents) {
      if (content) this.contents.set(file, content)
      else this.contents.delete(file)
    }
  }

  content(file: string): Promise<Bytes> {
    return Promise.resolve(this.contents.get(file) ?? new Uint8Array(0))
  }

  load(): Write[] {
    return [...this.cells.values()].map(decodeCell)
  }

  /** An image of the phone, to be restored later or run beside it. */
  image(): TestDisk {
    const copy = new TestDisk()
    copy.cells = new Map(this.cells)
    copy.contents = new Map(this.contents)
    return copy
  }
}

export class Device {
  readonly id: string
  now = 0
  made = 0
  events: Event[] = []
  store!: MemoryStore
  replica!: Replica
  session!: Session

  constructor(
    readonly name = 'phone',
    readonly disk = new TestDisk(),
    readonly options: SessionOptions = {},
  ) {
    this.id = derivedId('device', name)
    if (disk.cells.size === 0) {
      const first = { table: 'standing', key: '', value: firstStanding(this.id) } as const
      disk.cells.set('standing ', encodeCell(first))
    }
    this.open()
  }

  /** As after a crash: only the disk is left. */
  open(): void {
    this.store = new MemoryStore(this.disk, this.disk.load())
    this.replica = new Replica(this.store)
    const sign = (): Promise<Bytes> => Promise.resolve(new Uint8Array(64))
    const options = { numbers: { case: 'number' }, ...this.options, now: this.now }
    this.session = new Session(this.store, sign, counted(), options)
  }

  async write(record: string, fields: Fields, files: readonly FileWithContent[] = []): Promise<Change> {
    this.made += 1
    const draft = { kind: 'note', record: recordId(record), name: 'note.write', set: fields }
    const id = derivedId('change', this.name, String(this.made))
    const captured = { wall: 1_700_000_000_000 + this.made, offset: 480 }
    const [change] = await this.replica.capture([[draft, id]], captured, files)
    this.session.captured(this.now)
    return change!
  }

  /** Waits for the next due time and makes one exchange over a line. */
  async step(line: Line): Promise<void> {
    const due = this.session.nextDue(this.now)
    if (due === null) return
    this.now = Math.max(this.now, due)
    const message = await this.session.nextRequest(this.now)
    if (message !== null) {
      const answer = line(message)
      if (answer === null) this.session.receiveFailure('network', this.now)
      else await this.session.receiveAnswer(answer, this.now)
    }
    this.events.push(...this.session.takeEvents())
  }

  /** Exchanges until level. The number of exchanges it took. */
  async sync(line: Line): Promise<number> {
    this.session.exchangeNow(this.now)
    for (let count = 1; count <= 40; count++) {
      const before = this.now
      await this.step(line)
      const due = this.session.nextDue(this.now)
      if (due === null || (this.replica.isLevel() && due !== before)) return count
    }
    throw new Error(`not level after forty exchanges: ${JSON.stringify(this.events.slice(-5))}`)
  }

  told(is: Event['is']): Event[] {
    return this.events.filter((event) => event.is === is)
  }

  text(record: string): unknown {
    return this.replica.see(recordId(record))?.fields
  }
}

function counted(): () => number {
  let count = 0
  return () => (count++ * 0.37) % 1
}
