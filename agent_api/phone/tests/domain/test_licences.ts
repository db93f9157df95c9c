// What is on file is chosen by itself, once, and kept with the draft; what a helper chose stays. What was photographed is
// kept where the resident lets it be, and shown again.

import { expect, test } from 'vitest'

import { buildFiling } from '../../src/domain/filing'
import { isUsable, keptIn, picturesFor, withLicences, type HeldLicence } from '../../src/domain/licences'
import { materialsOf } from '../../src/domain/materials'
import { newLeg, newVisit, photosOf, readVisit, type Known, type LegSaid, type Visit } from '../../src/domain/visit'
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
  ownDays: new Map(),
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

const FRONT = { file: 'f1', sha256: 's1', size: 5, type: 'image/jpeg' }
const BACK = { file: 'f2', sha256: 's2', size: 6, type: 'image/jpeg' }
const CARD_MATERIAL = materialsOf(CARD)[0]!
/** As this phone holds it before it has come back: the centre says state and class. */
const PICTURED: HeldLicence = { record: 'own', fields: { kind: '身份证', source: 'helper', file: 'f1', pages: [FRONT, BACK] } }

function ids(): () => string {
  let made = 0
  return () => `id${++made}`
}

test('what the resident lets be kept is a licence of its own behind the consent, both sides of it', () => {
  const said = { state: 'attached', photos: [FRONT, BACK], due: '', keep: '身份证', keepUntil: '2036-01-01' } as const
  const { drafts } = buildFiling(visitWith({ 1: said }), KNOWN, ['T1', 'T2'], ids())
  expect(drafts.map(([draft]) => draft.name)).toEqual(['consent.give', 'licence.keep', 'bundle.file', 'case.submit', 'case.submit'])
  const [[, consent], [kept]] = drafts as [(typeof drafts)[0], (typeof drafts)[0]]
  expect(kept).toMatchObject({ kind: 'licence', needs: [consent] })
  expect(kept.set).toEqual({
    ...{ resident: 'r', village: '341881106200', kind: '身份证', source: 'helper', file: 'f1' },
    ...{ pages: [FRONT, BACK], valid_until: '2036-01-01' },
  })
})

test.each([
  ['nobody agreed to it', { state: 'attached', photos: [FRONT], due: '' }],
  ['it is on paper after all', { state: 'paper', photos: [FRONT], due: '', keep: '身份证' }],
  ['the material is no such licence', { state: 'attached', photos: [FRONT], due: '', keep: '驾驶证' }],
  ['it is an earlier picture', { state: 'attached', photos: [{ ...FRONT, licence: 'own' }], due: '', keep: '身份证' }],
] as const)('nothing is kept where %s', (_why, said) => {
  expect(keptIn(visitWith({ 1: said }), KNOWN, 0, 'r')).toEqual([])
})

test('an earlier picture is offered for its kind, the newest, as long as it is good', () => {
  const photos = [FRONT, BACK].map((page) => ({ ...page, licence: 'own' }))
  expect(picturesFor(CARD_MATERIAL, [PICTURED], KNOWN.today)).toEqual(photos)
  const back = { record: 'zz', fields: { ...PICTURED.fields, trust: 'C', state: 'held', pages: [BACK] } }
  expect(picturesFor(CARD_MATERIAL, [PICTURED, back], KNOWN.today)).toEqual([{ ...BACK, licence: 'zz' }])
  for (const more of [{ state: 'void' }, { valid_until: '2026-11-21' }, { kind: '驾驶证' }, { pages: [] }]) {
    expect(picturesFor(CARD_MATERIAL, [{ record: 'own', fields: { ...PICTURED.fields, ...more } }], KNOWN.today)).toEqual([])
  }
  expect(isUsable(PICTURED.fields, KNOWN.today), 'it stands for no paper').toBe(false)
})

test('an earlier picture is named by the new case and does not end with its draft', () => {
  const said = { state: 'attached', photos: [{ ...FRONT, licence: 'own' }], due: '' } as const
  const visit = visitWith({ 1: said })
  const { drafts } = buildFiling(visit, KNOWN, ['T1', 'T2'], ids())
  const [first] = drafts.filter(([draft]) => draft.name === 'case.submit')
  expect(first?.[0].set?.['material.1']).toEqual({ state: 'attached', ...FRONT })
  expect(photosOf(visit)).toEqual([])
})
