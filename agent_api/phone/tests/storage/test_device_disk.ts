// A person's store on the disk: sealed, whole after a crash, and one page's at a time.

import 'fake-indexeddb/auto'

import { openDB } from 'idb'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { fromUtf8, utf8 } from '../../src/protocol/bytes'
import { NotSaved } from '../../src/protocol/errors'
import { MemoryStore, type Write } from '../../src/replica/memory_store'
import { firstStanding } from '../../src/replica/state'
import { databaseOf, DeviceDisk } from '../../src/storage/device_disk'
import { Seal } from '../../src/storage/sealing'

const DEVICE = 'd'.repeat(32)
const KEY = utf8('k'.repeat(32))
const STANDING: Write = { table: 'standing', key: '', value: firstStanding(DEVICE) }

beforeEach(() => DeviceDisk.wipe(DEVICE))

let opened: DeviceDisk[] = []

afterEach(() => {
  for (const disk of opened) disk.close()
  opened = []
})

async function open(key = KEY): Promise<DeviceDisk> {
  const disk = await DeviceDisk.open(DEVICE, await Seal.from(key))
  opened.push(disk)
  return disk
}

async function rawCells(): Promise<{ name: string; sealed: Uint8Array }[]> {
  const raw = await openDB(databaseOf(DEVICE))
  const cells = (await raw.getAll('cells')) as { name: string; sealed: Uint8Array }[]
  raw.close()
  return cells
}

test('what was committed is there again, to the byte and the last digit', async () => {
  const disk = await open()
  const bucket = { bucket: 'place:341881106200', sum: (1n << 127n) + 5n, headSum: 0n }
  await disk.commit([STANDING, { table: 'bucket', key: bucket.bucket, value: bucket }], [])
  disk.close()
  const held = (await (await open()).load()).cells
  expect(held.find((cell) => cell.table === 'bucket')?.value).toEqual(bucket)
  expect(held.find((cell) => cell.table === 'standing')?.value).toEqual(STANDING.value)
})

test('neither contents nor names lie in the clear', async () => {
  const disk = await open()
  const write: Write = { table: 'note', key: 'visit/汪秀英', value: '前村组三号' }
  await disk.commit([STANDING, write], [{ file: 'photo', content: utf8('汪秀英的照片') }])
  const seen = (await rawCells()).map(({ name, sealed }) => name + Buffer.from(sealed).toString('latin1')).join()
  for (const word of ['visit', 'place', '汪秀英', '前村组']) {
    expect(seen).not.toContain(Buffer.from(word).toString('latin1'))
  }
  expect(fromUtf8(await disk.content('photo'))).toBe('汪秀英的照片')
})

test('under another key nothing opens', async () => {
  const disk = await open()
  await disk.commit([STANDING], [])
  expect(await (await open(utf8('x'.repeat(32)))).load()).toMatchObject({ cells: [], broken: [expect.any(String)] })
})

test('a cell does not open under another cell’s name', async () => {
  const disk = await open()
  await disk.commit([STANDING, { table: 'note', key: 'a', value: '1' }], [])
  const raw = await openDB(databaseOf(DEVICE))
  const [one, other] = (await raw.getAll('cells')) as { name: string; sealed: Uint8Array }[]
  await raw.put('cells', { name: one!.name, sealed: other!.sealed })
  raw.close()
  const { cells, broken } = await disk.load()
  expect([cells.length, broken]).toEqual([1, [one!.name]])
  await disk.forget(broken)
  expect((await disk.load()).broken).toEqual([])
})

test('a page that lost the store to another can write nothing more', async () => {
  const first = await open()
  await first.commit([STANDING], [])
  const second = await open()
  await expect(first.commit([{ table: 'note', key: 'a', value: 'late' }], [])).rejects.toThrow(NotSaved)
  await second.commit([{ table: 'note', key: 'a', value: 'mine' }], [])
  expect((await second.load()).cells.find((cell) => cell.key === 'a')?.value).toBe('mine')
})

test('a commit that fails half way keeps nothing of it', async () => {
  const disk = await open()
  await disk.commit([STANDING], [])
  disk.close()
  await expect(disk.commit([{ table: 'note', key: 'a', value: '1' }], [])).rejects.toThrow(NotSaved)
  expect((await (await open()).load()).cells.map((cell) => cell.table)).toEqual(['standing'])
})

test('a store over the disk shows only what the disk has', async () => {
  const disk = await open()
  await disk.commit([STANDING], [])
  const store = new MemoryStore(disk, (await disk.load()).cells)
  const writing = store.transaction(() => {
    store.putNote('draft', '一')
    expect(store.note('draft')).toBe('一')
  })
  expect(store.note('draft')).toBeUndefined()
  await writing
  expect(store.note('draft')).toBe('一')
})

test('a throw in a transaction leaves no trace in memory or on the disk', async () => {
  const disk = await open()
  await disk.commit([STANDING], [])
  const store = new MemoryStore(disk, (await disk.load()).cells)
  await store.transaction(() => store.putNote('draft', '一'))
  const failing = store.transaction(() => {
    store.putNote('draft', '二')
    store.putNote('other', '三')
    throw new RangeError('in the middle')
  })
  await expect(failing).rejects.toThrow(RangeError)
  expect([store.note('draft'), store.note('other')]).toEqual(['一', undefined])
  expect((await disk.load()).cells.map((cell) => cell.value)).toContain('一')
})

test('transactions begun together end in their order', async () => {
  const disk = await open()
  await disk.commit([STANDING], [])
  const store = new MemoryStore(disk, (await disk.load()).cells)
  const add = (): Promise<void> => store.transaction(() => store.putNote('n', `${store.note('n') ?? ''}x`))
  await Promise.all([add(), add(), add()])
  expect(store.note('n')).toBe('xxx')
})
