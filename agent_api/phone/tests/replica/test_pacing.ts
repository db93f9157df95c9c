// When a device exchanges next: a timer is always armed, failures wait ever longer, the centre's own word comes first.

import { expect, test } from 'vitest'

import { backoffMs, LEVEL_MS, Pacing, REQUEST_MS } from '../../src/replica/pacing'
import type { Failure } from '../../src/replica/session'
import { Device } from './device'
import { FakeCentre, recordId } from './fake_centre'

const FAILURES: readonly Failure[] = [
  'network',
  'timeout',
  'bad_answer',
  'busy',
  'unauthorized',
  'turned_away',
  'too_large',
  'upgrade_required',
]

test('a timer is armed after every kind of failure', async () => {
  const device = new Device()
  await device.write('a', { n: 1 })
  for (const failure of FAILURES) {
    device.now = Math.max(device.now, device.session.nextDue(device.now)!)
    expect(await device.session.nextRequest(device.now)).not.toBeNull()
    device.session.receiveFailure(failure, device.now)
    expect(device.session.nextDue(device.now)).toBeLessThanOrEqual(device.now + LEVEL_MS + 1_000)
  }
  expect(device.session.takeEvents()).toContainEqual({ is: 'need_token', expiresIn: 0 })
})

test('backoff doubles up to five minutes', () => {
  const pacing = new Pacing(() => 0.999, 0)
  const waits = Array.from({ length: 12 }, () => {
    pacing.failed(0)
    return Math.round(pacing.due / 1_000)
  })
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
  expect(backoffMs(500)).toBe(300_000)
})

test('the centre’s own word overrides backoff, captures and wakes', async () => {
  const device = new Device()
  device.session.exchangeNow(0)
  await device.session.nextRequest(0)
  device.session.receiveFailure('busy', 0, 20_000)
  device.session.captured(0)
  device.session.wake(0)
  expect(device.session.nextDue(0)).toBeGreaterThanOrEqual(20_000)
})

test('a request without an answer fails after thirty seconds', async () => {
  const device = new Device()
  device.session.exchangeNow(0)
  expect(await device.session.nextRequest(0)).not.toBeNull()
  expect(await device.session.nextRequest(REQUEST_MS - 1)).toBeNull()
  expect(device.session.nextDue(0)).toBe(REQUEST_MS)
  expect(await device.session.nextRequest(REQUEST_MS)).toBeNull()
  expect(device.session.inFlight).toBe(false)
})

test('a capture waits a second and a level device about fifteen minutes', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  const wait = device.session.nextDue(device.now)! - device.now
  expect(wait).toBeGreaterThanOrEqual(0.85 * LEVEL_MS)
  expect(wait).toBeLessThanOrEqual(LEVEL_MS)
  await device.write('a', { n: 1 })
  expect(device.session.nextDue(device.now)).toBe(device.now + 1_000)
})

test('a wake brings news without waiting for the timer', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  centre.put(recordId('a'), { n: 1 })
  const before = device.now
  device.session.wake(device.now)
  await device.step(centre.exchange)
  expect(device.now).toBeLessThanOrEqual(before + 1_000)
  expect(device.store.row(recordId('a'))).toBeDefined()
})

test('a wake during a request is not forgotten', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  device.session.exchangeNow(device.now)
  const message = await device.session.nextRequest(device.now)
  const answer = centre.exchange(message!)
  centre.put(recordId('a'), { n: 1 })
  device.session.wake(device.now)
  await device.session.receiveAnswer(answer, device.now)
  expect(device.session.nextDue(device.now)).toBeLessThanOrEqual(device.now + 1_000)
  await device.step(centre.exchange)
  expect(device.store.row(recordId('a'))).toBeDefined()
})
