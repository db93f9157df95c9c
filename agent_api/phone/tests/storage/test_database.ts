// The databases underneath: strictly durable, whole or not at all, and nobody's deletion is held up.

import 'fake-indexeddb/auto'

import { deleteDB, type DBSchema } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'

import { openDatabase, write } from '../../src/storage/database'

interface Stores extends DBSchema {
  things: { key: string; value: { id: string; value: unknown } }
}

const NAME = 'things'
const open = () => openDatabase<Stores>(NAME, [{ name: 'things', key: 'id' }])

afterEach(() => deleteDB(NAME))

test('a write asks for the disk itself', async () => {
  const database = await open()
  const asked = vi.spyOn(IDBDatabase.prototype, 'transaction')
  await write(database, ['things'], (to) => Promise.resolve([to.objectStore('things').put({ id: 'a', value: 1 })]))
  expect(asked.mock.calls.map((call) => call.slice(1))).toEqual([['readwrite', { durability: 'strict' }]])
  asked.mockRestore()
  database.close()
})

test('a write that fails half way keeps nothing of it', async () => {
  const database = await open()
  const half = write(database, ['things'], (to) => {
    const things = to.objectStore('things')
    return Promise.resolve([things.put({ id: 'a', value: 1 }), things.add({ id: 'a', value: 2 })])
  })
  await expect(half).rejects.toThrow()
  const late = write(database, ['things'], async (to) => {
    await to.objectStore('things').put({ id: 'c', value: 1 })
    throw new Error('somebody thought again')
  })
  await expect(late).rejects.toThrow('thought again')
  expect(await database.getAll('things')).toEqual([])
  database.close()
})

test('a database that is deleted while it is open is let go', async () => {
  const database = await open()
  await deleteDB(NAME)
  await expect(write(database, ['things'], () => Promise.resolve([]))).rejects.toThrow()
})
