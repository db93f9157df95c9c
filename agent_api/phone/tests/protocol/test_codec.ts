// The golden messages are what this end writes and reads, and no line that is no change passes for one.

import { describe, expect, test } from 'vitest'

import { utf8 } from '../../src/protocol/bytes'
import { digest, encodeChange, encodeRequest, parseAnswer, readBody, readChange } from '../../src/protocol/codec'
import { LimitExceeded, Malformed, NotAuthentic } from '../../src/protocol/errors'
import { REQUEST_DEFAULTS, type Change } from '../../src/protocol/messages'
import { golden, goldenBytes, type ChainVectors } from './golden'

const chain = golden<ChainVectors>('chain.json')
const decoder = new TextDecoder()

test.each(chain.lines)('a golden line is read and written again to the byte: %s', (line) => {
  expect(encodeChange(readChange(line))).toBe(line)
})

describe.each(golden<{ why: string; line: string }[]>('bad_lines.json'))('$why', ({ line }) => {
  test('is no change', () => {
    expect(() => readChange(line)).toThrow(Malformed)
  })
})

test('the golden request is written to the byte', () => {
  const message = encodeRequest(
    {
      ...REQUEST_DEFAULTS,
      protocol: 1,
      device: chain.device,
      epoch: 'e1',
      chain_epoch: 1,
      first_seq: 1,
      prev_hash: chain.genesis,
      n: 4,
      signature: chain.signature,
      cursors: [['place:341881106200', 1, 7, 'a'.repeat(32)]],
    },
    chain.lines,
  )
  expect(message).toEqual(goldenBytes('request.lines'))
})

test('the golden answer is read', () => {
  const { envelope, bodies } = parseAnswer(goldenBytes('answer.lines'))
  expect(envelope.outcomes.map((outcome) => [outcome.seq, outcome.code, outcome.reason])).toEqual([
    [1, 'applied', ''],
    [2, 'applied', ''],
    [3, 'applied', ''],
    [4, 'applied', ''],
  ])
  expect(bodies.map((body) => readBody(body).fields['state'])).toEqual(['received'])
  expect(digest(bodies)).toBe(envelope.digest)
})

test('a login page is no answer', () => {
  expect(() => parseAnswer(utf8('<html><title>请先登录</title></html>'))).toThrow(Malformed)
  expect(() => parseAnswer(utf8('{"ok":true}'))).toThrow(Malformed)
})

test('an answer cut on the way is no answer', () => {
  const whole = goldenBytes('answer.lines')
  expect(() => parseAnswer(whole.slice(0, -3))).toThrow(NotAuthentic)
  expect(() => parseAnswer(whole.slice(0, 40))).toThrow(Malformed)
})

test('an answer with a changed body is no answer', () => {
  const changed = decoder.decode(goldenBytes('answer.lines')).replace('19900001111', '19900001112')
  expect(() => parseAnswer(utf8(changed))).toThrow(NotAuthentic)
})

test('a field of the answer that has another shape is named', () => {
  const changed = decoder.decode(goldenBytes('answer.lines')).replace('"last_seq":4', '"last_seq":"4"')
  expect(() => parseAnswer(utf8(changed))).toThrow(/last_seq/)
})

const plain: Change = readChange(chain.lines[0]!)

test('a text that no line can hold fails while it is typed', () => {
  for (const name of ['\ud800', 'a\u0000b', '\u202e']) {
    expect(() => encodeChange({ ...plain, set: { name } })).toThrow(Malformed)
  }
})

test('a change of too many fields or too long is refused here already', () => {
  const many = Object.fromEntries(Array.from({ length: 401 }, (_, place) => [`f${place}`, 1]))
  expect(() => encodeChange({ ...plain, set: many })).toThrow(LimitExceeded)
  expect(() => encodeChange({ ...plain, set: { notes: '长'.repeat(100_000) } })).toThrow(LimitExceeded)
})

test('a base names either a change or a rev with its hash', () => {
  const base = { epoch: '', rev: 0, hash: '', change: '' }
  expect(() => encodeChange({ ...plain, base })).toThrow(Malformed)
  expect(() => encodeChange({ ...plain, base: { ...base, rev: 2 } })).toThrow(Malformed)
  expect(encodeChange({ ...plain, base: { ...base, change: plain.id } })).toContain(`"base":{"change":"${plain.id}"}`)
})
