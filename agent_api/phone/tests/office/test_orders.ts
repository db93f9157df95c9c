// A supervision order stays on Today until it is answered; other notices until they are read.

import { expect, test } from 'vitest'

import type { Office } from '../../src/office/office'
import { notices } from '../../src/office/work'
import type { Fields } from '../../src/protocol/messages'
import { noticeLines, orderLines } from '../../src/screens/waiting_lines'

const ORDER: Fields = { code: 'order', asks: 'explanation', text_zh: '督办单。', text_en: 'Supervision order.' }
const PLAIN: Fields = { code: 'light_yellow', asks: 'explanation', text_zh: '黄灯预警。', text_en: 'yellow.' }
const READ = { read_at: '2026-11-24T10:00:00+08:00' }

/** An office that knows notices and nothing else. */
function officeWith(held: { readonly [id: string]: Fields }): Office {
  const all = Object.entries(held).map(([record, fields]) => ({ record, fields }))
  return { replica: { seeAll: () => all }, titleOf: () => '' } as unknown as Office
}

test('an order that was read waits until it is answered, and is counted once', () => {
  const office = officeWith({ a: { ...ORDER, ...READ }, b: ORDER, c: PLAIN })
  expect(orderLines(office)).toMatchObject([{ id: 'orders', tone: 'bad', title: '督办单', detail: '2 张待答复', go: ['notices'] }])
  expect(noticeLines(office)).toMatchObject([{ detail: '1 条未读通知' }])
})

test('an answered order waits no more', () => {
  const office = officeWith({ a: { ...ORDER, ...READ, answer: '等回函' }, b: { ...PLAIN, ...READ } })
  expect(orderLines(office)).toEqual([])
  expect(noticeLines(office)).toEqual([])
})

test('what is to be answered stands before what is unread, and that before what was read', () => {
  const office = officeWith({ d: { ...PLAIN, ...READ }, c: PLAIN, a: { ...ORDER, ...READ }, b: { ...ORDER, ...READ, answer: 'x' } })
  expect(notices(office).map((one) => one.id)).toEqual(['a', 'c', 'd', 'b'])
})
