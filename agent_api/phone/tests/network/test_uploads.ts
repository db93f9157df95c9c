// Photographs over a bad line: in pieces that fit it, taken up where they were cut, never sent twice, never freed early.

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { NoContact } from '../../src/network/centre'
import { Uploads } from '../../src/network/uploads'
import { hex, type Bytes } from '../../src/protocol/bytes'
import { hash } from '../../src/protocol/chain'
import type { FileToSend } from '../../src/replica/state'
import { Device } from '../replica/device'
import { FakeCentre, recordId } from '../replica/fake_centre'
import { loginPage, TestLine, tokens, type Asked } from './line'
import { TestReception } from './tus'

const CONTENT = Uint8Array.from({ length: 200_000 }, (_, place) => (place * 7_919) % 251) as Bytes
const ID = recordId('f')
let line: TestLine
let reception: TestReception
let device: Device
let uploads: Uploads

beforeEach(async () => {
  const centre = new FakeCentre()
  device = new Device()
  const change = await device.write('a', { n: 1 })
  const told = { id: ID, sha256: hex(hash(CONTENT)), size: CONTENT.length, type: 'image/jpeg', purpose: 'material' }
  const file: FileToSend = { ...told, change: change.id, delivery: 'waiting', offset: 0, location: '' }
  await device.store.transaction(() => device.store.putFile(file, CONTENT))
  expect(device.replica.filesReady(), 'text goes first').toEqual([])
  device.session.exchangeNow(0)
  await device.step(centre.exchange)
  reception = new TestReception()
  line = new TestLine(reception.answer)
  uploads = new Uploads(device.replica, tokens())
})

afterEach(() => line.end())

const held = (): number[] => reception.uploads.get(ID) ?? []
const file = (): FileToSend => device.store.file(ID)!

test('a file goes up in growing pieces with its metadata, and its bytes stay', async () => {
  expect(await uploads.sendReady()).toBe(1)
  expect(held()).toEqual([...CONTENT])
  expect(reception.announced.get(ID)).toEqual({ id: ID, sha256: hex(hash(CONTENT)), type: 'image/jpeg', purpose: 'material' })
  expect(reception.pieces.slice(0, 3)).toEqual([16_384, 32_768, 65_536])
  expect(file().delivery).toBe('sent')
  expect(device.disk.contents.has(ID)).toBe(true)
  expect(await uploads.sendReady()).toBe(0)
})

test('a cut is resumed where it stopped, also after the tab was killed, in smaller pieces', async () => {
  let patches = 0
  reception.fault = ({ method }) => (method === 'PATCH' && ++patches > 2 ? Promise.reject(new TypeError('cut')) : null)
  await expect(uploads.sendReady()).rejects.toThrow(NoContact)
  const before = held().length
  expect(before).toBeGreaterThan(0)
  await expect(uploads.sendReady()).rejects.toThrow(NoContact)
  reception.fault = () => null
  const pieces = reception.pieces.length
  expect(await uploads.sendReady()).toBe(1)
  expect(reception.pieces[pieces]).toBeLessThan(65_536)
  expect(held()).toEqual([...CONTENT])

  device.open()
  expect(device.store.file(ID)!.delivery).toBe('sent')
})

test('another life of the app goes on from what the centre has', async () => {
  reception.fault = ({ method }) => (method === 'PATCH' && held().length > 0 ? Promise.reject(new TypeError('cut')) : null)
  await expect(uploads.sendReady()).rejects.toThrow(NoContact)
  device.open()
  reception.fault = () => null
  const asked = line.asked.length
  expect(await new Uploads(device.replica, tokens()).sendReady()).toBe(1)
  expect(line.asked[asked]!.method).toBe('HEAD')
  expect(held()).toEqual([...CONTENT])
})

test('a lost reply to a piece does not send it twice', async () => {
  let isLost = false
  reception.fault = (asked) => {
    if (asked.method !== 'PATCH' || isLost) return null
    isLost = true
    reception.uploads.get(ID)!.push(...asked.body)
    return Promise.reject(new TypeError('cut'))
  }
  await expect(uploads.sendReady()).rejects.toThrow(NoContact)
  expect(await uploads.sendReady()).toBe(1)
  expect(held()).toEqual([...CONTENT])
})

test('a piece damaged on the way is sent again', async () => {
  let count = 0
  reception.fault = ({ method }) => (method === 'PATCH' && count++ === 0 ? new Response('{"code":"x"}', { status: 460 }) : null)
  expect(await uploads.sendReady()).toBe(1)
  expect(held()).toEqual([...CONTENT])
})

test('an upload the centre forgot is announced again', async () => {
  reception.fault = ({ method }) => (method === 'PATCH' && held().length > 0 ? Promise.reject(new TypeError('cut')) : null)
  await expect(uploads.sendReady()).rejects.toThrow(NoContact)
  reception.uploads.clear()
  reception.fault = () => null
  expect(await uploads.sendReady()).toBe(1)
  expect(held()).toEqual([...CONTENT])
})

test('a piece that never arrives whole is left for later', async () => {
  reception.fault = ({ method }) => (method === 'PATCH' ? new Response('{"code":"x"}', { status: 460 }) : null)
  expect(await uploads.sendReady()).toBe(0)
  expect([file().delivery, uploads.hasReady()]).toEqual(['waiting', true])
})

test('a file the centre never takes is refused and its bytes stay', async () => {
  reception.fault = () => new Response('{"code":"file_type_not_allowed"}', { status: 415 })
  expect(await uploads.sendReady()).toBe(0)
  expect(file().delivery).toBe('refused')
  expect(device.disk.contents.has(ID)).toBe(true)
})

test.each([
  ['a redirect', () => new Response(null, { status: 302, headers: { Location: '/login' } })],
  ['a login page', () => loginPage()],
])('%s is no place to send to', async (_what, answer) => {
  reception.fault = answer
  await expect(uploads.sendReady()).rejects.toThrow(NoContact)
  expect([file().delivery, file().offset]).toEqual(['waiting', 0])
})

test('what was captured meanwhile goes before the next piece', async () => {
  expect(await uploads.sendReady(() => held().length > 0)).toBe(0)
  expect(reception.pieces).toHaveLength(1)
  expect(uploads.hasReady()).toBe(true)
  expect(await uploads.sendReady()).toBe(1)
})

describe('at each request of a photograph', () => {
  const REQUESTS = 6
  const EACH = Array.from({ length: REQUESTS }, (_, request) => request)
  const cut = (): Promise<never> => Promise.reject(new TypeError('cut'))
  const FAULTS: { readonly [name: string]: (asked: Asked) => Promise<Response> } = {
    'the request is lost': cut,
    'the reply is lost': (asked) => reception.answer(asked).then(cut),
    'the request arrives twice': (asked) => reception.answer(asked).then(() => reception.answer(asked)),
    'the tab is killed before the reply': (asked) => reception.answer(asked).then(killed).then(cut),
    'the tab is killed before the request': () => Promise.resolve(killed()).then(cut),
  }

  /** As after a crash: what the store holds, and nothing else. */
  function killed(): void {
    device.open()
    uploads = new Uploads(device.replica, tokens())
  }

  /** By another life of the app, if that was killed. */
  async function sendUntilThere(): Promise<void> {
    for (let tries = 0; tries < 10 && file().delivery !== 'sent'; tries++) {
      await uploads.sendReady().catch((error: unknown) => {
        if (!(error instanceof NoContact)) throw error
      })
    }
  }

  test('an undisturbed one takes so many', async () => {
    await sendUntilThere()
    expect(line.asked.map((asked) => asked.method)).toEqual(['POST', ...Array(REQUESTS - 1).fill('PATCH')])
  })

  for (const [name, fault] of Object.entries(FAULTS)) {
    test.each(EACH)(`${name}, at request %i: it is there whole, and no byte was taken twice`, async (when) => {
      let request = 0
      line.answer = (asked) => (request++ === when ? fault(asked) : reception.answer(asked))
      await sendUntilThere()
      expect(request).toBeGreaterThanOrEqual(REQUESTS)
      expect(Buffer.from(held()).equals(CONTENT)).toBe(true)
      expect(reception.pieces.reduce((sum, piece) => sum + piece, 0)).toBe(CONTENT.length)
      expect([file().delivery, device.disk.contents.has(ID)]).toEqual(['sent', true])
    })
  }
})
