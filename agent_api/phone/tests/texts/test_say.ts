// Texts in both languages: the same blanks in both, and one thing is not called many.

import { afterEach, expect, test, vi } from 'vitest'

import { faultOfAnswer, questionsOf } from '../../src/domain/form'
import { materialsOf } from '../../src/domain/materials'
import { en } from '../../src/texts/en'
import { saidLines } from '../../src/texts/labels'
import {
  breakable,
  choiceName,
  glossOf,
  insteadOf,
  labelOf,
  materialGloss,
  materialName,
  nameOf,
  spokenIn,
  textOf,
} from '../../src/texts/names'
import { language, say, type TextKey } from '../../src/texts/say'
import { sayDate, sayDay, sayDue, sayWhen } from '../../src/texts/times'
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
  expect(sayDue('2026-12-02', '2026-11-29')).toBe('12月2日（周三）前 · 还有\u00a03\u00a0天')
  expect(sayDue('2028-02-02', '2026-11-29')).toBe('2028年2月2日（周三）前 · 还有\u00a0430\u00a0天')
  language.value = 'en'
  expect(sayDay('2026-12-02')).toBe('Wed 2 Dec 2026')
  expect(sayDue('2026-11-28', '2026-11-29')).toBe('by Sat 28 Nov · 1 day over')
  expect([sayDay('soon'), sayDue('', '2026-11-29')]).toEqual(['soon', ''])
})

test('a masked id breaks in front of the signs that one compares', () => {
  expect(breakable('341802********002X').split('\u200b')).toEqual(['341802********', '002X'])
  expect([breakable('********'), breakable('')]).toEqual(['********', ''])
})

test('an English screen shows the English name there is, else the Chinese one with its kind', () => {
  const item = { name: '80周岁以上老年人高龄津贴申领', base_item: '990511001000', type: '05' }
  const card = { no: '1', name: '居民身份证', nameEn: '', necessity: 'necessary', licences: ['身份证'], instead: '', insteadEn: '', cancelled: false } as const
  expect([nameOf({ ...item, name_en: 'Old-age allowance' }), glossOf(item), materialGloss(card)]).toEqual([item.name, '', ''])
  expect(spokenIn(item.name)).toBeUndefined()
  language.value = 'en'
  expect(nameOf({ ...item, name_en: 'Old-age allowance' })).toBe('Old-age allowance')
  expect(glossOf({ ...item, name_en: 'Old-age allowance' })).toBe('')
  expect([nameOf(item), glossOf(item), materialGloss(card)]).toEqual([item.name, 'benefit, growing old', 'id card'])
  expect([spokenIn(item.name), spokenIn('Old-age allowance')]).toEqual(['zh-CN', undefined])
})

test('what an item asks and needs is in English where the catalogue has it, and the answer stays the Chinese one', () => {
  const item = {
    fields: [{ name: 'card_form', label: '证件形式', label_en: 'Form of the card', choices: ['电子证', '实体证'], choices_en: ['Electronic', 'On plastic'] }],
    materials: [{ no: 1, name: '居民身份证', name_en: 'id card', instead: '共享核验', instead_en: 'checked in shared data' }],
  }
  const [question, material] = [questionsOf(item)[0]!, materialsOf(item)[0]!]
  const said = (): string[] => [labelOf(question), choiceName(question, '实体证'), materialName(material), insteadOf(material)]
  expect(said()).toEqual(['证件形式', '实体证', '居民身份证', '共享核验'])
  const sent = { 'form.card_form': '实体证', 'material.1': { state: 'paper' } }
  language.value = 'en'
  expect(said()).toEqual(['Form of the card', 'On plastic', 'id card', 'checked in shared data'])
  expect(choiceName(question, 'what was typed')).toBe('what was typed')
  expect(saidLines(sent, {}, item)).toEqual([['Form of the card', 'On plastic'], ['id card', 'Paper taken in']])
  expect(faultOfAnswer(question, 'On plastic', '2026-11-22')).toBe('field_missing')
})

test('common words of the lists are in English where the catalogue says nothing, and others stay as they are', async () => {
  const item = { dept: '民政', fields: [{ name: 'a', label: '联系电话' }, { name: 'b', label: '某个没有译文的问题' }] }
  const [phone, other] = questionsOf(item)
  language.value = 'en'
  await vi.waitFor(() => expect(labelOf(phone!)).toBe('Phone'))
  expect([labelOf(other!), textOf(item, 'dept')]).toEqual(['某个没有译文的问题', 'Civil Affairs'])
  language.value = 'zh'
  expect([labelOf(phone!), textOf(item, 'dept')]).toEqual(['联系电话', '民政'])
})

test('a day and a moment are said as people say them, in either language', () => {
  expect(sayDate('1938-03-15')).toBe('1938年3月15日')
  const now = Date.parse('2026-11-30T10:00:00+08:00')
  expect(sayWhen(now - 3 * 86_400_000, now)).toBe('11月27日 10:00')
  language.value = 'en'
  expect([sayDate('1938-03-15'), sayWhen(now - 3 * 86_400_000, now)]).toEqual(['15 Mar 1938', '27 Nov 10:00'])
})
