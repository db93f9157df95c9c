// Forks, gaps, a restored centre, an evicted store and a revocation: nothing is lost, nothing doubled.

import { expect, test } from 'vitest'

import type { Bytes } from '../../src/protocol/bytes'
import { Device, TestDisk } from './device'
import { FakeCentre, read, recordId } from './fake_centre'

test('a cloned phone gets a new chain and both keep their work', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: 'x' })
  await device.sync(centre.exchange)
  const twin = new Device('phone', device.disk.image())
  twin.made = 100
  const mine = await device.write('b', { text: 'mine' })
  const other = await twin.write('b', { text: 'other' })
  await device.sync(centre.exchange)
  await twin.sync(centre.exchange)
  expect([centre.effects.get(mine.id), centre.effects.get(other.id)]).toEqual([1, 1])
  expect(new Set(centre.effects.values())).toEqual(new Set([1]))
  expect(twin.told('fork_healed')).toHaveLength(1)
  expect(twin.store.standing().chainEpoch).toBe(2)
})

test('an old snapshot of a phone takes a new chain and loses nothing', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: '1' })
  await device.sync(centre.exchange)
  const image = device.disk.image()
  await device.write('a', { text: '2' })
  await device.sync(centre.exchange)
  const restored = new Device('phone', image)
  restored.made = 50
  await restored.sync(centre.exchange)
  const late = await restored.write('a', { text: '3' })
  await restored.sync(centre.exchange)
  expect(centre.effects.get(late.id)).toBe(1)
  expect(new Set(centre.effects.values())).toEqual(new Set([1]))
  expect(restored.text('a')).toEqual({ text: '3' })
})

test('a fork puts the journal before the outbox with unchanged lines', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  for (let n = 0; n < 3; n++) await device.write(String(n), { n })
  await device.sync(centre.exchange)
  await device.write('3', { n: 3 })
  const lines = [...device.store.journal(), ...device.store.outbox()].map((entry) => entry.line)
  const stranger = new Device('stranger')
  for (let n = 0; n < 6; n++) await stranger.write(`s${n}`, { n })
  const elsewhere = new FakeCentre()
  await stranger.sync(elsewhere.exchange)
  centre.chains.set(`${device.id} 1`, elsewhere.chain(stranger.id, 1))
  await device.sync(centre.exchange)
  expect(centre.requests.at(-1)!.changes).toEqual(lines)
  expect(new Set(centre.effects.values())).toEqual(new Set([1]))
})

test('a gap is filled from the journal', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  for (let n = 0; n < 4; n++) await device.write(String(n), { n })
  await device.sync(centre.exchange)
  const held = centre.chain(device.id, 1)
  held.lines.length = held.outcomes.length = 2
  await device.write('4', { n: 4 })
  await device.sync(centre.exchange)
  expect(device.told('gap_found')).toEqual([{ is: 'gap_found', resent: 2, restart: false }])
  expect(held.lines).toHaveLength(5)
  expect(new Set(centre.effects.values())).toEqual(new Set([1]))
})

test('a gap that the journal cannot fill asks for a new chain', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  for (let n = 0; n < 4; n++) await device.write(String(n), { n })
  await device.sync(centre.exchange)
  centre.durable = true
  for (const n of [4, 5]) {
    await device.write(String(n), { n })
    await device.sync(centre.exchange)
  }
  expect(device.store.journal().length).toBeLessThan(6)
  const held = centre.chain(device.id, 1)
  held.lines.length = held.outcomes.length = 1
  const late = await device.write('6', { n: 6 })
  await device.sync(centre.exchange)
  expect(device.told('gap_found')).toEqual([{ is: 'gap_found', resent: 0, restart: true }])
  expect(device.store.standing().chainEpoch).toBe(2)
  expect(centre.effects.get(late.id)).toBe(1)
})

test('a restored centre gets back what it lost, numbers and evidence with it', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  const backup = centre.backup()
  const lost = [await device.write('b', { n: 2 }), await device.write('c', { n: 3 })]
  centre.put(recordId('case'), { number: '3418-1' }, 'case')
  await device.sync(centre.exchange)
  backup.epoch = 'e2'
  const fresh = await device.write('d', { n: 4 })
  await device.sync(backup.exchange)
  expect(device.told('epoch_changed')).toMatchObject([{ epoch: 'e2', resent: 2 }])
  expect([...lost, fresh].map((change) => backup.effects.get(change.id))).toEqual([1, 1, 1])
  expect([...backup.honoured]).toEqual([[recordId('case'), '3418-1']])
  expect(backup.evidence.some((body) => body.includes('3418-1'))).toBe(true)
  expect([device.store.evidenceSize(), device.store.honours().length]).toEqual([0, 0])
  expect(device.text('d')).toEqual({ n: 4 })
})

test('an official number goes with every page of its record’s changes', async () => {
  const centre = new FakeCentre()
  const device = new Device('phone', undefined, { pageBytes: 4_096 })
  const backup = centre.backup()
  for (let n = 0; n < 4; n++) await device.write('case', { text: 'x'.repeat(15_000), n })
  await device.sync(centre.exchange)
  centre.put(recordId('case'), { number: '3418-7' }, 'case')
  await device.sync(centre.exchange)
  backup.epoch = 'e2'
  await device.sync(backup.exchange)
  const replayed = backup.requests.filter((heard) => heard.changes.length && heard.envelope.epoch === 'e2')
  expect(replayed.map((heard) => heard.envelope.honour.map(([, number]) => number))).toEqual(Array(4).fill(['3418-7']))
})

test('a store that was evicted begins anew as another device and reads everything again', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const kept = await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  const anew = new Device('phone', new TestDisk())
  anew.made = 100
  const late = await anew.write('b', { n: 2 })
  await anew.sync(centre.exchange)
  expect(anew.told('fork_healed')).toHaveLength(1)
  expect([centre.effects.get(kept.id), centre.effects.get(late.id)]).toEqual([1, 1])
  expect(anew.text('a')).toEqual({ n: 1 })
})

test('a revoked device deposits everything and then wipes', async () => {
  const centre = new FakeCentre()
  const device = new Device('phone', undefined, { pageBytes: 4_096 })
  centre.put(recordId('secret'), { n: 1 })
  await device.sync(centre.exchange)
  for (let n = 0; n < 4; n++) await device.write(String(n), { text: 'x'.repeat(20_000) })
  centre.revoked = true
  await device.step(centre.exchange)
  expect(device.told('revoked')).toHaveLength(1)
  expect(device.store.row(recordId('secret'))).toBeUndefined()
  for (let n = 0; n < 4; n++) await device.step(centre.exchange)
  expect(device.events.at(-1)).toEqual({ is: 'wipe_now' })
  expect(centre.quarantine).toHaveLength(4)
  expect(device.session.nextDue(device.now)).toBeNull()
})

test('a revoked device keeps its outbox while the centre takes nothing', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { n: 1 })
  for (let n = 0; n < 20; n++) await device.step((message) => centre.answer(read(message), 'revoked'))
  expect(device.told('wipe_now')).toHaveLength(0)
  expect(device.store.outboxSize()).toBe(1)
  expect(device.now).toBeGreaterThan(60_000)
})

test('a centre that repeats itself without progress is not asked in a loop', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { n: 1 })
  let asked = 0
  const stuck = (message: Bytes): Bytes => centre.answer(read(message), 'fork', { chain_epoch: ++asked + 1 })
  for (let n = 0; n < 30; n++) await device.step(stuck)
  expect(device.now).toBeGreaterThan(60_000)
  expect(device.store.outboxSize()).toBe(1)
})

test('a device that never spoke to the lost centre reads on', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  centre.epoch = 'e2'
  await device.sync(centre.exchange)
  expect(device.store.standing().epoch).toBe('e2')
})

test('a revoked copy of a phone deposits its work under a new chain', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  const twin = new Device('phone', device.disk.image())
  twin.made = 100
  await device.write('b', { n: 2 })
  await device.sync(centre.exchange)
  const other = await twin.write('c', { n: 3 })
  centre.revoked = true
  for (let n = 0; n < 6; n++) await twin.step(centre.exchange)
  expect(twin.events.at(-1)).toEqual({ is: 'wipe_now' })
  expect(centre.quarantine.some((line) => line.includes(other.id))).toBe(true)
})

test('a revoked device deposits its work at a centre that was restored', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const backup = centre.backup()
  await device.write('a', { n: 1 })
  await device.sync(centre.exchange)
  const late = await device.write('b', { n: 2 })
  backup.epoch = 'e2'
  backup.revoked = true
  // A centre of another epoch takes nothing, and says so to a revoked device by its position alone.
  const line = (message: Bytes): Bytes => {
    const heard = read(message)
    return heard.envelope.epoch === backup.epoch ? backup.exchange(message) : backup.answer(heard, 'revoked')
  }
  for (let n = 0; n < 8 && !device.told('wipe_now').length; n++) await device.step(line)
  expect(device.told('wipe_now')).toHaveLength(1)
  expect(backup.quarantine.some((one) => one.includes(late.id))).toBe(true)
})
