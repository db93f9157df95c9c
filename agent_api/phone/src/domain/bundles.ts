// Bundles (一件事): what belongs together, in which order, and how long the whole takes. Written by hand after the
// centre's table; the rules that both sides compare hold it to that.
//
// Laws: one filing, and each leg a case of its own; one consent names the item of every leg. What a leg makes is the
// material of a later one, and nobody is asked to bring it.

import type { Fields } from '../protocol/messages'
import { integer, text } from './fields'
import { materialsOf } from './materials'
import { countsAllDays } from './working_days'

/** `after`: legs whose results it needs → the material that each makes here; '' is only waited for. */
export interface Leg {
  readonly no: number
  readonly baseItem: string
  readonly name: string
  readonly after: { readonly [leg: number]: string }
}

/** `reminders`: what the helper is to speak of besides, since it is no case. */
export interface Bundle {
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly legs: readonly Leg[]
  readonly reminders: readonly string[]
}

const CARD: Leg = { no: 1, baseItem: '992011001000', name: '老年人优待证(老年卡)申领', after: {} }

export const BUNDLES: readonly Bundle[] = [
  {
    code: 'BUNDLE-01',
    zh: '老年证与公交卡一件事',
    en: 'senior card and bus card',
    legs: [
      CARD,
      { no: 2, baseItem: '992018001000', name: '老年人免费(优惠)乘车卡办理', after: { 1: '老年人优待证' } },
    ],
    reminders: [],
  },
  {
    code: 'BUNDLE-02',
    zh: '身后一件事',
    en: 'after a death',
    legs: [
      { no: 1, baseItem: '990709002000', name: '死亡户口注销(协助)', after: {} },
      { no: 2, baseItem: '002014006009', name: '城乡居民养老保险注销登记', after: { 1: '死亡、火化证明' } },
    ],
    reminders: ['停发高龄津贴', '停止养老待遇资格认证', '医保个人账户'],
  },
  {
    code: 'BUNDLE-03',
    zh: '八十周岁一件事',
    en: 'turning eighty',
    legs: [CARD, { no: 2, baseItem: '990511001000', name: '80周岁以上老年人高龄津贴申领', after: {} }],
    reminders: ['城乡居民养老保险待遇领取资格认证：须本人'],
  },
]

export function bundleOf(code: string): Bundle | undefined {
  return BUNDLES.find((bundle) => bundle.code === code)
}

/** By number, the materials of a leg's item that an earlier leg makes. */
export function awaitedIn(leg: Leg, item: Fields): string[] {
  const made = Object.values(leg.after).filter(Boolean)
  return materialsOf(item)
    .filter((one) => made.includes(one.name) && !one.cancelled)
    .map((one) => one.no)
}

/** How long a way takes: working days, and days of legs whose items count all days. */
export interface Path {
  readonly working: number
  readonly calendar: number
}

/** To compare by alone: five working days are a week. */
const lengthOf = (path: Path): number => 7 * path.working + 5 * path.calendar
const longest = (paths: readonly Path[]): Path =>
  paths.reduce((found, one) => (lengthOf(one) > lengthOf(found) ? one : found), { working: 0, calendar: 0 })

/** The longest way through the legs as their items promise; a leg waits for all that it comes after. */
export function criticalPath(bundle: Bundle, items: { readonly [leg: number]: Fields }): Path {
  const ends = new Map<number, Path>()
  for (const leg of bundle.legs) {
    const { working, calendar } = longest(Object.keys(leg.after).map((one) => ends.get(Number(one))!))
    const item = items[leg.no] ?? {}
    const days = integer(item, 'promise_days')
    const isCalendar = countsAllDays(item, 'promise_days')
    ends.set(leg.no, { working: working + (isCalendar ? 0 : days), calendar: calendar + (isCalendar ? days : 0) })
  }
  return longest([...ends.values()])
}

/** The item of each leg, in their order; null where one of them is not on offer. */
export function itemsOfLegs<T extends { readonly fields: Fields }>(bundle: Bundle, offered: readonly T[]): T[] | null {
  const found = bundle.legs.map((leg) => offered.find((item) => text(item.fields, 'base_item') === leg.baseItem))
  return found.every((item) => item !== undefined) ? found : null
}
