// What is on file is chosen by itself, once, and kept with the draft; what a helper chose stays.

import { expect, test } from 'vitest'

import { withLicences, type HeldLicence } from '../../src/domain/licences'
import { newLeg, newVisit, readVisit, type Known, type LegSaid, type Visit } from '../../src/domain/visit'
import type { Fields } from '../../src/protocol/messages'

const CARD: Fields = {
  name: '老年卡',
  base_item: '992011001000',
  materials: [
    { no: 1, name: '居民身份证', necessity: 1, licence: ['身份证', '户口簿'] },
    { no: 2, name: '一寸照片', necessity: 3 },
    { no: 3, name: '户口簿', necessity: 1, licence: ['户口簿'], cancelled: true },
  ],
}
const BUS: Fields = {
  name: '公交卡',
  base_item: '992018001000',
  materials: [
    { no: 1, name: '老年人优待证', necessity: 1, licence: ['老年人优待证'] },
    { no: 2, name: '居民身份证', necessity: 1, licence: ['身份证'] },
  ],
}
const KNOWN: Known = {
  items: [CARD, BUS],
  resident: { name: '汪秀英' },
  residentChanges: [],
  account: 'a',
  helper: '吴思雨',
  now: Date.parse('2026-11-22T10:00:00+08:00'),
  today: '2026-11-22',
}
const GOOD = licence('good', { kind: '身份证' })

function licence(record: string, fields: Fields): HeldLicence {
  return { record, fields: { trust: 'B', state: 'held', ...fields } }
}

function visitWith(materials: LegSaid['materials'] = {}): Visit {
  return { ...newVisit('v', 1, '341881106200'), resident: 'r', bundle: 'BUNDLE-01', legs: [{ ...newLeg('i1'), materials }, newLeg('i2')] }
}

function chosen(visit: Visit, held: readonly HeldLicence[]): Visit {
  return { ...visit, legs: withLicences(visit, KNOWN, held) ?? visit.legs }
}

test('a good licence is chosen for what it satisfies, and the draft keeps the choice', () => {
  const kept = readVisit(JSON.stringify(chosen(visitWith(), [GOOD])))
  expect(kept.legs.map((leg) => leg.materials)).toEqual([{ 1: { state: 'licence', photos: [], due: '', licence: 'good' } }, {}])
  expect(withLicences(kept, KNOWN, [GOOD])).toBeNull()
})

test('a licence that is out of date, void, only photographed or of another kind is not', () => {
  const bad = [
    licence('old', { kind: '身份证', valid_until: '2026-11-21' }),
    licence('void', { kind: '身份证', state: 'void' }),
    licence('photo', { kind: '身份证', trust: 'C' }),
    licence('other', { kind: '驾驶证' }),
  ]
  expect(withLicences(visitWith(), KNOWN, bad)).toBeNull()
})

test('what is cancelled, or comes from another leg, is never asked for and nothing is chosen for it', () => {
  const held = [licence('book', { kind: '户口簿' }), licence('card', { kind: '老年人优待证' })]
  expect(chosen(visitWith(), held).legs.map((leg) => Object.keys(leg.materials))).toEqual([['1'], []])
})

test('what the helper chose stays, a licence this phone has not seen as well', () => {
  for (const state of ['paper', 'attached', 'missing', 'licence'] as const) {
    expect(withLicences(visitWith({ 1: { state, photos: [], due: '' } }), KNOWN, [GOOD])).toBeNull()
  }
})

test('a choice ends with the licence it rested on, as when the visit turns out to be for somebody else', () => {
  const visit = chosen(visitWith({ 2: { state: 'paper', photos: [], due: '' } }), [GOOD])
  expect(chosen(visit, []).legs[0]?.materials).toEqual({ 2: { state: 'paper', photos: [], due: '' } })
  const other = licence('hers', { kind: '身份证' })
  expect(chosen(visit, [other]).legs[0]?.materials['1']?.licence).toBe('hers')
})
