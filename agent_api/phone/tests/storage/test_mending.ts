// A damaged store: what was captured goes up, what the centre has is read again, and a cleared one is told apart.

import { expect, test } from 'vitest'

import type { Write } from '../../src/replica/memory_store'
import { checkWhole, mending, StoreGone } from '../../src/storage/mending'
import { Device } from '../replica/device'
import { FakeCentre, recordId } from '../replica/fake_centre'

async function mended(device: Device, lost: (cell: Write) => boolean): Promise<void> {
  const cells = device.disk.load().filter((cell) => !lost(cell))
  for (const cell of device.disk.load().filter(lost)) device.disk.cells.delete(`${cell.table} ${cell.key}`)
  await device.disk.commit(mending(cells, device.id), [])
  device.open()
}

test('a lost record is read again, and nothing is sent twice', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  centre.put(recordId('a'), { n: 1 })
  await device.write('b', { n: 2 })
  await device.sync(centre.exchange)
  const late = await device.write('c', { n: 3 })
  await mended(device, (cell) => cell.table === 'row' && cell.key === recordId('a'))
  expect(device.replica.isLevel()).toBe(false)
  await device.sync(centre.exchange)
  expect(device.text('a')).toEqual({ n: 1 })
  expect(centre.effects.get(late.id)).toBe(1)
  expect(new Set(centre.effects.values())).toEqual(new Set([1]))
})

test('a device that lost its place begins a new chain with all it still holds', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  const late = await device.write('b', { n: 2 })
  await mended(device, (cell) => cell.table === 'standing')
  const after = await device.write('c', { n: 3 })
  await device.sync(centre.exchange)
  expect(device.store.standing().chainEpoch).toBe(2)
  expect([centre.effects.get(late.id), centre.effects.get(after.id)]).toEqual([1, 1])
  expect(new Set(centre.effects.values())).toEqual(new Set([1]))
})

test('a store without its owner is gone', () => {
  expect(() => checkWhole([], 'identity')).toThrow(StoreGone)
  expect(() => checkWhole([{ table: 'note', key: 'identity', value: '{}' }], 'identity')).not.toThrow()
})
