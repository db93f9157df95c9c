// Work that nobody waits for: all of it is done, in order, and never so long at once that a finger waits for it.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { inIdlePieces } from '../src/idle'

let now = 0

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function* steps(count: number, ms: number, done: number[]): Generator<undefined> {
  for (let step = 0; step < count; step++) {
    now += ms
    done.push(step)
    yield
  }
}

test('slow work is done in pieces of a few milliseconds, and whatever else there is comes between them', () => {
  const done: number[] = []
  const seen: number[] = []
  inIdlePieces(steps(10, 3, done))
  while (vi.getTimerCount()) {
    vi.advanceTimersToNextTimer()
    seen.push(done.length)
  }
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(seen.slice(0, 5)).toEqual([2, 4, 6, 8, 10])
})

test('quick work is done at once', () => {
  const done: number[] = []
  inIdlePieces(steps(100, 0, done))
  vi.advanceTimersToNextTimer()
  expect([done.length, vi.getTimerCount()]).toEqual([100, 0])
})
