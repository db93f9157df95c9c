// What waits for a person, decided from the records alone: conflicts, corrections, promises, claims, a site's own words.

import { expect, test } from 'vitest'

import { CLAIM_FIELDS } from '../../src/domain/claim_fields'
import {
  changedSince,
  claimables,
  claimId,
  emptyMandatory,
  fillDraft,
  inheritedValues,
  isInScope,
  openCampaign,
} from '../../src/domain/claims'
import { choicesOf, decisionOf, readConflict } from '../../src/domain/conflicts'
import { localItemId, shownItem } from '../../src/domain/local_items'
import {
  broughtFields,
  correctionOf,
  daysLeft,
  faultsOfBrought,
  isToHandOver,
  NOTHING_BROUGHT,
  promisesOf,
  withOnlyOne,
} from '../../src/domain/open_cases'
import { residentAgain, visitAgain } from '../../src/domain/refiling'
import type { Fields, Value } from '../../src/protocol/messages'

const ITEM: Fields = {
  name: '高龄津贴',
  materials: [
    { no: 1, name: '身份证', necessity: 1, licence: ['身份证'] },
    { no: 2, name: '审批表', name_en: 'form', necessity: 1 },
    { no: 3, name: '社保卡', necessity: 3 },
    { no: 4, name: '旧证明', necessity: 1, cancelled: true },
  ],
  fields: [{ name: 'income', label: '家庭收入', type: 'number' }],
}
const CONFLICT: Fields = {
  record: 'r',
  kind: 'resident',
  fields: ['phone', 'address'],
  state: 'open',
  base: { phone: '1' },
  theirs: { phone: '2', address: '东' },
  mine: { phone: '3', address: '西' },
}

test('a conflict is decided field by field, and the decision says what was seen', () => {
  const conflict = readConflict('c', CONFLICT, { phone: '2', address: '南' })
  expect(conflict.sides.map(choicesOf)).toEqual([
    ['mine', 'theirs', 'base'],
    ['mine', 'theirs', 'base', 'now'],
  ])
  expect(decisionOf(conflict, { phone: 'mine' })).toBeNull()
  expect(decisionOf(conflict, { phone: 'mine', address: 'base' })).toEqual({
    state: 'decided',
    decided_value: { phone: '3', address: null },
    seen: { phone: '2', address: '南' },
  })
})

test('a value as deep as a line holds is decided for beside the others', () => {
  const materials = (name: string): Value => [{ name, licence: ['身份证', '户口簿'] }]
  const sides = { theirs: { materials: materials('甲'), phone: '2' }, mine: { materials: materials('乙'), phone: '3' } }
  const conflict = readConflict('c', { ...CONFLICT, ...sides, fields: ['phone', 'materials'] }, null)
  expect(decisionOf(conflict, { phone: 'theirs', materials: 'mine' })).toEqual({
    state: 'decided',
    decided_value: { phone: '2' },
    'decided.materials': materials('乙'),
    seen: { phone: '2' },
    'seen.materials': materials('甲'),
  })
})

test('without the record what stood then is all that was seen', () => {
  const [phone] = readConflict('c', CONFLICT, null).sides
  expect(phone?.now).toBe('2')
})

test('a returned case tells what is missing, in the item’s own words', () => {
  const correction = { materials: [{ no: 2, why: 'unreadable' }], answers: [{ name: 'income' }], text: '请补', due: '2026-12-01' }
  expect(correctionOf({ state: 'to_correct', correction }, ITEM)).toEqual({
    materials: [{ no: '2', name: '审批表', nameEn: 'form', why: 'unreadable', said: '' }],
    answers: [{ name: 'income', label: '家庭收入', labelEn: '', said: '' }],
    said: '请补',
    due: '2026-12-01',
  })
  expect(correctionOf({ state: 'received', correction }, ITEM)).toBeNull()
})

test('promises wait with their day while the case is open, and no longer', () => {
  const promised = { state: 'reviewing', 'material.3': { state: 'promised', due: '2026-12-03' } }
  expect(promisesOf(promised, ITEM).map(([one, due]) => [one.name, due])).toEqual([['社保卡', '2026-12-03']])
  expect(promisesOf({ ...promised, state: 'decided' }, ITEM)).toEqual([])
  expect([daysLeft('2026-12-03', '2026-11-23'), daysLeft('2026-11-22', '2026-11-23'), daysLeft('', '2026-11-23')]).toEqual([10, -1, null])
})

test('a result is handed over where it waits in the village, once', () => {
  const here = { state: 'finished', parcel: { mode: 'pickup', state: 'at_village' } }
  expect(isToHandOver(here)).toBe(true)
  expect(isToHandOver({ ...here, handover: { to: '王' } })).toBe(false)
  expect(isToHandOver({ state: 'finished', parcel: { mode: 'ems', state: 'moving' } })).toBe(false)
})

test('what is brought is whole before it goes, and numbers are numbers', () => {
  const paper = { state: 'paper', photos: [], due: '' } as const
  const brought = { ...NOTHING_BROUGHT, materials: { '2': paper }, form: { income: ' 1200 ' } }
  expect([...faultsOfBrought(NOTHING_BROUGHT, ['2'], ['income']).keys()]).toEqual(['material.2', 'form.income'])
  expect(faultsOfBrought({ ...brought, materials: { '2': { ...paper, state: 'attached' } } }, ['2']).get('material.2')).toBe('material_file')
  expect(faultsOfBrought(brought, ['2'], ['income']).size).toBe(0)
  expect(broughtFields(brought, ITEM)).toEqual({ 'material.2': { state: 'paper' }, 'form.income': 1200 })
})

const PHOTO = { file: 'f', sha256: 's', size: 7, type: 'image/jpeg' }

test('a refused filing is done again from its content, with a consent of its own', () => {
  const sent: Fields = {
    resident: 'r',
    item: 'i',
    village: '341881106200',
    consent: 'c',
    served: 'station',
    'form.income': 1200,
    'material.1': { state: 'licence' },
    'material.2': { state: 'attached', file: 'f' },
  }
  const visit = visitAgain('v', 5, sent, { record: 'r', anew: null }, { '2': [] })
  expect([visit.resident, visit.legs[0]?.item, visit.legs[0]?.form, visit.step]).toEqual(['r', 'i', { income: '1200' }, 'form'])
  expect(Object.keys(visit.legs[0]?.materials ?? {})).toEqual(['1'])
  expect(visit.consent.signature).toBeNull()
  expect(visit.served).toBe('station')
  const again = visitAgain('v', 5, sent, { record: 'r', anew: null }, { '2': [{ ...PHOTO, isNamedBefore: true }] })
  expect(again.legs[0]?.materials['2']).toEqual({ state: 'attached', photos: [{ ...PHOTO, isNamedBefore: true }], due: '' })
  expect(residentAgain({ name: '王', citizen_id: '1' })).toEqual({ name: '王', citizenId: '1', birth: '', phone: '', address: '' })
})

const CAMPAIGN = { record: 'k', fields: { start: '2026-11-01', end: '2026-12-01', scope: { places: ['341881000000'] } } }
const VILLAGE = '341881106200'

test('a campaign asks whom its scope names, while it runs', () => {
  expect(openCampaign([CAMPAIGN], '2026-11-23')).toBe(CAMPAIGN)
  expect(openCampaign([CAMPAIGN], '2026-12-02')).toBeNull()
  expect(isInScope(CAMPAIGN.fields, 'u', VILLAGE)).toBe(true)
  expect(isInScope(CAMPAIGN.fields, 'u', '341802106200')).toBe(false)
  expect(isInScope({ scope: { levels: ['6'] } }, 'u', VILLAGE)).toBe(true)
  expect(isInScope({ scope: { levels: ['5'] } }, 'u', VILLAGE)).toBe(false)
})

test('a unit may claim its own items and the standard ones, cancelled ones never', () => {
  const items = [
    { record: 'a', fields: { base_item: '1', name: '甲' } },
    { record: 'b', fields: { base_item: '2', name: '乙', status: 'cancelled' } },
    { record: 'c', fields: { base_item: '3', name: '丙', unit: 'other' } },
  ]
  const [one, ...more] = claimables({ campaign: CAMPAIGN, items, claims: [], units: ['u'], village: VILLAGE })
  expect(one).toMatchObject({ claim: claimId('k', 'u', '1'), state: 'free', place: VILLAGE, item: 'a' })
  expect(more).toEqual([])
})

test('only what differs is written, and what a reviewer would miss is told', () => {
  expect(fillDraft('c', { state: 'claimed', 'f.hours': '8-11' }, { hours: '8-11' })).toBeNull()
  expect(fillDraft('c', { state: 'published' }, { hours: '8-11' })).toBeNull()
  expect(fillDraft('c', { state: 'submitted' }, { legal_days: '30', address: '东' })?.set).toEqual({
    state: 'submitted',
    'f.legal_days': 30,
    'f.address': '东',
  })
  const values = inheritedValues(ITEM)
  expect(values).toEqual({ name: '高龄津贴', materials: '身份证、审批表、社保卡' })
  expect(emptyMandatory(values)).toContain('address')
  expect(CLAIM_FIELDS.filter((field) => field.local)).toHaveLength(5)
  expect(changedSince({ 'f.hours': '1', due: 'x' }, { 'f.hours': '2', state: 'filling' })).toEqual(['f.hours', 'state'])
})

test('a site shows its own place and departures over the standard', () => {
  const shown = shownItem({ where: '县', promise_days: 20 }, { 'f.promise_days': 5, place_text: '' }, { place_text: '村部', hours: '8-11' })
  expect(shown).toEqual({ where: '村部', promise_days: 5, hours: '8-11' })
  expect(shownItem({ promise_days: 3, visits: 0 }, { 'f.promise_days': 5, 'f.visits': 1 }, null)).toEqual({ promise_days: 3, visits: 0 })
  expect(localItemId('u')).not.toBe(localItemId('u', 'i'))
})

test('what is brought is the only material that is asked for, and a photograph of it has to be taken', () => {
  const only = withOnlyOne(NOTHING_BROUGHT, ['3'])
  expect(only.materials).toEqual({ 3: { state: 'attached', photos: [], due: '' } })
  expect([...faultsOfBrought(only, ['3'])]).toEqual([['material.3', 'material_file']])
  expect(withOnlyOne(NOTHING_BROUGHT, ['3', '4'])).toBe(NOTHING_BROUGHT)
  const paper = { ...NOTHING_BROUGHT, materials: { 3: { state: 'paper', photos: [], due: '' } } } as const
  expect(withOnlyOne(paper, ['3'])).toBe(paper)
})
