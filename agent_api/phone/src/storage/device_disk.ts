// A person's store on the phone: one IndexedDB database of sealed cells, and sealed contents of files beside them.
//
// Laws: a commit is one strictly durable transaction, or rejects with NotSaved and changes nothing. Whoever opened the
// store last owns it: a page that lost it to another can write nothing more, whatever was under way.

import { deleteDB, type DBSchema } from 'idb'

import type { Bytes } from '../protocol/bytes'
import { NotSaved } from '../protocol/errors'
import type { ContentWrite, Disk, Write } from '../replica/memory_store'
import { decodeCell, encodeCell } from './cells'
import { openDatabase, write, type Database } from './database'
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

interface Stores extends DBSchema {
  cells: { key: string; value: Cell }
  contents: { key: string; value: Cell }
  owner: { key: string; value: Owner }
}

const STORES = [
  { name: 'cells', key: 'name' },
  { name: 'contents', key: 'name' },
  { name: 'owner', key: 'id' },
] as const

export function databaseOf(device: string): string {
  return `bangban-${device}`
}

export class DeviceDisk implements Disk {
  private constructor(
    private readonly database: Database<Stores>,
    private readonly seal: Seal,
    /** How often this store was opened. */
    readonly number: number,
  ) {}

  /** Opens the store and makes every page that had it before unable to write. */
  static async open(device: string, seal: Seal): Promise<DeviceDisk> {
    const database = await openDatabase<Stores>(databaseOf(device), STORES)
    let number = 1
    await write(database, ['owner'], async (transaction) => {
      const owners = transaction.objectStore('owner')
      number = ((await owners.get('owner'))?.number ?? 0) + 1
      return [owners.put({ id: 'owner', number })]
    })
    return new DeviceDisk(database, seal, number)
  }

  /** Everything held that opens, and the names of cells that do not: damaged, or sealed under another key. */
  async load(): Promise<Loaded> {
    const held = await this.database.getAll('cells')
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
    await write(this.database, ['cells'], (transaction) => {
      const cells = transaction.objectStore('cells')
      return Promise.resolve(names.map((name) => cells.delete(name)))
    })
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
    try {
      await write(this.database, ['cells', 'contents', 'owner'], async (transaction) => {
        const owner = await transaction.objectStore('owner').get('owner')
        if (owner?.number !== this.number) throw new Error('another page has the store')
        return [...keep(transaction.objectStore('cells'), cells), ...keep(transaction.objectStore('contents'), files)]
      })
    } catch (error) {
      throw new NotSaved(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    }
  }

  async content(file: string): Promise<Bytes> {
    const name = this.seal.name('content', file)
    const held = await this.database.get('contents', name)
    return held ? this.seal.open(held.sealed, name) : new Uint8Array(0)
  }

  close(): void {
    this.database.close()
  }

  static async wipe(device: string): Promise<void> {
    await deleteDB(databaseOf(device))
  }
}

interface Sealed {
  readonly name: string
  readonly sealed: Bytes | null
}

interface Kept {
  put(cell: Cell): Promise<unknown>
  delete(name: string): Promise<unknown>
}

function keep(store: Kept, cells: readonly Sealed[]): Promise<unknown>[] {
  return cells.map(({ name, sealed }) => (sealed ? store.put({ name, sealed }) : store.delete(name)))
}
