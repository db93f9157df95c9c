// Working days (工作日) as the centre counts them: the announced calendar, over it the centre's own corrections, and what
// is not known yet.
//
// Laws: day 0 is the day of the event and counting starts with the next working day. A year that was not announced is
// counted by weekdays and said to be provisional. Where an item counts calendar days, all days count, and the last is a
// working day.

import type { Fields } from '../protocol/messages'
import { addDays, isDay } from './days'
import { family, integer, isGroup, text } from './fields'
import { TURNED_ROUND } from './holidays_table'

/** Day → whether people work. */
export type Overrides = ReadonlyMap<string, boolean>

/** `provisional` when any day counted over was judged by its weekday alone. */
export interface WorkingDay {
  readonly day: string
  readonly provisional: boolean
}

const DAY_PREFIX = 'day.'
const PROMISE_DAYS_DEFAULT = 5

/** What the records of the centre's calendar say; what cannot be read says nothing. */
export function overridesIn(calendars: readonly Fields[]): Overrides {
  const told = new Map<string, boolean>()
  for (const fields of calendars) {
    for (const [day, value] of Object.entries(family(fields, DAY_PREFIX))) {
      if (isDay(day) && isGroup(value) && typeof value['works'] === 'boolean') told.set(day, value['works'])
    }
  }
  return told
}

function isWorked(day: string, overrides: Overrides): readonly [works: boolean, provisional: boolean] {
  const own = overrides.get(day)
  if (own !== undefined) return [own, false]
  const isWeekday = ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())
  const announced = TURNED_ROUND[day.slice(0, 4)]
  if (announced === undefined) return [isWeekday, true]
  return [announced.split(' ').includes(day.slice(5)) !== isWeekday, false]
}

/** The `count`-th working day after `start`. Zero gives the day of the event itself, working or not. */
export function addWorkingDays(start: string, count: number, overrides: Overrides): WorkingDay {
  let [day, reached, left, provisional] = [start, start, count, false]
  while (left > 0) {
    day = addDays(day, 1)
    const [works, guessed] = isWorked(day, overrides)
    provisional ||= guessed
    if (works) [reached, left] = [day, left - 1]
  }
  return { day: reached, provisional }
}

/** The `count`-th day after `start`; where nobody works then, the next day on which somebody does. */
export function addCalendarDays(start: string, count: number, overrides: Overrides): WorkingDay {
  const last = addDays(start, count)
  const [works, guessed] = isWorked(last, overrides)
  if (works || count === 0) return { day: last, provisional: guessed && count > 0 }
  const later = addWorkingDays(last, 1, overrides)
  return { day: later.day, provisional: guessed || later.provisional }
}

/** Whether these days of an item are calendar days (自然日); else they are working days. */
export function countsAllDays(item: Fields, name: 'promise_days' | 'legal_days'): boolean {
  return text(item, `${name}_unit`) === 'Z'
}

/** How long a promised material may take: the promised days, or the legal ones of an item that promises none. */
export function promiseTime(item: Fields): { readonly days: number; readonly isCalendar: boolean } {
  for (const name of ['promise_days', 'legal_days'] as const) {
    const days = integer(item, name)
    if (days) return { days, isCalendar: countsAllDays(item, name) }
  }
  return { days: PROMISE_DAYS_DEFAULT, isCalendar: false }
}

/** The last day for a promised material. */
export function promiseLatest(item: Fields, start: string, overrides: Overrides): WorkingDay {
  const { days, isCalendar } = promiseTime(item)
  return isCalendar ? addCalendarDays(start, days, overrides) : addWorkingDays(start, days, overrides)
}
