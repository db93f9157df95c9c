// While somebody aims, the app says what stands in the way: seldom enough for a slow phone, and only what stays.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { watchView, type Glance } from '../../src/office/viewing'

const WIDTH = 64
const NIGHT = glance(() => 12)
const GLARE = glance(() => 250)
const NO_PAGE = glance((x, y) => (x % 6 < 2 && y % 8 < 5 ? 40 : 210))
const PAGE = glance((x, y) => (x < 12 || x > 52 || y < 12 || y > 52 ? 80 : x % 4 < 2 && y % 8 < 2 && x > 22 && x < 42 ? 60 : 210))

function glance(pixel: (x: number, y: number) => number): Glance {
  return { grey: Float32Array.from({ length: WIDTH * WIDTH }, (_, at) => pixel(at % WIDTH, Math.floor(at / WIDTH))), width: WIDTH }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('what was seen twice in a row is told, once', () => {
  const seen = [NIGHT, PAGE, NIGHT, NIGHT, NIGHT, PAGE, PAGE, GLARE, GLARE, NO_PAGE, NO_PAGE]
  const told: string[] = []
  const stop = watchView(() => seen.shift() ?? null, (look) => told.push(look), () => 0)
  vi.advanceTimersByTime(11 * 300)
  stop()
  expect(told).toEqual(['dark', 'good', 'bright', 'no_page'])
})

test('a camera that shows nothing yet says nothing', () => {
  const told: string[] = []
  const stop = watchView(() => null, (look) => told.push(look), () => 0)
  vi.advanceTimersByTime(3_000)
  stop()
  expect(told).toEqual([])
})

test('a slow phone looks less often, so that looking takes a tenth of its time at most', () => {
  let [now, looks] = [0, 0]
  const slow = (): Glance => {
    looks++
    now += 100
    return NIGHT
  }
  const stop = watchView(slow, () => undefined, () => now)
  vi.advanceTimersByTime(9_300)
  stop()
  expect(looks).toBe(11)
  vi.advanceTimersByTime(9_000)
  expect(looks).toBe(11)
})
