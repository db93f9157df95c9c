// What was pasted becomes text that a line may hold, and keeps every letter.

import { expect, test } from 'vitest'
import { allAsSent, asSent } from '../../src/protocol/text'
import { golden } from './golden'

test.each(golden<{ typed: string; sent: string }[]>('typed.json'))('$typed is sent as the centre would', (text) => {
  expect(asSent(text.typed)).toBe(text.sent)
  expect(asSent(text.sent)).toBe(text.sent)
})

test('what nobody sees goes and what can be read stays', () => {
  expect(asSent('\u202d138 0013 8000\u202c')).toBe('138 0013 8000')
  expect(asSent('\u2068王\u2069')).toBe('王')
  expect(asSent('e\u0301')).toBe('é')
  expect(asSent('a\u0000b')).toBe('ab')
  expect(asSent('好\ud83d')).toBe('好')
  expect(asSent('🍵\n茶')).toBe('🍵\n茶')
})

test('every text of a value is read and nothing else', () => {
  const typed = { a: '\u202d1\u202c', b: [{ c: 'e\u0301' }], d: 7, e: null, f: true }
  expect(allAsSent(typed)).toEqual({ a: '1', b: [{ c: 'é' }], d: 7, e: null, f: true })
})
