// What stands in the way of finishing, step by step; a visit without any of it can be captured.

import { describe, expect, test } from 'vitest'

import { faultsOf } from '../../src/domain/faults'
import { buildFiling } from '../../src/domain/filing'
import { newLeg, newVisit, type ConsentSaid, type Known, type NewResident, type Visit } from '../../src/domain/visit'
import type { Fields } from '../../src/protocol/messages'

const ITEM: Fields = {
  name: '困难残疾人生活补贴',
  data_kinds: ['identity', 'health', 'bank'],
  fields: [{ name: 'years', label: '年数', type: 'number', required: true, min: 1, max: 15 }],
  materials: [
    { no: 1, name: '残疾人证', necessity: 1 },
    { no: 2, name: '近期照片', necessity: 3 },
  ],
}
const KNOWN: Known = {
  items: [ITEM],
  resident: { name: '汪秀英' },
  residentChanges: [],
  account: 'a',
  helper: '吴思雨',
  now: Date.parse('2026-11-22T10:00:00+08:00'),
  today: '2026-11-22',
  ownDays: new Map(),
}
const PRINT: Partial<ConsentSaid> = { means: 'fingerprint', readAloud: true, witness: '李大山', sensitive: ['health', 'bank'] }

function visitWith(consent: Partial<ConsentSaid>, changes: Partial<Visit> = {}): Visit {
  const visit = { ...newVisit('v', 1, '341881106200'), resident: 'r', legs: [{ ...newLeg('i'), form: { years: '3' } }] }
  return { ...visit, consent: { ...visit.consent, ...consent }, ...changes }
}

function codes(visit: Visit): string[] {
  return faultsOf(visit, KNOWN).map((fault) => `${fault.field}: ${fault.code}`)
}

describe('a consent', () => {
  test('by fingerprint has a witness, who is neither the helper nor the resident', () => {
    expect(codes(visitWith(PRINT))).toEqual([])
    expect(codes(visitWith({ ...PRINT, witness: ' ' }))).toEqual(['witness: witness_missing'])
    expect(codes(visitWith({ ...PRINT, witness: '吴思雨' }))).toEqual(['witness: witness_is_helper'])
    expect(codes(visitWith({ ...PRINT, witness: '汪秀英' }))).toEqual(['witness: witness_is_resident'])
    expect(codes(visitWith({ ...PRINT, means: 'oral', witness: '' }))).toEqual(['witness: witness_missing'])
  })

  test('has every sensitive kind ticked by itself, and was read out', () => {
    expect(codes(visitWith({ ...PRINT, sensitive: ['bank'] }))).toEqual(['sensitive.health: sensitive_not_ticked'])
    expect(codes(visitWith({ ...PRINT, sensitive: [], readAloud: false }))).toEqual([
      'sensitive.health: sensitive_not_ticked',
      'sensitive.bank: sensitive_not_ticked',
      'readAloud: not_read_aloud',
    ])
  })

  test('by signature is signed in the box or on paper', () => {
    const signed = { ...PRINT, means: 'signature', witness: '' } as const
    expect(codes(visitWith(signed))).toEqual(['signature: signature_missing'])
    expect(codes(visitWith({ ...signed, onPaper: true }))).toEqual([])
  })

  test('goes to the centre as it was given', () => {
    let made = 0
    const filing = buildFiling(visitWith(PRINT), KNOWN, ['T1'], () => `id${++made}`)
    const [[draft]] = filing.drafts as unknown as [[{ set: Fields }]]
    expect(draft.set).toMatchObject({ means: 'fingerprint', witness: '李大山', read_aloud: true, sensitive: ['health', 'bank'] })
  })
})

test('a new resident needs a name, and an id that there can be', () => {
  const newResident: NewResident = { name: ' ', citizenId: '341802193507020028', birth: '2027-01-01', phone: '', address: '' }
  expect(codes(visitWith(PRINT, { resident: '', newResident }))).toEqual([
    'name: field_missing',
    'citizenId: citizen_id_check',
    'birth: birth_future',
  ])
})

test('whoever works in several villages says where a new resident lives', () => {
  const newResident: NewResident = { name: '汪小花', citizenId: '', birth: '', phone: '', address: '' }
  expect(codes(visitWith(PRINT, { resident: '', newResident, village: '' }))).toEqual(['village: choice_missing'])
  expect(codes(visitWith(PRINT, { resident: '', newResident }))).toEqual([])
})

test('what an item asks is told beside its field, and a material that is missing stops nobody', () => {
  const legs = [{ ...newLeg('i'), form: { years: '16' }, materials: { 2: { state: 'attached', photos: [], due: '' } } }] as const
  expect(codes(visitWith(PRINT, { legs }))).toEqual(['years: answer_range', '2: material_file'])
})

test('a promise has a day and was explained', () => {
  const legs = [{ ...newLeg('i'), form: { years: '3' }, materials: { 2: { state: 'promised', photos: [], due: '' } } }] as const
  expect(codes(visitWith(PRINT, { legs }))).toEqual(['2: promise_due_missing', 'promise: promise_unread'])
})

test.each([
  ['2026-11-27', []],
  ['2026-11-28', ['2: promise_too_late']],
  ['2026-11-21', ['2: promise_past']],
])('a promise for %s is within what the desk can accept, or goes to nobody', (due, told) => {
  const legs = [{ ...newLeg('i'), form: { years: '3' }, materials: { 2: { state: 'promised', photos: [], due } } }] as const
  expect(codes(visitWith(PRINT, { legs, promiseRead: true }))).toEqual(told)
})
