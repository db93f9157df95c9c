// The phone's rules say what the centre's say, case by case: rules.json is written from those.

import { describe, expect, test } from 'vitest'

import { maskId, parseCitizenId } from '../../src/domain/citizen_id'
import {
  consentText,
  dataKindsOf,
  recipientsOf,
  sensitiveOf,
  shownTextHash,
  withPhotographed,
  type Language,
} from '../../src/domain/consent'
import { addDays, ageOn } from '../../src/domain/days'
import { text } from '../../src/domain/fields'
import { collectedIn, materialsOf, missingOf, promisedOf } from '../../src/domain/materials'
import { inGroups, receiptNumber } from '../../src/domain/receipt_number'
import type { Fields } from '../../src/protocol/messages'
import { CLAIM_FIELDS } from '../../src/domain/claim_fields'
import { amountFor } from '../../src/domain/amounts'
import { BUNDLES, criticalPath } from '../../src/domain/bundles'
import { eligible, residentFacts } from '../../src/domain/eligibility'
import { askedQuestions, faultOfAnswer } from '../../src/domain/form'
import { isHeld } from '../../src/domain/leases'
import { isUsable } from '../../src/domain/licences'
import { eventsOf, LIFE_EVENTS } from '../../src/domain/life_events'
import { addWorkingDays, overridesIn, promiseLatest } from '../../src/domain/working_days'
import type { Value } from '../../src/protocol/messages'
import { CLAIM_LABELS } from '../../src/texts/claim_labels'
import { RETURN_REASONS } from '../../src/texts/return_reasons'
import told from './rules.json'

const item = told.item as Fields

test.each(told.citizen_ids)('the id $said is read as the centre reads it', (one) => {
  const expected = 'fault' in one ? one.fault : { number: one.number, birth: one.birth, sex: one.sex }
  expect(parseCitizenId(one.said, told.today)).toEqual(expected)
})

test.each(told.masked as [string, string][])('the id %s is masked', (number, masked) => {
  expect(maskId(number)).toBe(masked)
})

test.each(told.ages as [string, string, number][])('who was born on %s is on %s %d years old', (birth, on, age) => {
  expect(ageOn(birth, on)).toBe(age)
})

test.each(told.receipts as [string, string, number, string][])('receipt %s %s %d is %s', (mark, day, n, number) => {
  expect(receiptNumber(mark, day, n)).toBe(number)
})

test('a day gives no more receipts than its number has room for', () => {
  expect(() => receiptNumber('0A3K', told.today, 10_000)).toThrow(RangeError)
  expect(inGroups('T0A3K2611220007R')).toBe('T0A3 K261 1220 007R')
})

test.each(told.cases)('what is missing and promised of $fields', ({ fields, missing, promised }) => {
  const [materials, have] = [materialsOf(item), collectedIn(fields as unknown as Fields)]
  expect(missingOf(materials, have).map((one) => one.no)).toEqual(missing)
  expect(promisedOf(materials, have).map((one) => one.no)).toEqual(promised)
})

describe.each(told.consent)('a consent in $language of $resident.name', (one) => {
  const language = one.language as Language

  test('uses the kinds of data that the centre finds', () => {
    const kinds = withPhotographed(dataKindsOf(item, one.age), one.photographed)
    expect(kinds).toEqual(one.kinds)
    expect(sensitiveOf(kinds)).toEqual(one.sensitive)
  })

  test('has the very words and hash', () => {
    const shown = consentText({
      resident: one.resident as Fields,
      items: [text(item, 'name')],
      kinds: one.kinds,
      recipients: recipientsOf(item),
      helper: '吴思雨',
      validUntil: addDays(told.today, 30),
      language,
    })
    expect(shown).toBe(one.text)
    expect(shownTextHash(shown)).toBe(one.hash)
  })
})

test('the fields of an implementation list are those of the centre', () => {
  const ours = CLAIM_FIELDS.map((one) => [one.name, one.zh, one.mandatory, one.local, one.number])
  expect(ours).toEqual(told.claim_fields)
  expect(Object.keys(CLAIM_LABELS)).toEqual(CLAIM_FIELDS.map((one) => one.name))
})

test('bundles are those of the centre, leg by leg, and take as long', () => {
  const theirs = told.bundles.map(({ paths, ...bundle }) => bundle)
  const ours = BUNDLES.map(({ legs, ...bundle }) => ({
    ...bundle,
    legs: legs.map((leg) => [leg.no, leg.baseItem, leg.name, leg.after]),
  }))
  expect(ours).toEqual(theirs)
  for (const [place, bundle] of BUNDLES.entries()) {
    for (const [items, working, calendar] of told.bundles[place]!.paths as unknown as [{ [leg: number]: Fields }, number, number][]) {
      expect(criticalPath(bundle, items)).toEqual({ working, calendar })
    }
  }
})

test('the events of a life are those of the centre', () => {
  expect(LIFE_EVENTS.map((one) => [one.code, one.zh, one.en, one.items])).toEqual(told.life_events)
  for (const [item, codes] of told.events_of as [Fields, string[]][]) expect(eventsOf(item)).toEqual(codes)
})

test.each(told.eligibility)('whether $person.name may ask under $rule', ({ rule, person, verdict, reasons }) => {
  const judged = eligible(rule as Value, residentFacts(person as unknown as Fields, told.today))
  expect(judged.verdict).toBe(verdict)
  if (reasons) expect(judged.reasons).toEqual(reasons)
})

test.each(told.pays as [string, number, string[] | null][])('in %s at %d it pays %s', (county, age, words) => {
  expect(amountFor({ amounts: told.amounts as unknown as Value }, county, told.today, age)).toEqual(words)
})

test.each(told.answers)('what is asked and wrong after $said', ({ said, asked, wrong }) => {
  const answers = said as { [name: string]: string }
  const questions = askedQuestions(told.form as unknown as Fields, answers)
  expect(questions.map((one) => one.name)).toEqual(asked)
  const faulty = questions.filter((one) => faultOfAnswer(one, answers[one.name] ?? '', told.today))
  expect(faulty.map((one) => one.name)).toEqual(wrong)
})

test.each(told.licences as unknown as [Fields, boolean][])('the licence %s stands for a paper: %s', (licence, isGood) => {
  expect(isUsable(licence, told.today)).toBe(isGood)
})

test.each(told.leases as unknown as [Fields, boolean][])('the batch %s is still out: %s', (lease, isOut) => {
  expect(isHeld(lease, Date.parse(told.lease_now))).toBe(isOut)
})

const own = overridesIn(told.calendars as unknown as Fields[])

test("the centre's own working days are read as the centre reads them", () => {
  expect([...own]).toEqual(told.overrides)
})

type Counted = [start: string, count: number, isOwn: boolean, day: string, provisional: boolean]
test.each(told.working_days as Counted[])('from %s on, %d working days (own days: %s) end on %s', (start, count, isOwn, day, provisional) => {
  expect(addWorkingDays(start, count, isOwn ? own : new Map())).toEqual({ day, provisional })
})

test.each(told.promise_latest as unknown as [Fields, string, boolean][])('what is promised under %s comes by %s', (item, day, provisional) => {
  expect(promiseLatest(item, told.today, own)).toEqual({ day, provisional })
})

test('every reason that a list can come back for has its words', () => {
  expect(Object.keys(RETURN_REASONS).sort()).toEqual(told.return_reasons)
})
