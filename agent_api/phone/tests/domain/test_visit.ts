// A visit with one service or several: what is asked once, what a bundle leaves behind, and drafts of an older app.

import { describe, expect, test } from 'vitest'

import { faultsOf } from '../../src/domain/faults'
import { buildFiling } from '../../src/domain/filing'
import { answersIn, materialsIn, newLeg, newVisit, questionsIn, readVisit, saidIn, type Known, type LegSaid, type Visit } from '../../src/domain/visit'
import type { Fields } from '../../src/protocol/messages'

const CARD: Fields = {
  name: '老年卡',
  base_item: '992011001000',
  version: 3,
  dept: '民政',
  fields: [
    { name: 'contact_phone', label: '联系电话', type: 'phone', required: true },
    { name: 'card_form', label: '证件形式', type: 'choice', required: true, choices: ['电子证', '实体证'] },
    { name: 'deliver_to', label: '送达方式', type: 'choice', required: true, choices: ['EMS', '村代领'], when: { card_form: '实体证' } },
  ],
  materials: [
    { no: 1, name: '居民身份证', necessity: 1, licence: ['身份证'] },
    { no: 2, name: '一寸照片', necessity: 3 },
  ],
}
const BUS: Fields = {
  name: '公交卡',
  base_item: '992018001000',
  version: 1,
  dept: '交通',
  fields: [
    { name: 'contact_phone', label: '联系电话', type: 'phone', required: true },
    { name: 'deliver_to', label: '送达方式', type: 'choice', required: true, choices: ['EMS', '村代领'] },
  ],
  materials: [
    { no: 1, name: '老年人优待证', necessity: 1 },
    { no: 2, name: '居民身份证', necessity: 1 },
    { no: 3, name: '户口簿', necessity: 1, cancelled: true },
  ],
}
const KNOWN: Known = {
  items: [CARD, BUS],
  resident: { name: '汪秀英', citizen_id: '341802193507020027', village: '341881106200' },
  residentChanges: ['before'],
  account: 'a',
  helper: '吴思雨',
  now: Date.parse('2026-11-22T10:00:00+08:00'),
  today: '2026-11-22',
  ownDays: new Map(),
}
const PHOTO = { file: 'f', sha256: 's', size: 5, type: 'image/jpeg' }

function bundleVisit(...legs: Partial<LegSaid>[]): Visit {
  const made = ['i1', 'i2'].map((item, place) => ({ ...newLeg(item), ...legs[place] }))
  return { ...newVisit('v', 1, '341881106200'), resident: 'r', bundle: 'BUNDLE-01', legs: made }
}

function ids(): () => string {
  let made = 0
  return () => `id${++made}`
}

const ANSWERED = { contact_phone: '19900001111', card_form: '实体证', deliver_to: '村代领' }

describe('what two services ask alike', () => {
  test('is asked once and counts for both', () => {
    const visit = bundleVisit({ form: ANSWERED })
    expect(questionsIn(visit, KNOWN, 0).map((one) => one.name)).toEqual(['contact_phone', 'card_form', 'deliver_to'])
    expect(questionsIn(visit, KNOWN, 1)).toEqual([])
    expect(answersIn(visit, KNOWN, 1).map(([one, said]) => [one.name, said])).toEqual([
      ['contact_phone', '19900001111'],
      ['deliver_to', '村代领'],
    ])
  })

  test('is asked in the second where the first does not ask it now', () => {
    const visit = bundleVisit({ form: { ...ANSWERED, card_form: '电子证' } })
    expect(questionsIn(visit, KNOWN, 1).map((one) => one.name)).toEqual(['deliver_to'])
    expect(faultsOf(visit, KNOWN).filter((one) => one.step === 'form')).toMatchObject([{ leg: 1, field: 'deliver_to' }])
  })

  test('goes for materials as well, and what the first makes is awaited', () => {
    const visit = bundleVisit({ materials: { '1': { state: 'licence', photos: [], due: '' } } })
    expect(materialsIn(visit, KNOWN, 1).map((one) => one.name)).toEqual(['户口簿'])
    expect([...saidIn(visit, KNOWN, 1)].map(([no, said]) => [no, said.state])).toEqual([
      ['1', 'awaited'],
      ['2', 'licence'],
    ])
  })
})

describe('the filing of a bundle', () => {
  const visit = bundleVisit({
    form: ANSWERED,
    materials: {
      '1': { state: 'attached', photos: [PHOTO], due: '' },
      '2': { state: 'paper', photos: [PHOTO], due: '' },
    },
  })
  const { drafts, cases, caseChanges } = buildFiling(visit, KNOWN, ['T1', 'T2'], ids())
  const [consent, bundle, first, second] = drafts.map(([draft]) => draft)

  test('is one consent that names each leg, one bundle, and a case for each', () => {
    expect(drafts.map(([draft]) => draft.name)).toEqual(['consent.give', 'bundle.file', 'case.submit', 'case.submit'])
    expect(consent?.set).toMatchObject({ items: ['i1', 'i2'], purpose: '办理老年卡、公交卡', recipients: ['民政', '综合窗口', '交通'] })
    expect(bundle?.set).toMatchObject({ code: 'BUNDLE-01', legs: [{ leg: 1, item: 'i1', case: cases[0] }, { leg: 2, item: 'i2', case: cases[1] }] })
    expect([first?.set?.['receipt'], second?.set?.['receipt'], second?.set?.['leg']]).toEqual(['T1', 'T2', 2])
  })

  test('stands in line: consent before bundle before cases', () => {
    const [consentId, bundleId] = drafts.map(([, id]) => id)
    expect([consent?.needs, bundle?.needs, first?.needs, second?.needs]).toEqual([['before'], [consentId], [bundleId], [bundleId]])
    expect(caseChanges).toEqual(drafts.slice(2).map(([, id]) => id))
  })

  test('carries shared answers and photographs into both, and leaves behind what was not chosen', () => {
    expect(second?.set).toMatchObject({
      'form.contact_phone': '19900001111',
      delivery: { mode: 'pickup' },
      'material.1': { state: 'awaited' },
      'material.2': { state: 'attached', file: 'f' },
    })
    expect(first?.set?.['material.2']).toEqual({ state: 'paper' })
    expect(second?.set).not.toHaveProperty(['material.3'])
  })
})

test('a single service leaves no bundle', () => {
  const visit = { ...bundleVisit({ form: ANSWERED }), bundle: '', legs: [{ ...newLeg('i1'), form: ANSWERED }] }
  const { drafts } = buildFiling(visit, { ...KNOWN, items: [CARD] }, ['T1'], ids())
  expect(drafts.map(([draft]) => draft.name)).toEqual(['consent.give', 'case.submit'])
  expect(drafts.at(-1)?.[0].set).not.toHaveProperty('bundle')
  expect(drafts.at(-1)?.[0].set).toMatchObject({ served: 'home' })
})

test('a draft of an app before bundles is read as it was meant', () => {
  const { bundle: _, legs: __, ...old } = newVisit('v', 1, 'p')
  const read = readVisit(JSON.stringify({ ...old, item: 'i', form: { a: '1' }, materials: {} }))
  expect([read.bundle, read.legs]).toEqual(['', [{ item: 'i', form: { a: '1' }, materials: {} }]])
  expect(readVisit(JSON.stringify({ ...old, item: '', form: {}, materials: {} })).legs).toEqual([])
  expect(readVisit(JSON.stringify({ ...old, served: undefined })).served).toBe('home')
  const now = bundleVisit()
  expect(readVisit(JSON.stringify(now))).toEqual(now)
})
