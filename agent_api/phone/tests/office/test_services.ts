// What a resident is offered: bundles first, then what fits with what it pays, then the rest with the reason why not.

import { expect, test } from 'vitest'

import { eventsToChoose, offersFor, paysTo } from '../../src/office/services'
import type { Fields } from '../../src/protocol/messages'
import type { Sighting } from '../../src/replica/replica'

const TODAY = '2026-11-22'
const RESIDENT: Fields = { name: '汪秀英', birth: '1935-07-02', village: '341881106200' }

function item(record: string, fields: Fields): Sighting {
  const whole = { catalogue: 'village:341800', status: 'active', ...fields }
  return { record, kind: 'item', fields: whole, row: undefined, own: [] }
}

const ITEMS = [
  item('card', { name: '老年卡', base_item: '992011001000', key: '1', promise_days: 1, rule: { min_age: 60 } }),
  item('bus', { name: '公交卡', base_item: '992018001000', key: '2', promise_days: 3, rule: { min_age: 70 } }),
  item('hundred', { name: '长寿保健费', base_item: '992011901000', key: '3', rule: { min_age: 100 } }),
  item('allowance', {
    name: '高龄津贴',
    base_item: '990511001000',
    key: '4',
    rule: { min_age: 80, hukou: 'county' },
    amounts: [{ min_age: 90, fen: 6000, per: 'month' }],
  }),
  item('death', { name: '死亡户口注销', base_item: '990709002000', key: '5' }),
]

test('bundles stand first, what fits next, and what does not fit last, with its reason', () => {
  const { bundles, likely, others } = offersFor(ITEMS, RESIDENT, TODAY, '', '')
  expect(bundles.map((one) => [one.bundle, one.items])).toEqual([
    ['BUNDLE-01', ['card', 'bus']],
    ['BUNDLE-03', ['card', 'allowance']],
  ])
  expect(bundles[0]?.detail).toContain('承诺 4 个工作日')
  expect(likely.map((one) => one.id)).toEqual(['card', 'bus', 'allowance'])
  expect(others.map((one) => one.id)).toEqual(['death', 'hundred'])
  expect(others[1]?.doubt).toContain('年龄不低于100')
})

test('the first of them are told before the rest, in the same order', () => {
  const whole = offersFor(ITEMS, RESIDENT, TODAY, '', '')
  const ids = (one: ReturnType<typeof offersFor>): string[] => [...one.bundles, ...one.likely, ...one.others].map(({ id }) => id)
  for (let count = 0; count <= 8; count++) {
    expect(ids(offersFor(ITEMS, RESIDENT, TODAY, '', '', count))).toEqual(ids(whole).slice(0, count))
  }
})

test('what it pays is told for this very person', () => {
  expect(offersFor(ITEMS, RESIDENT, TODAY, '津贴', '').likely[0]?.pays).toBe('每月60元')
  expect(paysTo(ITEMS[3]!.fields, { ...RESIDENT, birth: '1945-01-01' }, TODAY)).toBe('')
  expect(paysTo(ITEMS[3]!.fields, { name: '无' }, TODAY)).toBe('')
})

test('who is registered elsewhere can be filed for all the same, and hears why it may not fit', () => {
  const { others } = offersFor(ITEMS, { ...RESIDENT, hukou: '341802000000' }, TODAY, '津贴', '')
  expect(others).toMatchObject([{ id: 'allowance', verdict: 'no' }])
  expect(others[0]?.doubt).toContain('户籍在本县')
})

test('an event of life narrows the list, and only events with something on offer are shown', () => {
  expect(eventsToChoose(ITEMS).map((one) => one.code)).toEqual(['old_age', 'papers', 'death'])
  const { bundles, likely, others } = offersFor(ITEMS, RESIDENT, TODAY, '', 'death')
  expect([bundles, likely, others.map((one) => one.id)]).toEqual([[], [], ['death']])
})
