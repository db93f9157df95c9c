// What to do with a store of which some cells no longer open, or that is gone while its key is still there.
//
// Laws: what a person captured is kept wherever it can be read. Records are not mended but read again: the centre has
// them. A device that lost its place in its chain asks for a new one; the centre knows true twins by id and content.

import type { Write } from '../replica/memory_store'
import { firstStanding, type Entry, type Standing } from '../replica/state'

/** Nothing of the store is left, or not what it takes to say whose it was: the browser cleared it. */
export class StoreGone extends Error {}

/** Cells a store cannot do without. Throws StoreGone. */
export function checkWhole(cells: readonly Write[], identity: string): void {
  if (!cells.some((cell) => cell.table === 'note' && cell.key === identity)) throw new StoreGone('the store is gone')
}

/** What to write so that a store without its broken cells is right again. */
export function mending(cells: readonly Write[], device: string): Write[] {
  const entries = cells.filter((cell) => cell.table === 'entry').map((cell) => cell.value as Entry)
  const held = cells.find((cell) => cell.table === 'standing')?.value as Standing | undefined
  const top = 1 + Math.max(0, ...entries.map((entry) => entry.position))
  const known = held ?? { ...firstStanding(device), restart: true }
  const standing: Standing = { ...known, tag: '', target: null, nextPosition: Math.max(known.nextPosition, top) }
  const toRead = cells.filter((cell) => cell.table === 'bucket' || cell.table === 'row')
  return [
    { table: 'standing', key: '', value: standing },
    ...(held ? [] : entries.map((entry) => anew(entry))),
    ...toRead.map(({ table, key }) => ({ table, key, value: undefined })),
  ]
}

function anew(entry: Entry): Write {
  return { table: 'entry', key: String(entry.position), value: { ...entry, seq: 0, chainEpoch: 0 } }
}
