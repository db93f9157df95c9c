// Times as one says them: just now, 5 minutes ago, today 14:05, 11-20 08:30.

import { dayOf, moment } from '../domain/days'
import { daysLeft } from '../domain/open_cases'
import { say } from './say'

const MINUTE_MS = 60_000

export function sayWhen(wallMs: number, now: number): string {
  const minutes = Math.floor((now - wallMs) / MINUTE_MS)
  if (minutes < 1) return say('just_now')
  if (minutes < 60) return say('minutes_ago', { count: minutes })
  const time = moment(wallMs).slice(11, 16)
  if (dayOf(wallMs) === dayOf(now)) return say('today_at', { time })
  return say('on_day', { day: dayOf(wallMs).slice(5), time })
}

/** How long until a day; empty when there is none. */
export function sayDaysLeft(due: string, today: string): string {
  const left = daysLeft(due, today)
  if (left === null) return ''
  if (left === 0) return say('day_today')
  return left > 0 ? say('days_left', { count: left }) : say('days_over', { count: -left })
}

const MEGA = 1_048_576

/** How much room something takes, as a person counts. */
export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / MEGA)} MB`
}
