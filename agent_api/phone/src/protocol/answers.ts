// Reads an answer's envelope: every field the session builds on has the shape that docs/protocol.md gives it, or the
// whole is no answer. Unknown fields are passed over; absent ones have their defaults.

import { Malformed } from './errors'
import {
  ANSWER_DEFAULTS,
  FILE_STATES,
  OUTCOME_CODES,
  OUTCOME_DEFAULTS,
  PROTOCOL,
  STATUSES,
  type Answer,
  type Outcome,
} from './messages'

type Test = (value: unknown) => boolean
type Raw = { readonly [name: string]: unknown }

const text: Test = (value) => typeof value === 'string'
const flag: Test = (value) => typeof value === 'boolean'
const count: Test = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const whole: Test = (value) => Number.isSafeInteger(value)
const hash: Test = (value) => /^[\w-]{43}$/.test(value as string)
const object: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const oneOf =
  (values: readonly string[]): Test =>
  (value) =>
    values.includes(value as string)
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test)
const orNull =
  (test: Test): Test =>
  (value) =>
    value === null || test(value)
/** The first `least` places must be there. */
const places =
  (tests: readonly Test[], least = tests.length): Test =>
  (value) =>
    Array.isArray(value) &&
    value.length >= least &&
    value.length <= tests.length &&
    value.every((each, place) => tests[place]!(each))
const shape =
  (tests: { readonly [name: string]: Test }): Test =>
  (value) =>
    object(value) && Object.entries(tests).every(([name, test]) => test((value as Raw)[name]))

const target = places([text, count])
const row = places([text, count, flag], 2)
const page = shape({ bucket: text, generation: count, rows: listOf(row), upto: places([count, text]) })
const outcome = shape({
  seq: count,
  id: text,
  code: oneOf(OUTCOME_CODES),
  at: orNull(places([text, count])),
  rev: count,
  conflict: text,
  reason: text,
  detail: object,
})
const answer: { readonly [Name in keyof Answer]: Test } = {
  protocol: (value) => value === PROTOCOL,
  status: oneOf(STATUSES),
  epoch: text,
  server_time: whole,
  chain_epoch: count,
  last_seq: count,
  // Left out of a brief answer: the session puts the request's own in its place.
  chain_hash: (value) => value === '' || hash(value),
  durable_upto: count,
  ack: text,
  outcomes: listOf(outcome),
  tag: text,
  need_cursors: flag,
  entitled: orNull(listOf(places([text, count, count, (sum) => /^[\w-]{22}$/.test(sum as string), count]))),
  target: orNull(listOf(target)),
  pages: listOf(page),
  resets: listOf(places([text, text])),
  files: (value) => object(value) && Object.values(value as Raw).every(oneOf(FILE_STATES)),
  more: flag,
  retry_after: count,
  token_expires_in: count,
  min_app: count,
  restored: orNull(listOf(target)),
  digest: text,
}

/** Throws Malformed and names the field. */
export function readAnswer(raw: unknown): Answer {
  if (!object(raw)) throw new Malformed('not an answer: no object')
  const told = raw as Raw
  const outcomes = Array.isArray(told['outcomes'])
    ? told['outcomes'].map((one: unknown) => (object(one) ? { ...OUTCOME_DEFAULTS, ...(one as Outcome) } : one))
    : []
  const read = { ...ANSWER_DEFAULTS, ...told, outcomes } as unknown as Answer
  for (const [name, test] of Object.entries(answer)) {
    if (!test(read[name as keyof Answer])) throw new Malformed(`not an answer: ${name}`)
  }
  return read
}
