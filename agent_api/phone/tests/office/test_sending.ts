// How far each thing has come: what is said of it is what the centre and the disk say.

import { expect, test } from 'vitest'

import type { Office } from '../../src/office/office'
import { refusedFiles, sendings, setRefusedAside } from '../../src/office/sending'
import { utf8 } from '../../src/protocol/bytes'
import type { FileToSend } from '../../src/replica/state'
import { Device } from '../replica/device'
import { FakeCentre } from '../replica/fake_centre'

function officeOf(device: Device): Office {
  return { replica: device.replica, session: device.session, titleOf: (record: string) => record } as unknown as Office
}

function stages(device: Device): unknown[] {
  return sendings(officeOf(device)).map((one) => [one.stage, ...one.files.map((file) => [file.stage, file.percent])])
}

function photo(change: string): FileToSend {
  const told = { id: 'f'.repeat(32), sha256: '', size: 1_000, type: 'image/jpeg', purpose: 'material' }
  return { ...told, change, delivery: 'waiting', offset: 0, location: '' }
}

async function update(device: Device, changes: Partial<FileToSend>): Promise<void> {
  await device.store.transaction(() => device.store.putFile({ ...device.store.files()[0]!, ...changes }))
}

test('a filing goes from waiting over its photograph to settled', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  await device.sync(centre.exchange)
  const change = await device.write('a', { text: 'one' })
  await device.store.transaction(() => device.store.putFile(photo(change.id), utf8('x'.repeat(1_000))))
  expect(stages(device)).toEqual([['waiting', ['waiting', 0]]])

  device.session.exchangeNow(device.now)
  const message = await device.session.nextRequest(device.now)
  expect(stages(device)).toEqual([['sending', ['waiting', 0]]])
  await device.session.receiveAnswer(centre.exchange(message!), device.now)
  expect(stages(device)).toEqual([['sending', ['waiting', 0]]])

  await update(device, { offset: 250 })
  expect(stages(device)).toEqual([['sending', ['sending', 25]]])
  await update(device, { offset: 1_000, delivery: 'sent' })
  expect(stages(device)).toEqual([['received', ['received', 100]]])
  await update(device, { delivery: 'stored' })
  expect(stages(device)).toEqual([['settled', ['settled', 100]]])
})

test('the percentage counts what the centre has, text and photographs together', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  const change = await device.write('a', { text: 'one' })
  await device.store.transaction(() => device.store.putFile({ ...photo(change.id), size: 100_000 }, utf8('x')))
  expect(sendings(officeOf(device))[0]!.percent).toBe(0)
  await device.sync(centre.exchange).catch(() => undefined)
  expect(sendings(officeOf(device))[0]!.percent).toBe(0)
  await update(device, { offset: 50_000 })
  expect(sendings(officeOf(device))[0]!.percent).toBe(50)
})

test('what is under way comes before what has settled, the oldest first', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  await device.write('a', { text: 'one' })
  await device.sync(centre.exchange)
  await device.write('b', { text: 'two' })
  await device.write('c', { text: 'three' })
  expect(sendings(officeOf(device)).map((one) => one.stage)).toEqual(['waiting', 'waiting', 'settled'])
  const [first, second] = sendings(officeOf(device))
  expect(first!.captured).toBeLessThan(second!.captured)
})

test('a photograph the centre never takes is said', async () => {
  const device = new Device()
  const change = await device.write('a', { text: 'one' })
  await device.store.transaction(() => device.store.putFile({ ...photo(change.id), delivery: 'refused' }, utf8('x')))
  expect(stages(device)).toEqual([['waiting', ['refused', 0]]])
})

test('a photograph that never arrives stands in the way of the green tick until somebody has looked', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  const change = await device.write('a', { text: 'one' })
  await device.sync(centre.exchange)
  await device.store.transaction(() => device.store.putFile({ ...photo(change.id), delivery: 'refused' }, utf8('x')))
  const notes = new Map<string, string>()
  const office = {
    ...officeOf(device),
    now: () => Date.parse('2026-11-22T10:00:00+08:00'),
    note: (name: string) => notes.get(name),
    keepNote: (name: string, value: string) => Promise.resolve(void notes.set(name, value)),
  } as unknown as Office
  expect(refusedFiles(office)).toHaveLength(1)
  await setRefusedAside(office)
  expect([refusedFiles(office), [...notes.values()]]).toEqual([[], ['2026-11-22T10:00:00+08:00']])
})

test('what the centre refused is not called settled', async () => {
  const [device, centre] = [new Device(), new FakeCentre()]
  const change = await device.write('a', { text: 'one' })
  centre.refuse.add(change.id)
  await device.sync(centre.exchange)
  expect(stages(device)).toEqual([['answered']])
})
