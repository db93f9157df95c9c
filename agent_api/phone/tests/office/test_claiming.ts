// Lists filled from another list: what may be taken over, and what is never filled over.

import { expect, test } from 'vitest'

import { baseChanges } from '../../src/domain/claims'
import { fillOthers, neighbourSource, othersToFill, ownSource } from '../../src/office/claiming'
import type { Office } from '../../src/office/office'
import type { Fields } from '../../src/protocol/messages'
import type { Draft } from '../../src/replica/replica'

const OURS = { unit: 'u', campaign: 'k', state: 'filling' }
const CLAIMS: { readonly [record: string]: Fields } = {
  mine: { ...OURS, base_item: '1' },
  near: { ...OURS, base_item: '2', 'f.address': '村部', 'f.hours': '8-11', 'f.flow': '受理' },
  done: { ...OURS, base_item: '3', state: 'published' },
  away: { unit: 'v', campaign: 'k', state: 'filling', base_item: '1', 'f.address': '别村', 'f.flow': '审核' },
}
const captured: Draft[] = []
const office = {
  fields: (record: string) => CLAIMS[record] ?? {},
  titleOf: (record: string) => record,
  replica: { seeAll: () => Object.entries(CLAIMS).map(([record, fields]) => ({ record, fields })) },
  capture: (drafts: readonly Draft[]) => Promise.resolve(captured.push(...drafts)),
} as unknown as Office

test('from another list of the own unit come the local fields alone', () => {
  expect(ownSource(office, 'mine')).toEqual({ name: 'near', values: { address: '村部', hours: '8-11' } })
  expect(ownSource(office, 'away')).toBeNull()
})

test('from a neighbour never come the local fields', () => {
  expect(neighbourSource(office, 'mine')).toEqual({ name: 'away', values: { flow: '审核' } })
  expect(neighbourSource(office, 'near')).toBeNull()
})

test('many lists in hand are filled at once, and what somebody filled stays', async () => {
  const values = { address: '新址', helper_name: '吴', flow: '不带' }
  expect(othersToFill(office, 'mine', values)).toEqual(['near'])
  expect(await fillOthers(office, 'mine', values)).toBe(1)
  expect(captured.map((one) => [one.record, one.set])).toEqual([['near', { state: 'filling', 'f.helper_name': '吴' }]])
})

test('what changed in the base item is told beside what the unit wrote', () => {
  const rebased = [
    { field: 'name', label: '事项名称', was: '老年优待证办理', now: '老年人优待证办理', own: '老年证' },
    { field: 'legal_days', label: '法定时限', was: 20, now: 10 },
  ]
  expect(baseChanges({ rebased })).toEqual([
    { field: 'name', label: '事项名称', was: '老年优待证办理', now: '老年人优待证办理', own: '老年证' },
    { field: 'legal_days', label: '法定时限', was: '20', now: '10', own: null },
  ])
  expect(baseChanges({})).toEqual([])
})
