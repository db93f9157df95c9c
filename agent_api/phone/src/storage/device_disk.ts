// A person's store on the phone: one IndexedDB database of sealed cells, and sealed contents of files beside them.
//
// Laws: a commit is one strictly durable transaction, or rejects with NotSaved and changes nothing. Whoever opened the
// store last owns it: a page that lost it to another can write nothing more, whatever was under way.

import Dexie, { type Table } from 'dexie'

import type { Bytes } from '../protocol/bytes'
import { NotSaved } from '../protocol/errors'
import type { ContentWrite, Disk, Write } from '../replica/memory_store'
import { decodeCell, encodeCell } from './cells'
import { SealBroken, type Seal } from './sealing'

interface Cell {
  readonly name: string
  readonly sealed: Bytes
}

interface Owner {
  readonly id: 'owner'
  readonly number: number
}

export interface Loaded {
  readonly cells: Write[]
  readonly broken: readonly string[]
}

class Database extends Dexie {
  declare readonly cells: Table<Cell, string>
  declare readonly contents: Table<Cell, string>
  declare readonly owner: Table<Owner, string>

  constructor(name: string) {
    super(name, { chromeTransactionDurability: 'strict' })
    this.version(1).stores({ cells: '&name', contents: '&name', owner: '&id' })
  }
}

export function databaseOf(device: string): string {
  return `bangban-${device}`
}

export class DeviceDisk implements Disk {
  private constructor(
    private readonly database: Database,
    private readonly seal: Seal,
    private readonly number: number,
  ) {}

  /** Opens the store and makes every page that had it before unable to write. */
  static async open(device: string, seal: Seal): Promise<DeviceDisk> {
    const database = new Database(databaseOf(device))
    await database.open()
    const number = await database.transaction('rw', database.owner, async () => {
      const next = ((await database.owner.get('owner'))?.number ?? 0) + 1
      await database.owner.put({ id: 'owner', number: next })
      return next
    })
    return new DeviceDisk(database, seal, number)
  }

  /** Everything held that opens, and the names of cells that do not: damaged, or sealed under another key. */
  async load(): Promise<Loaded> {
    const held = await this.database.cells.toArray()
    const read = await Promise.all(held.map((cell) => this.read(cell)))
    const cells = read.filter((cell) => cell !== null)
    return { cells, broken: held.filter((_, place) => read[place] === null).map((cell) => cell.name) }
  }

  private async read({ name, sealed }: Cell): Promise<Write | null> {
    try {
      return decodeCell(await this.seal.open(sealed, name))
    } catch (error) {
      if (error instanceof SealBroken) return null
      throw error
    }
  }

  /** Of cells that do not open. */
  async forget(names: readonly string[]): Promise<void> {
    await this.database.cells.bulkDelete([...names])
  }

  async commit(writes: readonly Write[], contents: readonly ContentWrite[]): Promise<void> {
    // Sealed before the transaction begins: one that waits for anything else would end by itself.
    const cells = await Promise.all(
      writes.map(async (write) => {
        const name = this.seal.name(write.table, write.key)
        return { name, sealed: write.value === undefined ? null : await this.seal.seal(encodeCell(write), name) }
      }),
    )
    const files = await Promise.all(
      contents.map(async ({ file, content }) => {
        const name = this.seal.name('content', file)
        return { name, sealed: content ? await this.seal.seal(content, name) : null }
      }),
    )
    const { database } = this
    try {
      await database.transaction('rw', database.cells, database.contents, database.owner, async () => {
        if ((await database.owner.get('owner'))?.number !== this.number) throw new Error('another page has the store')
        await keep(database.cells, cells)
        await keep(database.contents, files)
      })
    } catch (error) {
      throw new NotSaved(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }
  }

  async content(file: string): Promise<Bytes> {
    const name = this.seal.name('content', file)
    const held = await this.database.contents.get(name)
    return held ? this.seal.open(held.sealed, name) : new Uint8Array(0)
  }

  close(): void {
    this.database.close()
  }

  static async wipe(device: string): Promise<void> {
    await Dexie.delete(databaseOf(device))
  }
}

interface Sealed {
  readonly name: string
  readonly sealed: Bytes | null
}

async function keep(table: Table<Cell, string>, cells: readonly Sealed[]): Promise<void> {
  const puts = cells.filter((cell): cell is Cell => cell.sealed !== null)
  const drops = cells.filter((cell) => cell.sealed === null).map((cell) => cell.name)
  if (puts.length) await table.bulkPut(puts)
  if (drops.length) await table.bulkDelete(drops)
}
