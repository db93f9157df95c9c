// One day's work under one fault, for every fault and at every exchange of the day: the line cut at each stage, the tab
// killed, the disk full, a reply lost, cut, doubled or late, a login page, an old copy of the phone, a restored centre.
//
// What must hold whatever happens: every change has one effect, the phone has what the centre has, nothing waits.

import { expect, test } from 'vitest'

import { utf8, type Bytes } from '../../src/protocol/bytes'
import { Device, TestDisk } from './device'
import { FakeCentre, recordId } from './fake_centre'

const EXCHANGES_MAX = 80
const CHANGES = 4
const ROWS = 7

type Carry = (device: Device, centre: FakeCentre, message: Bytes) => Promise<void>

const received = async (device: Device, answer: Bytes): Promise<void> => device.session.receiveAnswer(answer, device.now)
const failed = (device: Device): void => device.session.receiveFailure('network', device.now)

const well: Carry = async (device, centre, message) => received(device, centre.exchange(message))

const FAULTS: { readonly [name: string]: Carry } = {
  'the line is dead': async (device) => failed(device),
  'the request arrives twice': async (device, centre, message) => {
    centre.exchange(message)
    await received(device, centre.exchange(message))
  },
  'the reply is lost': async (device, centre, message) => {
    centre.exchange(message)
    failed(device)
  },
  'the reply is cut early': async (device, centre, message) => cut(device, centre.exchange(message), 0.2),
  'the reply is cut late': async (device, centre, message) => cut(device, centre.exchange(message), 0.995),
  'the reply comes twice': async (device, centre, message) => {
    const answer = centre.exchange(message)
    await received(device, answer)
    await received(device, answer)
  },
  'the reply comes when nobody waits for it any more': async (device, centre, message) => {
    const answer = centre.exchange(message)
    failed(device)
    await received(device, answer)
  },
  'nobody answers for thirty seconds': async (device, centre, message) => {
    centre.exchange(message)
    device.now += 30_000
  },
  'a login page answers': async (device) => received(device, utf8('<!doctype html><title>请登录</title>')),
  'the tab is killed before it has sent': async (device) => device.open(),
  'the tab is killed before the reply': async (device, centre, message) => {
    centre.exchange(message)
    device.open()
  },
  'the tab is killed after the reply': async (device, centre, message) => {
    await well(device, centre, message)
    device.open()
  },
  'the disk is full': async (device, centre, message) => {
    device.disk.isFull = true
    await well(device, centre, message)
    device.disk.isFull = false
  },
}

async function cut(device: Device, answer: Bytes, where: number): Promise<void> {
  await received(device, answer.slice(0, Math.floor(answer.length * where)) as Bytes)
}

/** A phone with work of its own, and a centre with a village to read. */
async function morning(): Promise<[Device, FakeCentre]> {
  const centre = new FakeCentre(2)
  for (let n = 0; n < ROWS; n++) centre.put(recordId(`there ${n}`), { n })
  const device = new Device('phone', new TestDisk(), { pageBytes: 4_096 })
  for (let n = 0; n < CHANGES; n++) await device.write(`own ${n}`, { text: String(n).repeat(9_000) })
  return [device, centre]
}

/** Exchanges until level; `at` is told before each one, and may have another carry it. How many it took. */
async function day(device: Device, centre: FakeCentre, at: (exchange: number) => Carry = () => well): Promise<number> {
  device.session.exchangeNow(device.now)
  for (let exchange = 0; exchange < EXCHANGES_MAX; exchange++) {
    device.now = Math.max(device.now, device.session.nextDue(device.now)!)
    const message = await device.session.nextRequest(device.now)
    if (message) await at(exchange)(device, centre, message)
    device.events.push(...device.session.takeEvents())
    if (device.replica.isLevel() && device.session.nextDue(device.now)! > device.now + 60_000) return exchange + 1
  }
  throw new Error(`not level: ${JSON.stringify(device.events.slice(-4))}`)
}

function expectWhole(device: Device, centre: FakeCentre, changes: number): void {
  expect([...centre.effects.values()]).toEqual(Array(changes).fill(1))
  const held = device.store.rowsIn('village:1').map((row) => [row.record, row.version, row.body])
  const there = [...centre.buckets.get('village:1')!.rows].map(([record, [version, body]]) => [record, version, body])
  expect(held.sort()).toEqual(there.sort())
  expect(device.store.outboxSize()).toBe(0)
}

const undisturbed = await day(...(await morning()))
const EACH = Array.from({ length: undisturbed }, (_, exchange) => exchange)

test('a day takes several exchanges both ways, so that there is something to disturb', () => {
  expect(undisturbed).toBeGreaterThanOrEqual(CHANGES)
})

for (const [name, fault] of Object.entries(FAULTS)) {
  test.each(EACH)(`${name}, at exchange %i`, async (when) => {
    const [device, centre] = await morning()
    let isDone = false
    await day(device, centre, (exchange) => {
      if (exchange !== when || isDone) return well
      isDone = true
      return fault
    })
    expect(isDone).toBe(true)
    expectWhole(device, centre, CHANGES)
    expect(device.told('fork_healed')).toHaveLength(0)
  })
}

test.each(EACH)('an image of the phone from exchange %i is put in its place, and goes on', async (when) => {
  const [device, centre] = await morning()
  let image = device.disk.image()
  await day(device, centre, (exchange) => {
    if (exchange === when) image = device.disk.image()
    return well
  })
  const older = new Device('phone', image, { pageBytes: 4_096 })
  older.made = 100
  await older.write('later', { n: 1 })
  await day(older, centre)
  expectWhole(older, centre, CHANGES + 1)
})

test.each(EACH)('a copy made at exchange %i goes on beside the phone, and both keep their work', async (when) => {
  const [device, centre] = await morning()
  let image = device.disk.image()
  await day(device, centre, (exchange) => {
    if (exchange === when) image = device.disk.image()
    return well
  })
  const copy = new Device('phone', image, { pageBytes: 4_096 })
  copy.made = 100
  await copy.write('copied', { n: 1 })
  await device.write('own again', { n: 2 })
  await day(device, centre)
  await day(copy, centre)
  await device.write('own at last', { n: 3 })
  await day(device, centre)
  await day(copy, centre)
  expectWhole(device, centre, CHANGES + 3)
  expectWhole(copy, centre, CHANGES + 3)
})

class Cleared extends Error {}

test.each(EACH)('the browser clears the store after exchange %i: what had arrived counts once, the phone begins anew', async (when) => {
  const [device, centre] = await morning()
  const clearing = day(device, centre, (exchange) => async (one, at, message) => {
    await well(one, at, message)
    if (exchange === when) throw new Cleared()
  })
  await expect(clearing).rejects.toThrow(Cleared)
  const arrived = centre.effects.size
  const anew = new Device('phone', new TestDisk(), { pageBytes: 4_096 })
  anew.made = 100
  await anew.write('later', { n: 1 })
  await day(anew, centre)
  expectWhole(anew, centre, arrived + 1)
})

test.each(EACH)('the centre is restored to what it was at exchange %i, and gets back what it lost', async (when) => {
  const [device, centre] = await morning()
  let backup = centre.backup()
  await day(device, centre, (exchange) => {
    if (exchange === when) backup = centre.backup()
    return well
  })
  backup.epoch = 'e2'
  await device.write('later', { n: 1 })
  await day(device, backup)
  expect(device.told('epoch_changed')).toHaveLength(1)
  expectWhole(device, backup, CHANGES + 1)
})
