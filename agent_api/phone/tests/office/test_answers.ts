// What the centre did not do as sent waits to be looked at, says why and what to do, and is never gone.

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Office } from '../../src/office/office'
import { answer, answers, isWaiting, setAside } from '../../src/office/work'
import type { KnownOutcome } from '../../src/replica/state'
import { tellOutcome } from '../../src/texts/outcomes'
import { language } from '../../src/texts/say'

const OUTCOMES = ['refused', 'parked', 'duplicate', 'conflict', 'merged'].map((code, place) => ({
  change: `c${place}`,
  record: `r${place}`,
  code,
  reason: { refused: 'item_cancelled', parked: 'waits_for_record', duplicate: 'duplicate_filing' }[code] ?? '',
  detail: {},
  at: null,
  conflict: '',
})) as unknown as KnownOutcome[]
let notes: Map<string, string>
let office: Office

afterEach(() => void (language.value = 'zh'))

beforeEach(() => {
  notes = new Map()
  office = {
    now: () => Date.parse('2026-11-22T10:00:00+08:00'),
    note: (name: string) => notes.get(name),
    keepNote: (name: string, value: string) => Promise.resolve(void notes.set(name, value)),
    replica: { outcomes: () => OUTCOMES, store: { entry: () => undefined } },
  } as unknown as Office
})

test('refused, parked and duplicate ones wait; a conflict waits by itself, what was merged does not', () => {
  expect(answers(office).filter(isWaiting).map((one) => one.outcome.code)).toEqual(['duplicate', 'parked', 'refused'])
  expect(answers(office)).toHaveLength(5)
})

test('one that was looked at waits no more, and stays', async () => {
  await setAside(office, 'c0')
  const line = answer(office, 'c0')
  expect(line && isWaiting(line)).toBe(false)
  expect([line?.lookedAt, answers(office)]).toEqual(['2026-11-22T10:00:00+08:00', expect.objectContaining({ length: 5 })])
})

test('each says why and what to do, in the language of the screen', () => {
  const [refused, parked] = OUTCOMES as [KnownOutcome, KnownOutcome]
  expect(tellOutcome(refused)).toEqual({ why: '事项已取消', todo: '请告知本人' })
  expect(tellOutcome(parked).todo).toContain('通常会自动继续')
  const problems = [{ zh: '事项已取消：不再办理', en: 'cancelled: no longer done' }]
  expect(tellOutcome({ ...refused, detail: { problems } })).toEqual({ why: '事项已取消：不再办理', todo: '请告知本人' })
  language.value = 'en'
  expect(tellOutcome(parked).why).toBe('It waits for a record it names')
  expect(tellOutcome({ ...refused, reason: 'of_tomorrow' })).toEqual({ why: 'of_tomorrow', todo: 'Ask the town lead' })
})
