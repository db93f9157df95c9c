// A colleague's sealed outboxes: kept until the centre has taken them, whatever the line does.

import { afterEach, expect, test } from 'vitest'

import { NoContact } from '../../src/network/centre'
import { NoParcel, Parcels } from '../../src/network/parcels'
import { SEALED_BYTES_MIN } from '../../src/network/relay'
import { NotSaved } from '../../src/protocol/errors'
import { utf8, type Bytes } from '../../src/protocol/bytes'
import { Device } from '../replica/device'
import { loginPage, TestLine, tokens } from './line'

let line: TestLine | null = null
afterEach(() => line?.end())

function sealed(sign = 7): Bytes {
  return new Uint8Array(SEALED_BYTES_MIN + 20).fill(sign).fill(1, 0, 1)
}

function answer(status: string, lastSeq = 3): Response {
  const hash = 'A'.repeat(43)
  const told = { protocol: 1, status, epoch: 'e1', server_time: 5, chain_epoch: 1, last_seq: lastSeq, chain_hash: hash }
  return new Response(JSON.stringify(told))
}

function problem(status: number, code: string): Response {
  return new Response(JSON.stringify({ code, title: code }), { status })
}

test('what was read is kept on the disk until the centre has it', async () => {
  const device = new Device()
  const parcels = new Parcels(device.store, tokens())
  await parcels.keep(sealed(), 5)
  await parcels.keep(sealed(), 6)
  expect(parcels.list().map((one) => [one.state, one.readAt])).toEqual([['waiting', 5]])
  device.open()
  const again = new Parcels(device.store, tokens())
  line = new TestLine(() => answer('ok'))
  await again.sendReady()
  expect(line.asked.map((one) => [one.path, one.method, [...one.body]])).toEqual([['/v1/relay', 'POST', [...sealed()]]])
  expect(again.list().map((one) => [one.state, one.upto])).toEqual([['handed_in', 3]])
  expect(device.disk.contents.size).toBe(0)
  await again.sendReady()
  expect(line.asked.length).toBe(1)
})

test.each([
  ['a cut', () => Promise.reject(new TypeError('cut'))],
  ['a login page', () => loginPage()],
  ['a redirect', () => new Response(null, { status: 302, headers: { Location: '/login' } })],
  ['a login page that says no', () => new Response('<html>', { status: 511 })],
])('%s hands nothing in', async (_what, answering) => {
  const device = new Device()
  const parcels = new Parcels(device.store, tokens())
  await parcels.keep(sealed(), 5)
  line = new TestLine(answering)
  await expect(parcels.sendReady()).rejects.toThrow(NoContact)
  expect(parcels.list()[0]!.state).toBe('waiting')
  expect(device.disk.contents.size).toBe(1)
})

test('one whose beginning is missing waits, and goes once that has arrived', async () => {
  const device = new Device()
  const parcels = new Parcels(device.store, tokens())
  await parcels.keep(sealed(8), 5)
  line = new TestLine(() => answer('gap', 0))
  await parcels.sendReady()
  expect(parcels.list()[0]!.state).toBe('before')
  await parcels.keep(sealed(9), 6)
  let isBegun = false
  line.answer = ({ body }) => {
    isBegun ||= body[5] === 9
    return answer(isBegun ? 'ok' : 'gap')
  }
  await parcels.sendReady()
  expect(parcels.list().map((one) => one.state)).toEqual(['handed_in', 'handed_in'])
})

test('what the centre can never take is told and not tried again', async () => {
  const device = new Device()
  const parcels = new Parcels(device.store, tokens())
  await parcels.keep(sealed(), 5)
  line = new TestLine(() => problem(400, 'not_authentic'))
  await parcels.sendReady()
  await parcels.sendReady()
  expect([parcels.list()[0]!.state, line.asked.length]).toEqual(['never', 1])
})

test('what is nothing sealed is not taken in, nor what the disk will not keep', async () => {
  const device = new Device()
  const parcels = new Parcels(device.store, tokens())
  await expect(parcels.keep(utf8('a letter'), 5)).rejects.toThrow(NoParcel)
  device.disk.isFull = true
  await expect(parcels.keep(sealed(), 5)).rejects.toThrow(NotSaved)
  expect(parcels.list()).toEqual([])
})
