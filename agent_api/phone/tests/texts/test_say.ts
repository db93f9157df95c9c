// Texts in both languages: the same blanks in both, and one thing is not called many.

import { afterEach, expect, test } from 'vitest'

import { en } from '../../src/texts/en'
import { breakable, glossOf, materialGloss, nameOf, spokenIn } from '../../src/texts/names'
import { language, say, type TextKey } from '../../src/texts/say'
import { sayDay, sayDue } from '../../src/texts/times'
import { zh } from '../../src/texts/zh'

afterEach(() => (language.value = 'zh'))

function blanksIn(words: string): string[] {
  return [...new Set([...words.matchAll(/\{(\w+)/g)].map(([, name]) => name ?? ''))].sort()
}

test.each(Object.keys(zh) as TextKey[])('%s has the same blanks in both languages', (key) => {
  expect(blanksIn(en[key])).toEqual(blanksIn(zh[key]))
})

test('one is told from many in English, and Chinese needs no such thing', () => {
  language.value = 'en'
  expect([1, 2, 0].map((count) => say('photos_unsent', { count }))).toEqual([
    '1 photo waiting',
    '2 photos waiting',
    '0 photos waiting',
  ])
  expect(say('promise_days', { days: 1 })).toBe('promised within 1 working day')
  language.value = 'zh'
  expect(say('photos_unsent', { count: 1 })).toBe('1 张照片在排队')
})

test('a day is told as it stands on a calendar, with how long that is', () => {
  expect(sayDay('2026-12-02')).toBe('2026年12月2日（周三）')
  expect(sayDue('2026-12-02', '2026-11-29')).toBe('2026年12月2日（周三）前 · 还有 3 天')
  language.value = 'en'
  expect(sayDay('2026-12-02')).toBe('Wed 2 Dec 2026')
  expect(sayDue('2026-11-28', '2026-11-29')).toBe('by Sat 28 Nov 2026 · 1 day over')
  expect([sayDay('soon'), sayDue('', '2026-11-29')]).toEqual(['soon', ''])
})

test('a masked id breaks in front of the signs that one compares', () => {
  expect(breakable('341802********002X').split('\u200b')).toEqual(['341802********', '002X'])
  expect([breakable('********'), breakable('')]).toEqual(['********', ''])
})

test('an English screen shows the English name there is, else the Chinese one with its kind', () => {
  const item = { name: '80周岁以上老年人高龄津贴申领', base_item: '990511001000', type: '05' }
  const card = { no: '1', name: '居民身份证', necessity: 'necessary', licences: ['身份证'], instead: '', cancelled: false } as const
  expect([nameOf({ ...item, name_en: 'Old-age allowance' }), glossOf(item), materialGloss(card)]).toEqual([item.name, '', ''])
  expect(spokenIn(item.name)).toBeUndefined()
  language.value = 'en'
  expect(nameOf({ ...item, name_en: 'Old-age allowance' })).toBe('Old-age allowance')
  expect(glossOf({ ...item, name_en: 'Old-age allowance' })).toBe('')
  expect([nameOf(item), glossOf(item), materialGloss(card)]).toEqual([item.name, 'benefit, growing old', 'id card'])
  expect([spokenIn(item.name), spokenIn('Old-age allowance')]).toEqual(['zh-CN', undefined])
})
