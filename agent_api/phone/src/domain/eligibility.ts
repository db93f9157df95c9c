// Who may ask for an item: its rule as data, judged in three values over what is known of the resident.
//
// Laws: an unknown fact makes the verdict unknown unless the other tests settle it, and a rule that cannot be read is
// unknown, never a refusal. All of it is only told: every service can be chosen, and the centre judges on the day of
// receipt. Every sentence is the centre's own.

import type { Fields, Value } from '../protocol/messages'
import { parseCitizenId } from './citizen_id'
import { ageOn, isDay } from './days'
import { isGroup, text, texts } from './fields'
import { DEPTHS, liesIn, sameArea } from './places'

export type Verdict = 'yes' | 'no' | 'unknown'
type Both = readonly [zh: string, en: string]

/** `reasons` say which tests failed or could not be judged, in Chinese and English. */
export interface Eligibility {
  readonly verdict: Verdict
  readonly reasons: readonly Both[]
}

interface FactTest {
  readonly fact: string
  readonly test: string
  readonly wanted: Value
}

type Facts = { readonly [fact: string]: Value | undefined }
type Judged = readonly [ok: boolean | null, test: FactTest]

const OLD = 60
const GROUPS = ['all', 'any', 'none'] as const
const SHORT_KEYS = ['min_age', 'max_age', 'hukou', 'flags']
const FACTS: { readonly [fact: string]: Both } = {
  age: ['年龄', 'age'],
  birth: ['出生日期', 'date of birth'],
  sex: ['性别', 'sex'],
  hukou: ['户籍', 'household registration'],
  village: ['服务村（社区）', 'village of service'],
  alive: ['在世', 'alive'],
  flags: ['情况', 'circumstances'],
  income: ['收入', 'income'],
}
const WORDS: { readonly [test: string]: Both } = {
  at_least: ['{fact}不低于{wanted}', '{fact} of at least {wanted}'],
  at_most: ['{fact}不高于{wanted}', '{fact} of at most {wanted}'],
  is: ['{fact}为{wanted}', '{fact}: {wanted}'],
  one_of: ['{fact}为{wanted}之一', '{fact}: one of {wanted}'],
  has: ['{fact}含“{wanted}”', '{fact} with “{wanted}”'],
  within: ['{fact}在{wanted}范围内', '{fact} within {wanted}'],
  from: ['{fact}不早于{wanted}', '{fact} not before {wanted}'],
  before: ['{fact}早于{wanted}', '{fact} before {wanted}'],
  same: ['{fact}在本{wanted}', '{fact} in the same {wanted}'],
}
const VALUES: { readonly [value: string]: Both } = {
  county: ['县', 'county'],
  town: ['乡镇', 'town'],
  village: ['村', 'village'],
  M: ['男', 'male'],
  F: ['女', 'female'],
  disabled: ['残疾', 'disabled'],
  severely_disabled: ['重度残疾', 'severely disabled'],
  illiterate: ['不识字', 'cannot read'],
  low_income: ['低保低收入', 'low income'],
  veteran: ['退役军人', 'veteran'],
  salaried: ['财政供养', 'on a public salary'],
}

class RuleUnread extends Error {}

/** What is known of a resident, by the names that rules use. An unknown fact is left out: it is not a false one. */
export function residentFacts(resident: Fields, today: string): Facts {
  const citizen = parseCitizenId(text(resident, 'citizen_id'), today)
  const said = resident['birth']
  const birth = typeof citizen === 'object' ? citizen.birth : isDay(said) ? said : ''
  const sex = typeof citizen === 'object' ? citizen.sex : text(resident, 'sex')
  const village = text(resident, 'village')
  // Who is served in a village is registered there unless the record says otherwise.
  const hukou = text(resident, 'hukou') || village
  return {
    flags: texts(resident, 'flags'),
    alive: (resident['died_on'] ?? null) === null,
    ...(birth ? { birth, age: ageOn(birth, today) } : {}),
    ...(sex ? { sex } : {}),
    ...(village ? { village } : {}),
    ...(hukou ? { hukou } : {}),
  }
}

/** No rule at all lets everybody ask. */
export function eligible(rule: Value | undefined, facts: Facts): Eligibility {
  try {
    const tests = parseRule(rule ?? {})
    const judged = (group: (typeof GROUPS)[number]): Judged[] => tests[group].map((test) => [judge(test, facts), test])
    return combine(judged('all'), judged('any'), judged('none'))
  } catch (error) {
    if (!(error instanceof RuleUnread)) throw error
    return { verdict: 'unknown', reasons: [['条件的写法不对', 'the rule cannot be read']] }
  }
}

/** Whether it is worth proposing: everything it asks for is so, and it asks for age or circumstances at all. */
export function isLikely(rule: Value | undefined, judged: Eligibility): boolean {
  if (!isGroup(rule) || judged.verdict !== 'yes') return false
  const asked = [...parseRule(rule).all, ...parseRule(rule).any]
  return asked.some(({ fact, test, wanted }) => {
    return fact === 'flags' || (fact === 'age' && test === 'at_least' && Number(wanted) >= OLD)
  })
}

function parseRule(rule: Value): { readonly [group in (typeof GROUPS)[number]]: readonly FactTest[] } {
  if (!isGroup(rule)) throw new RuleUnread('a rule is a group of lists')
  const known: readonly string[] = [...GROUPS, ...SHORT_KEYS]
  const unknown = Object.keys(rule).filter((key) => !known.includes(key))
  if (unknown.length) throw new RuleUnread(`${unknown[0]} is no part of a rule`)
  const tests = (group: string): FactTest[] => rows(rule[group]).map(parseTest)
  return { all: [...shortTests(rule), ...tests('all')], any: tests('any'), none: tests('none') }
}

/** The common case written short: old enough, registered in the area of service, every flag. */
function shortTests(rule: Fields): FactTest[] {
  const tests: FactTest[] = []
  const least = number(rule['min_age'] ?? 0)
  if (least) tests.push({ fact: 'age', test: 'at_least', wanted: least })
  if ('max_age' in rule) tests.push({ fact: 'age', test: 'at_most', wanted: number(rule['max_age']) })
  const area = rule['hukou'] ?? 'any'
  if (area !== 'any') {
    if (typeof area !== 'string' || !(area in DEPTHS)) throw new RuleUnread('hukou is any, county, town or village')
    tests.push({ fact: 'hukou', test: 'same', wanted: area })
  }
  return [...tests, ...rows(rule['flags']).map((flag) => ({ fact: 'flags', test: 'has', wanted: flag }))]
}

function rows(value: Value | undefined): readonly Value[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new RuleUnread('all, any and none take lists')
  return value as readonly Value[]
}

function parseTest(row: Value): FactTest {
  if (!isGroup(row) || typeof row['fact'] !== 'string') throw new RuleUnread('a test names a fact')
  const { fact, ...asked } = row
  const [test, ...more] = Object.keys(asked)
  if (!test || more.length || test === 'same' || !(test in WORDS)) throw new RuleUnread(`${String(fact)} needs one test`)
  return { fact: String(fact), test, wanted: asked[test] ?? null }
}

function judge({ fact, test, wanted }: FactTest, facts: Facts): boolean | null {
  const value = facts[fact]
  if (value === undefined || value === null) return null
  switch (test) {
    case 'same':
      return sameArea(String(value), String(facts['village'] ?? ''), DEPTHS[wanted as keyof typeof DEPTHS])
    case 'at_least':
      return number(value) >= number(wanted)
    case 'at_most':
      return number(value) <= number(wanted)
    case 'is':
      return JSON.stringify(value) === JSON.stringify(wanted)
    case 'one_of':
      return listed(wanted).includes(value)
    case 'has':
      return Array.isArray(value) && (value as Value[]).includes(wanted)
    case 'within':
      return within(String(value), String(wanted))
    case 'from':
      return day(value) >= day(wanted)
    default:
      return day(value) < day(wanted)
  }
}

function within(place: string, scope: string): boolean {
  const found = liesIn(place, scope)
  if (found === null) throw new RuleUnread('within takes a place')
  return found
}

function listed(value: Value): readonly Value[] {
  if (!Array.isArray(value)) throw new RuleUnread('one_of takes a list')
  return value as readonly Value[]
}

function number(value: Value | undefined): number {
  if (!Number.isSafeInteger(value)) throw new RuleUnread('that is not a number')
  return value as number
}

function day(value: Value): string {
  if (!isDay(value)) throw new RuleUnread('that is not a day')
  return value
}

function combine(all: readonly Judged[], any: readonly Judged[], none: readonly Judged[]): Eligibility {
  const needed = [
    ...all.map(([ok, test]) => [ok, words(test)] as const),
    ...none.map(([ok, test]) => [ok === null ? null : !ok, without(words(test))] as const),
  ]
  const failed = needed.filter(([ok]) => ok === false).map(([, told]) => told)
  const unknown = needed.filter(([ok]) => ok === null).map(([, told]) => told)
  if (any.length && !any.some(([ok]) => ok)) {
    const either = any.map(([, test]) => words(test))
    const told: Both = [either.map(([zh]) => zh).join(' 或 '), either.map(([, en]) => en).join(' or ')]
    ;(any.some(([ok]) => ok === null) ? unknown : failed).push(told)
  }
  if (failed.length) return { verdict: 'no', reasons: failed }
  return unknown.length ? { verdict: 'unknown', reasons: unknown } : { verdict: 'yes', reasons: [] }
}

function without([zh, en]: Both): Both {
  return [`不得：${zh}`, `not: ${en}`]
}

function words({ fact, test, wanted }: FactTest): Both {
  const [factZh, factEn] = FACTS[fact] ?? [fact, fact]
  const [zh, en] = WORDS[test] ?? [test, test]
  const [wantedZh, wantedEn] = wantedWords(wanted)
  const fill = (said: string, name: string, value: string): string => said.replace('{fact}', name).replace('{wanted}', value)
  return [fill(zh, factZh, wantedZh), fill(en, factEn, wantedEn)]
}

function wantedWords(value: Value): Both {
  if (typeof value === 'boolean') return value ? ['是', 'yes'] : ['否', 'no']
  if (Array.isArray(value)) {
    const pairs = (value as Value[]).map(wantedWords)
    return [pairs.map(([zh]) => zh).join('、'), pairs.map(([, en]) => en).join(', ')]
  }
  return VALUES[String(value)] ?? [String(value), String(value)]
}
