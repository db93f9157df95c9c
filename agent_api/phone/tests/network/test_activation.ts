// What an activation code looks like, typed or scanned.

import { expect, test } from 'vitest'

import { codeIn } from '../../src/network/activation'

const HOST = 'centre.example'

test.each([
  ['ABCDE-23456', 'ABCDE-23456'],
  [' abcde 23456 ', 'abcde 23456'],
  [`bangban:https://${HOST}?code=ABCDE-23456`, 'ABCDE-23456'],
  [`https://${HOST}/app/?lang=zh&code=ABCDE23456#x`, 'ABCDE23456'],
  [`bangban:https://${HOST}?code=ABCDE%2D23456`, 'ABCDE-23456'],
  ['', ''],
  ['12345', ''],
  [`https://${HOST}/?other=ABCDE23456`, ''],
  ['BANGBAN1:AAAAAAAA:1:1:AAAAAAAA', ''],
  ['bangban:x?code=%E0%A4%A', ''],
])('%s', (text, code) => {
  expect(codeIn(text)).toBe(code)
})
