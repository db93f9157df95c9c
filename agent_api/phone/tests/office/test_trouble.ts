// What a person is told of trouble, kept until they have read it.

import { expect, test } from 'vitest'

import type { Office } from '../../src/office/office'
import { keepTrouble, readTrouble, troubleOf, troubles } from '../../src/office/trouble'
import { Device, TestDisk } from '../replica/device'
import { FakeCentre } from '../replica/fake_centre'

function officeOf(device: Device): Office {
  const keepNote = (name: string, value?: string) => device.store.transaction(() => device.store.putNote(name, value))
  return { replica: device.replica, note: (name: string) => device.store.note(name), keepNote, now: () => 5 } as unknown as Office
}

const told = (device: Device) => device.events.map((event) => troubleOf(event, officeOf(device))).filter(Boolean)

test('an older copy of the phone is told of', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  await device.sync(centre.exchange)
  const older = new Device('phone', device.disk.image())
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  await older.sync(centre.exchange)
  expect(told(device)).toEqual([])
  expect(told(older)).toEqual(['rolled_back'])
})

test('a store begun anew after the browser cleared it is not called an older copy', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  const anew = new Device('phone', new TestDisk())
  // Events are heard as they come, not at the day's end.
  await anew.step(centre.exchange)
  expect(anew.told('fork_healed')).toHaveLength(1)
  expect(told(anew)).toEqual([])
})

test('a restored centre is told of, and a bucket that did not add up', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  centre.epoch = 'e2'
  await device.sync(centre.exchange)
  expect(told(device)).toEqual(['centre_restored'])
  const office = officeOf(device)
  expect(troubleOf({ is: 'bucket_reset', bucket: 'village:1', reason: 'sum' }, office)).toBe('reread')
  expect(troubleOf({ is: 'bucket_reset', bucket: 'village:1', reason: 'gone' }, office)).toBeNull()
})

test('it stays over a restart until it was read', async () => {
  const device = new Device()
  await keepTrouble(officeOf(device), 'app_old')
  device.open()
  expect(troubles(officeOf(device))).toEqual(['app_old'])
  await readTrouble(officeOf(device), 'app_old')
  device.open()
  expect(troubles(officeOf(device))).toEqual([])
})
