// What a helper may offer a resident: bundles and services, those that fit first, with what they pay and why others do
// not fit.
//
// Law: nothing is kept back. What does not fit is told with its reason and can be chosen all the same.

import { amountFor } from '../domain/amounts'
import { BUNDLES, criticalPath, itemsOfLegs, type Bundle } from '../domain/bundles'
import { eligible, isLikely, residentFacts, type Eligibility, type Verdict } from '../domain/eligibility'
import { integer, text } from '../domain/fields'
import { findItems, matches } from '../domain/finding'
import { eventsOf, LIFE_EVENTS } from '../domain/life_events'
import { ageOf } from '../domain/visit'
import { countsAllDays } from '../domain/working_days'
import type { Fields } from '../protocol/messages'
import type { Sighting } from '../replica/replica'
import { glossOf, nameOf, textOf } from '../texts/names'
import { language, listed, say } from '../texts/say'
import { initials } from './letters'

export interface Offer {
  readonly id: string
  /** Empty for a single service. */
  readonly bundle: string
  /** A record a leg. */
  readonly items: readonly string[]
  readonly name: string
  /** What kind of thing it is, where the name is not in the language of the screen. */
  readonly gloss: string
  /** Of a bundle, what belongs to it. */
  readonly parts: readonly string[]
  readonly detail: string
  readonly pays: string
  readonly verdict: Verdict
  /** Why it does not fit, or what is not known; empty when it fits. */
  readonly doubt: string
}

export interface Offers {
  readonly bundles: readonly Offer[]
  readonly likely: readonly Offer[]
  readonly others: readonly Offer[]
}

/** The events under which something is on offer. */
export function eventsToChoose(items: readonly Sighting[]): { readonly code: string; readonly words: string }[] {
  const used = new Set(items.flatMap((item) => eventsOf(item.fields)))
  return LIFE_EVENTS.filter((event) => used.has(event.code)).map((event) => ({ code: event.code, words: spoken([event.zh, event.en]) }))
}

/** `event` is a code, or empty for all. No more than the first `count` are made ready to be told. */
export function offersFor(
  items: readonly Sighting[],
  resident: Fields,
  today: string,
  words: string,
  event: string,
  count = Infinity,
): Offers {
  const isUnder = (item: Sighting): boolean => !event || eventsOf(item.fields).includes(event)
  const found = findItems(items, words, initials.value).filter(isUnder)
  const facts = residentFacts(resident, today)
  const judged = found.map((item) => [item, eligible(item.fields['rule'], facts)] as const)
  const fits = ([item, one]: (typeof judged)[number]): boolean => isLikely(item.fields['rule'], one)
  const isOut = ([, one]: (typeof judged)[number]): boolean => one.verdict === 'no'
  const offer = ([item, one]: (typeof judged)[number]): Offer => offerOf(item, one, resident, today)
  const others = judged.filter((one) => !fits(one))
  const bundles = bundlesFor(items, resident, today, words, event).slice(0, count)
  const likely = judged.filter(fits).slice(0, count - bundles.length)
  const rest = [...others.filter((one) => !isOut(one)), ...others.filter(isOut)]
  return { bundles, likely: likely.map(offer), others: rest.slice(0, count - bundles.length - likely.length).map(offer) }
}

function offerOf(item: Sighting, judged: Eligibility, resident: Fields, today: string): Offer {
  return {
    id: item.record,
    bundle: '',
    items: [item.record],
    name: nameOf(item.fields),
    gloss: glossOf(item.fields),
    parts: [],
    detail: [textOf(item.fields, 'dept'), promised(integer(item.fields, 'promise_days'), countsAllDays(item.fields, 'promise_days'))].filter(Boolean).join(' · '),
    pays: paysTo(item.fields, resident, today),
    verdict: judged.verdict,
    doubt: doubtOf([judged]),
  }
}

function bundlesFor(items: readonly Sighting[], resident: Fields, today: string, words: string, event: string): Offer[] {
  const offered = findItems(items, '')
  const found = BUNDLES.map((bundle) => [bundle, itemsOfLegs(bundle, offered)] as const)
  return found.flatMap(([bundle, legs]) => {
    if (!legs || (event && !legs.some((leg) => eventsOf(leg.fields).includes(event)))) return []
    const names = [bundle.zh, bundle.en, ...legs.map((leg) => text(leg.fields, 'name'))].join(' ')
    return matches(words, names, initials.value) ? [bundleOffer(bundle, legs, resident, today)] : []
  })
}

function bundleOffer(bundle: Bundle, legs: readonly Sighting[], resident: Fields, today: string): Offer {
  const judged = legs.map((leg) => eligible(leg.fields['rule'], residentFacts(resident, today)))
  const { working, calendar } = criticalPath(bundle, Object.fromEntries(legs.map((leg, place) => [place + 1, leg.fields])))
  const verdicts = judged.map((one) => one.verdict)
  return {
    id: bundle.code,
    bundle: bundle.code,
    items: legs.map((leg) => leg.record),
    name: spoken([bundle.zh, bundle.en]),
    gloss: '',
    parts: legs.map((leg) => nameOf(leg.fields)),
    detail:
      working && calendar
        ? say('promise_days_both', { days: working, more: calendar })
        : promised(working || calendar, calendar > 0),
    pays: listed(legs.map((leg) => paysTo(leg.fields, resident, today))),
    verdict: verdicts.includes('no') ? 'no' : verdicts.includes('unknown') ? 'unknown' : 'yes',
    doubt: doubtOf(judged),
  }
}

function promised(days: number, isCalendar = false): string {
  return days ? say(isCalendar ? 'promise_days_calendar' : 'promise_days', { days }) : say('instant')
}

/** What the item pays to this very person; empty when it pays nothing, or the age is not known. */
export function paysTo(item: Fields, resident: Fields, today: string): string {
  const age = ageOf(resident, today)
  const found = age === null ? null : amountFor(item, text(resident, 'hukou') || text(resident, 'village'), today, age)
  return found ? spoken(found) : ''
}

function doubtOf(judged: readonly Eligibility[]): string {
  const told = (verdict: Verdict): string[] =>
    judged.filter((one) => one.verdict === verdict).flatMap((one) => one.reasons.map(spoken))
  const [no, unknown] = [new Set(told('no')), new Set(told('unknown'))]
  if (no.size) return say('not_eligible', { why: [...no].join('；') })
  return unknown.size ? say('eligibility_unknown', { why: [...unknown].join('；') }) : ''
}

function spoken([zh, en]: readonly [zh: string, en: string]): string {
  return language.value === 'zh' ? zh : en
}
