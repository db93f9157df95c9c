// Tokens: renewed in time, one renewal at once, the new one on the disk before it counts, and a refusal told apart from
// a bad line.

import { afterEach, expect, test } from 'vitest'

import { NoContact } from '../../src/network/centre'
import { namesIn, refreshPayload, TokenRefused, Tokens } from '../../src/network/tokens'
import { fromUtf8 } from '../../src/protocol/bytes'
import { loginPage, TestLine } from './line'

const DEVICE = 'd'.repeat(32)
let line: TestLine
afterEach(() => line.end())

function granted(count = 1): Response {
  return new Response(JSON.stringify({ access_token: `a${count}`, refresh_token: `r${count}`, expires_in: 600 }))
}

function shown(place: number): { refresh_token: string } {
  return JSON.parse(fromUtf8(line.asked[place]!.body)) as { refresh_token: string }
}

function made(keep: (token: string, places: unknown) => Promise<void> = () => Promise.resolve(), now = () => 0): [Tokens, string[]] {
  const signed: string[] = []
  const sign = (payload: Uint8Array) => {
    signed.push(fromUtf8(payload))
    return Promise.resolve(new Uint8Array(64))
  }
  return [new Tokens(DEVICE, 'r0', sign, keep, now), signed]
}

test('a token is renewed before its end and not sooner', async () => {
  let now = 0
  let count = 0
  line = new TestLine(() => granted(++count))
  const [tokens] = made(undefined, () => now)
  expect(await tokens.access()).toBe('a1')
  now = 569_000
  expect(await tokens.access()).toBe('a1')
  now = 571_000
  expect(await tokens.access()).toBe('a2')
  expect(shown(1).refresh_token).toBe('r1')
})

test('what places are called is kept with the token, as far as the centre tells it', async () => {
  const [kept, told] = [[] as unknown[], [{ places: { '341881106200': '前村' } }, {}, { places: 'none' }]]
  line = new TestLine(() => new Response(JSON.stringify({ access_token: 'a', refresh_token: 'r', expires_in: 0, ...told.shift() })))
  const [tokens] = made((token, places) => Promise.resolve(void kept.push([token, places])))
  for (let n = 0; n < 3; n += 1) await tokens.access()
  expect(kept).toEqual([['r', { '341881106200': '前村' }], ['r', null], ['r', null]])
  expect(namesIn({ a: '村', b: 7 })).toEqual({ a: '村' })
})

test('the refresh is proved over the token itself', async () => {
  line = new TestLine(() => granted())
  const [tokens, signed] = made()
  await tokens.access()
  expect(signed).toEqual([fromUtf8(refreshPayload(DEVICE, 'r0'))])
})

test('two who need one at the same moment share a renewal', async () => {
  line = new TestLine(() => granted())
  const [tokens] = made()
  expect(await Promise.all([tokens.access(), tokens.access()])).toEqual(['a1', 'a1'])
  expect(line.asked).toHaveLength(1)
})

test('a lost reply is asked for again with the same token', async () => {
  line = new TestLine(() => Promise.reject(new TypeError('cut')))
  const [tokens] = made()
  await expect(tokens.access()).rejects.toThrow(NoContact)
  line.answer = () => granted()
  await tokens.access()
  expect([shown(0).refresh_token, shown(1).refresh_token]).toEqual(['r0', 'r0'])
})

test('a token that cannot be kept does not count', async () => {
  line = new TestLine(() => granted())
  const [tokens] = made(() => Promise.reject(new Error('the disk is full')))
  await expect(tokens.access()).rejects.toThrow('the disk is full')
  await expect(tokens.access()).rejects.toThrow('the disk is full')
  expect(shown(1).refresh_token).toBe('r0')
})

test('a refused refresh and a login page are told apart', async () => {
  line = new TestLine(() => new Response('{"code":"token_invalid"}', { status: 401 }))
  const [tokens] = made()
  await expect(tokens.access()).rejects.toThrow(TokenRefused)
  line.answer = () => loginPage()
  await expect(tokens.access()).rejects.toMatchObject({ isForeign: true })
  line.answer = () => new Response('<html>', { status: 401 })
  await expect(tokens.access()).rejects.toThrow(NoContact)
  line.answer = () => new Response('{"code":"busy"}', { status: 503 })
  await expect(tokens.access()).rejects.toThrow(NoContact)
})
