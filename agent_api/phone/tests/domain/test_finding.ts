// A resident is found by what a helper hears: part of the name, its initials, the last digits of id or phone.

import { expect, test } from 'vitest'

import { findItems, findResidents, firstByName } from '../../src/domain/finding'
import { readInitials } from '../../src/domain/initials'
import type { Fields } from '../../src/protocol/messages'
import type { Sighting } from '../../src/replica/replica'

const initials = readInitials()
const PEOPLE = [
  seen({ name: '汪秀英', citizen_id: '341802193507020027', phone: '19900001111' }),
  seen({ name: '单玉兰', citizen_id: '34180219600101002X' }),
  seen({ name: '欧阳修' }),
]
const ITEMS = [
  seen({ name: '高龄津贴申领', dept: '民政', catalogue: 'village:341800', status: 'active', key: 'V03' }),
  seen({ name: '木材运输证核发', catalogue: 'village:341800', status: 'cancelled', key: 'V30' }),
  seen({ name: '本单位事项', status: 'active', key: 'V01' }),
]

function seen(fields: Fields): Sighting {
  return { record: String(fields['name']), kind: '', fields, row: undefined, own: [] }
}

function found(words: string): string[] {
  return findResidents(PEOPLE, words, 30, initials).map((one) => one.record)
}

test.each([
  ['秀英', ['汪秀英']],
  ['wxy', ['汪秀英']],
  ['XY', ['汪秀英']],
  ['syl', ['单玉兰']],
  ['dyl', ['单玉兰']],
  ['oyx', ['欧阳修']],
  ['002x', ['单玉兰']],
  ['1111', ['汪秀英']],
  ['汪 0027', ['汪秀英']],
  ['zz', []],
])('%s finds %s', (words, names) => {
  expect(found(words)).toEqual(names)
})

test('no words find everybody, in the order of their names', () => {
  expect(found('')).toEqual(['单玉兰', '欧阳修', '汪秀英'])
})

test('only services of the catalogue that stand are offered', () => {
  expect(findItems(ITEMS, '', initials).map((one) => one.record)).toEqual(['高龄津贴申领'])
  expect(findItems(ITEMS, 'gljt', initials).map((one) => one.record)).toEqual(['高龄津贴申领'])
})

test('the first by name are those of the whole order, namesakes as they came', () => {
  const signs = [...'汪单欧阳修玉兰秀英王李张刘陈']
  const names = Array.from({ length: 200 }, (_, n) => `${signs[(n * 7) % signs.length]}${signs[(n * 5 + 3) % signs.length]}`)
  const many = names.map((name, n) => ({ ...seen({ name }), record: String(n) }))
  const first = [0, 1, 30, 300].map((count) => firstByName([...many], count).map((one) => one.record))
  const { compare } = new Intl.Collator('zh-CN')
  const all = [...many].sort((one, other) => compare(String(one.fields['name']), String(other.fields['name'])))
  expect(first).toEqual([0, 1, 30, 300].map((count) => all.slice(0, count).map((one) => one.record)))
  const [sign = ''] = signs
  const withSign = all.filter((one) => String(one.fields['name']).includes(sign))
  expect(findResidents(many, sign, 5)).toEqual(withSign.slice(0, 5))
})
