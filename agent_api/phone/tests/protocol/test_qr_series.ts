// A sealed outbox as QR codes: in any order, as often as they come, and never two put together.

import { expect, test } from 'vitest'

import { base32, DATA_SIGNS, fromBase32, nextRound, partsOf, Series, seriesOf } from '../../src/protocol/qr_series'

function noise(length: number, seed = 7): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = seed
  for (let place = 0; place < length; place++) bytes[place] = (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) >> 16
  return bytes
}

test('base32 is that of RFC 4648 without padding', () => {
  const spelled = ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI']
  spelled.forEach((text, length) => {
    const bytes = new TextEncoder().encode('foobar'.slice(0, length))
    expect(base32(bytes)).toBe(text)
    expect([...fromBase32(text)]).toEqual([...bytes])
  })
})

test.each([1, 187, 188, 1_000, 2_345])('%i bytes come back whole whatever the order', (length) => {
  const sealed = noise(length)
  const codes = seriesOf(sealed)
  expect(codes.length).toBe(partsOf(sealed))
  expect(codes.every((code) => /^[0-9A-Z:]+$/.test(code) && code.length <= DATA_SIGNS + 40)).toBe(true)
  const series = new Series()
  for (const code of [...codes].reverse().flatMap((one) => [one, one])) expect(series.take(code)).toBe(true)
  expect([series.have, series.missing]).toEqual([codes.length, 0])
  expect([...series.whole()!]).toEqual([...sealed])
})

test('what is no part is passed over', () => {
  const series = new Series()
  for (const text of ['', 'bangban:x?code=ABCDE23456', 'BANGBAN1:AAAAAAAA:3:2:AA', 'BANGBAN1:AAAAAAAA:1:201:AA', 'BANGBAN1:aaaaaaaa:1:1:AA']) {
    expect(series.take(text)).toBe(false)
  }
  expect(series.whole()).toBeNull()
})

test('the camera turned to another series begins that one', () => {
  const [one, other] = [seriesOf(noise(900, 1)), seriesOf(noise(900, 2))]
  const series = new Series()
  series.take(one[0]!)
  for (const code of other) series.take(code)
  expect([...series.whole()!]).toEqual([...noise(900, 2)])
})

test('a series that does not match its mark is begun again', () => {
  const [first, ...rest] = seriesOf(noise(900))
  const series = new Series()
  for (const code of [first!.slice(0, -1) + (first!.endsWith('A') ? 'B' : 'A'), ...rest]) series.take(code)
  expect(series.whole()).toBeNull()
  expect(series.missing).toBe(1)
})

test('what nobody would film that long is turned down', () => {
  expect(() => seriesOf(noise(60_000))).toThrow(RangeError)
})

/** How many of the codes, each shown for 450 ms, are met within a hundred looks at an even pace. */
function met(paceMs: number, round: () => readonly number[]): number {
  const shown: number[] = []
  const found = new Set<number>()
  for (let look = 0; look < 100; look++) {
    const at = Math.floor((look * paceMs) / 450)
    while (shown.length <= at) shown.push(...round())
    found.add(shown[at]!)
  }
  return found.size
}

test('codes that go round are all met, however long a phone takes to look at one', () => {
  const cases = [2, 3, 4, 6].flatMap((count) => Array.from({ length: 60 }, (_, n) => [count, 170 + 50 * n] as const))
  const inOrder = (count: number): number[] => Array.from({ length: count }, (_, place) => place)
  expect(cases.some(([count, pace]) => met(pace, () => inOrder(count)) < count), 'in their order some are missed').toBe(true)
  let seed = 7
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  for (const [count, pace] of cases) {
    let before = 0
    const round = (): number[] => {
      const order = nextRound(count, random, before)
      expect([...order].sort((one, other) => one - other)).toEqual(inOrder(count))
      expect(order[0]).not.toBe(before)
      before = order.at(-1)!
      return order
    }
    expect(met(pace, round)).toBe(count)
  }
})
