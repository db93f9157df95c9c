// The connection over a bad line: text before photographs, cuts taken up by a timer of their own, and nobody but the
// centre believed.

import { gunzipSync } from 'node:zlib'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Connection, type Line } from '../../src/network/connection'
import { Uploads } from '../../src/network/uploads'
import { hex, type Bytes } from '../../src/protocol/bytes'
import { hash } from '../../src/protocol/chain'
import type { Event } from '../../src/replica/events'
import { Device } from '../replica/device'
import { FakeCentre, recordId } from '../replica/fake_centre'
import { loginPage, TestLine, tokens, type Asked } from './line'
import { TestReception } from './tus'

const PHOTO = Uint8Array.from({ length: 90_000 }, (_, place) => (place * 7_919) % 251) as Bytes
const ID = recordId('f')
let centre: FakeCentre
let reception: TestReception
let device: Device
let line: TestLine
let connection: Connection
let lines: Line[]
let events: Event[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  centre = new FakeCentre()
  reception = new TestReception()
  device = new Device()
  line = new TestLine(atCentre)
  lines = []
  events = []
  const now = (): number => Date.now() - began
  const began = Date.now()
  const granted = tokens(now)
  const listener = { event: (event: Event) => void events.push(event), line: (told: Line) => void lines.push(told) }
  connection = new Connection(device.session, granted, [new Uploads(device.replica, granted)], listener, now, () => 0.5)
})

afterEach(() => {
  connection.end()
  line.end()
  vi.useRealTimers()
})

async function atCentre(asked: Asked): Promise<Response> {
  if (asked.path.startsWith('/v1/uploads')) {
    const answer = await reception.answer(asked)
    if (reception.uploads.get(ID)?.length === PHOTO.length) centre.storedFiles.add(ID)
    return answer
  }
  if (asked.path === '/v1/token/refresh') {
    return new Response(JSON.stringify({ access_token: 'again', refresh_token: 'next', expires_in: 100_000 }))
  }
  const body = asked.headers['content-encoding'] === 'gzip' ? gunzipSync(asked.body) : asked.body
  return new Response(centre.exchange(Uint8Array.from(body)))
}

async function captureWithPhoto(): Promise<string> {
  const change = await device.write('a', { text: 'x' })
  const told = { id: ID, sha256: hex(hash(PHOTO)), size: PHOTO.length, type: 'image/jpeg', purpose: 'material' }
  const file = { ...told, change: change.id, delivery: 'waiting' as const, offset: 0, location: '' }
  await device.store.transaction(() => device.store.putFile(file, PHOTO))
  return change.id
}

/** So many milliseconds pass, with everything that falls due in them. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 50) {
    await vi.advanceTimersByTimeAsync(50)
    await new Promise((wake) => setImmediate(wake))
  }
}

const paths = (): string[] => line.asked.map((one) => `${one.method} ${one.path}`)

test('text goes first, photographs after, and level is said when both are there', async () => {
  await captureWithPhoto()
  connection.start()
  await pass(5_000)
  expect(paths()[0]).toBe('POST /v1/exchange')
  expect(paths().indexOf('POST /v1/exchange')).toBeLessThan(paths().indexOf('POST /v1/uploads'))
  expect(device.store.file(ID)!.delivery).toBe('stored')
  expect(device.replica.isLevel()).toBe(true)
  expect(lines.at(-1)).toBe('idle')
})

test('what is captured while a photograph goes up is sent between two of its pieces', async () => {
  await captureWithPhoto()
  let isCaptured = false
  reception.fault = async ({ method }) => {
    if (method === 'PATCH' && !isCaptured) {
      isCaptured = true
      await device.write('b', { text: 'more' })
      connection.captured()
      await new Promise((wake) => setTimeout(wake, 2_000))
    }
    return null as never
  }
  connection.start()
  await pass(12_000)
  const sent = paths().filter((path) => !path.startsWith('POST /v1/uploads') && !path.startsWith('HEAD'))
  const [firstPiece, secondPiece] = sent.flatMap((path, place) => (path.startsWith('PATCH') ? [place] : []))
  expect(sent.slice(firstPiece! + 1, secondPiece)).toContain('POST /v1/exchange')
  expect(centre.effects.size).toBe(2)
  expect(device.replica.isLevel()).toBe(true)
})

test('a photograph that was cut goes on by a timer of its own, while the phone is otherwise level', async () => {
  await captureWithPhoto()
  let cuts = 0
  reception.fault = ({ method }) => (method === 'PATCH' && ++cuts % 2 ? Promise.reject(new TypeError('cut')) : null)
  connection.start()
  await pass(60_000)
  expect(cuts).toBeGreaterThan(2)
  expect([...reception.uploads.get(ID)!]).toEqual([...PHOTO])
  expect(device.replica.isLevel()).toBe(true)
})

test.each([
  ['a page', () => loginPage(), 'portal'],
  ['a page that says no', () => new Response('<html>', { status: 403 }), 'portal'],
  ['a redirect', () => new Response(null, { status: 302, headers: { Location: '/login' } }), 'portal'],
  ['silence', () => Promise.reject(new TypeError('cut')), 'no_contact'],
])('%s on the way is never success', async (_what, answer, told) => {
  const change = await captureWithPhoto()
  line.answer = answer
  connection.start()
  await pass(20_000)
  expect(lines.at(-1)).toBe(told)
  expect([device.store.outboxSize(), device.replica.isLevel()]).toEqual([1, false])
  expect(paths().every((path) => path === 'POST /v1/exchange')).toBe(true)
  line.answer = atCentre
  connection.networkUp()
  await pass(10_000)
  expect(centre.effects.get(change)).toBe(1)
  expect([device.replica.isLevel(), lines.at(-1)]).toEqual([true, 'idle'])
})

test('a token that ended on the way is renewed and the request repeated at once', async () => {
  const change = await captureWithPhoto()
  let isFirst = true
  line.answer = (asked) => {
    if (asked.path !== '/v1/exchange' || !isFirst) return atCentre(asked)
    isFirst = false
    return new Response('{"code":"token_invalid"}', { status: 401 })
  }
  connection.start()
  await pass(3_000)
  expect(paths().slice(0, 3)).toEqual(['POST /v1/exchange', 'POST /v1/token/refresh', 'POST /v1/exchange'])
  expect(centre.effects.get(change)).toBe(1)
})

test('a busy centre is left alone as long as it says', async () => {
  await captureWithPhoto()
  line.answer = () => new Response('{"code":"centre_busy"}', { status: 503, headers: { 'Retry-After': '30' } })
  connection.start()
  await pass(29_000)
  expect(line.asked).toHaveLength(1)
  line.answer = atCentre
  await pass(8_000)
  expect(device.replica.isLevel()).toBe(true)
})

/** A line on which nothing gets through, tried so often that the next attempt is far off; the next one hangs. */
async function failing(): Promise<void> {
  await captureWithPhoto()
  line.answer = () => Promise.reject(new TypeError('cut'))
  connection.start()
  await pass(60_000)
  line.answer = () => new Promise((_, reject) => setTimeout(() => reject(new TypeError('cut')), 4_000))
  void connection.exchangeNow()
  await pass(1_000)
  line.asked.length = 0
}

test('who presses while an attempt is failing gets another at once when it has failed, and is told so', async () => {
  await failing()
  let isOver = false
  void connection.exchangeNow().then(() => (isOver = true))
  expect(lines.at(-1)).toBe('again')
  line.answer = () => Promise.reject(new TypeError('cut'))
  await pass(2_500)
  expect([line.asked.length, isOver]).toEqual([0, false])
  await pass(1_000)
  expect([line.asked.length, isOver, lines.at(-1)]).toEqual([1, true, 'no_contact'])
  await pass(1_000)
  expect(line.asked).toHaveLength(1)
})

test.each([
  ['a network that appears', () => connection.networkUp()],
  ['news from the centre', () => connection.woken()],
])('%s while an attempt is failing is followed by another soon after', async (_what, happen) => {
  await failing()
  happen()
  line.answer = atCentre
  await pass(3_000)
  expect(line.asked).toHaveLength(0)
  await pass(7_000)
  expect(device.replica.isLevel()).toBe(true)
})

test('who presses while photographs go up is served between two pieces', async () => {
  await captureWithPhoto()
  reception.fault = async ({ method }) => {
    if (method === 'PATCH') await new Promise((wake) => setTimeout(wake, 2_000))
    return null as never
  }
  connection.start()
  await pass(3_000)
  line.asked.length = 0
  void connection.exchangeNow()
  await pass(2_500)
  expect(paths()[0]).toBe('POST /v1/exchange')
  expect(device.store.file(ID)!.delivery).not.toBe('stored')
})

test('a busy centre is called busy, and pressing does not hurry it', async () => {
  await captureWithPhoto()
  line.answer = () => new Response('{"code":"centre_busy"}', { status: 503, headers: { 'Retry-After': '30' } })
  connection.start()
  await pass(1_000)
  void connection.exchangeNow()
  await pass(20_000)
  expect([line.asked.length, lines.at(-1)]).toEqual([1, 'busy'])
})

test('an old app is told and keeps its outbox', async () => {
  await captureWithPhoto()
  line.answer = () => new Response('{"code":"upgrade_required"}', { status: 426 })
  connection.start()
  await pass(3_000)
  expect(events.map((event) => event.is)).toContain('upgrade_required')
  expect(device.store.outboxSize()).toBe(1)
})
