// The only parser of the wire on this end, and every limit on it. A message is read whole or counts for nothing.
//
// Laws: a line is kept as the text it came as; what is hashed, summed and shown later is that very text. A change is
// checked here while its author still sees it, with the rules of the centre, so that none comes back `malformed`.

import { encodeHash, fromUtf8, utf8, type Bytes } from './bytes'
import { hash } from './chain'
import { LimitExceeded, Malformed, NotAuthentic } from './errors'
import {
  ANSWER_BYTES_MAX,
  BASE_DEFAULTS,
  BASE_FIELDS,
  CHANGE_DEFAULTS,
  CHANGE_FIELDS,
  CHANGE_FIELDS_MAX,
  LINE_BYTES_MAX,
  REQUEST_DEFAULTS,
  REQUEST_FIELDS,
  type Answer,
  type Base,
  type Change,
  type Fields,
  type Request,
  type Value,
} from './messages'
import { readAnswer } from './answers'

export interface AnswerMessage {
  readonly envelope: Answer
  readonly bodies: readonly string[]
}

export interface Body {
  readonly kind: string
  readonly id: string
  readonly rev: number
  readonly fields: Fields
}

const ID = /^[0-9a-f]{32}$/
const KIND = /^[a-z][a-z_]{0,31}$/
const NAME = /^[a-z][a-z_]{0,31}\.[a-z][a-z_]{0,31}$/
const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/
const NUMBER_KEY = /[{,]"(?:0|[1-9][0-9]*)":/
// Surrogates that stand alone cannot be written in UTF-8; overrides make a text read as what it is not.
export const UNWRITABLE = /[\u0000\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u
const NEEDS_MAX = 16
export const CONTAINERS_MAX = 3

/** The line of a change. Throws Malformed if the centre would not take it, so that it fails while typing. */
export function encodeChange(change: Change): string {
  const base = change.base && pick(change.base, BASE_FIELDS, BASE_DEFAULTS)
  const line = JSON.stringify(pick({ ...change, base }, CHANGE_FIELDS, CHANGE_DEFAULTS))
  readChange(line)
  return line
}

/** Parses one change line. Throws Malformed. */
export function readChange(line: string): Change {
  if (line.length > LINE_BYTES_MAX || utf8(line).length > LINE_BYTES_MAX) throw new LimitExceeded('a change too long')
  const raw = canonical(line)
  if (!isObject(raw)) throw new Malformed('not a change: no object')
  const change = { ...CHANGE_DEFAULTS, ...raw } as unknown as Change
  check(ID.test(text(change.id)) && ID.test(text(change.record)), 'an id')
  check(KIND.test(text(change.kind)) && NAME.test(text(change.name)), 'a kind or name')
  check(isWithin(change.version, 1, 1000), 'a version')
  check(isObject(change.set) && isObject(change.add) && isObject(change.remove), 'its fields')
  for (const value of Object.values(change.set)) check(depth(value) <= CONTAINERS_MAX, 'a value nests too deep')
  for (const members of [...Object.values(change.add), ...Object.values(change.remove)]) {
    check(Array.isArray(members) && depth(members) <= 2, 'members of a list')
  }
  check(Array.isArray(change.needs) && change.needs.length <= NEEDS_MAX, 'its needs')
  check(change.needs.every((need) => ID.test(text(need))), 'its needs')
  checkCaptured(change.captured)
  const names = new Set([...Object.keys(change.set), ...Object.keys(change.add), ...Object.keys(change.remove)])
  for (const name of names) check(FIELD_NAME.test(name), 'a field’s name')
  if (names.size > CHANGE_FIELDS_MAX) throw new LimitExceeded(`${names.size} fields in one change`)
  const twice = Object.keys(change.set).some((name) => name in change.add || name in change.remove)
  check(!twice, 'a field is both set and added to')
  return { ...change, base: change.base === null ? null : readBase(change.base) }
}

/** What a stored line says, without checking again what was checked when it was captured. */
export function trustedChange(line: string): Change {
  return { ...CHANGE_DEFAULTS, ...(JSON.parse(line) as object) } as unknown as Change
}

export function encodeRequest(envelope: Request, lines: readonly string[]): Bytes {
  if (lines.length !== envelope.n + envelope.evidence.length) throw new Error('an envelope announces all its lines')
  const first = JSON.stringify(pick(envelope, REQUEST_FIELDS, REQUEST_DEFAULTS))
  return utf8([first, ...lines].join('\n'))
}

/** Throws Malformed for a captive portal's page, NotAuthentic for a body cut or changed on the way. */
export function parseAnswer(message: Uint8Array): AnswerMessage {
  if (message.length > ANSWER_BYTES_MAX) throw new LimitExceeded(`an answer of ${message.length} bytes`)
  const [first = '', ...bodies] = decoded(message).split('\n')
  const envelope = readAnswer(parsed(first))
  const puts = envelope.pages.reduce((count, page) => count + page.rows.filter((row) => !row[2]).length, 0)
  if (puts !== bodies.length || (bodies.length > 0 && envelope.digest !== digest(bodies))) {
    throw new NotAuthentic('the answer was cut or changed on the way')
  }
  return { envelope, bodies }
}

/** The record of a line. Throws Malformed. */
export function readBody(line: string): Body {
  const raw = parsed(line)
  if (!isObject(raw)) throw new Malformed('not a body: no object')
  const { kind, id, rev, fields } = raw
  check(typeof kind === 'string' && typeof id === 'string' && ID.test(id), 'a body’s kind or id')
  check(isWithin(rev, 0, Number.MAX_SAFE_INTEGER) && isObject(fields), 'a body’s rev or fields')
  return raw as unknown as Body
}

export function digest(bodies: readonly string[]): string {
  return encodeHash(hash(utf8(bodies.map((body) => `${body}\n`).join(''))).subarray(0, 16))
}

export function isObject(value: unknown): value is { [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function decoded(message: Uint8Array): string {
  try {
    return fromUtf8(message)
  } catch {
    throw new Malformed('not text in UTF-8')
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new Malformed('not JSON')
  }
}

/** One value has one line, the one JSON.stringify writes: no parser can then read it another way. */
function canonical(line: string): unknown {
  const value = parsed(line)
  check(JSON.stringify(value) === line, 'not in canonical form')
  check(!NUMBER_KEY.test(line), 'a key that reads as a whole number')
  check(line.normalize('NFC') === line, 'text is not in Unicode form NFC')
  walk(value)
  return value
}

function walk(value: unknown): void {
  if (typeof value === 'string') check(!UNWRITABLE.test(value), 'text holds a NUL, an override or half a sign')
  else if (typeof value === 'number') check(Number.isSafeInteger(value), 'a float or an integer beyond 2^53')
  else if (Array.isArray(value)) value.forEach(walk)
  else if (isObject(value)) {
    Object.keys(value).forEach(walk)
    Object.values(value).forEach(walk)
  }
}

/** How many containers stand within one another. */
export function depth(value: Value): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map((each) => depth(each as Value)))
}

function readBase(raw: Base): Base {
  if (!isObject(raw)) throw new Malformed('not a change: a base')
  const base = { ...BASE_DEFAULTS, ...(raw as Base) }
  check(isWithin(base.rev, 0, Number.MAX_SAFE_INTEGER), 'a base')
  check(base.change === '' || ID.test(text(base.change)), 'a base')
  const whole = text(base.hash).length === 43 && text(base.epoch) !== ''
  check(Boolean(base.change) !== Boolean(base.rev) && Boolean(base.rev) === whole, 'a base')
  return base
}

function checkCaptured(captured: unknown): void {
  const { wall, offset = 480 } = isObject(captured) ? captured : {}
  check(Number.isSafeInteger(wall) && isWithin(offset, -900, 900), 'when it was captured')
}

/** In the order of the fields, without those that say nothing. */
function pick<T extends object>(from: T, names: readonly string[], defaults: object): object {
  const held = from as { [name: string]: unknown }
  const usual = defaults as { [name: string]: unknown }
  return Object.fromEntries(names.filter((name) => !isUsual(held[name], usual[name])).map((name) => [name, held[name]]))
}

function isUsual(value: unknown, usual: unknown): boolean {
  if (typeof usual !== 'object' || usual === null) return value === usual
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Malformed(`not a change: ${what}`)
}
