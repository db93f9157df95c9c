// Times as one says them: just now, 5 minutes ago, today 14:05, 11月20日 08:30; and days as they stand on a calendar.

import { dayOf, isDay, moment } from '../domain/days'
import { daysLeft } from '../domain/open_cases'
import { language, say } from './say'

const MINUTE_MS = 60_000

export function sayWhen(wallMs: number, now: number): string {
  const minutes = Math.floor((now - wallMs) / MINUTE_MS)
  if (minutes < 1) return say('just_now')
  if (minutes < 60) return say('minutes_ago', { count: minutes })
  const time = moment(wallMs).slice(11, 16)
  if (dayOf(wallMs) === dayOf(now)) return say('today_at', { time })
  return say('on_day', { day: sayDate(dayOf(wallMs), true), time })
}

const WEEKDAYS = [
  ['周日', 'Sun'],
  ['周一', 'Mon'],
  ['周二', 'Tue'],
  ['周三', 'Wed'],
  ['周四', 'Thu'],
  ['周五', 'Fri'],
  ['周六', 'Sat'],
] as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const NEAR_DAYS = 300

/** 2026年12月2日（周三）, or Wed 2 Dec 2026, without the year where `today` is near; what is no day stays as it is. */
export function sayDay(day: string, today = ''): string {
  if (!isDay(day)) return day
  const [zh, en] = WEEKDAYS[new Date(`${day}T00:00:00Z`).getUTCDay()]!
  const isNear = isDay(today) && Math.abs(daysLeft(day, today) ?? NEAR_DAYS) < NEAR_DAYS
  const date = sayDate(day, isNear)
  return language.value === 'zh' ? `${date}（${zh}）` : `${en} ${date}`
}

/** 2026年12月2日, or 2 Dec 2026; what is no day stays as it is. */
export function sayDate(day: string, isNear = false): string {
  if (!isDay(day)) return day
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  if (language.value === 'zh') return `${isNear ? '' : `${year}年`}${month}月${date}日`
  return `${date} ${MONTHS[month - 1]}${isNear ? '' : ` ${year}`}`
}

/** The day something is due and how long that is; empty when there is none. */
export function sayDue(due: string, today: string): string {
  return isDay(due) ? `${say('by_day', { day: sayDay(due, today) })} · ${sayDaysLeft(due, today)}` : ''
}

/** How long until a day; empty when there is none. */
export function sayDaysLeft(due: string, today: string): string {
  const left = daysLeft(due, today)
  if (left === null) return ''
  if (left === 0) return say('day_today')
  return left > 0 ? say('days_left', { count: left }) : say('days_over', { count: -left })
}

const MEGA = 1_048_576

const GIGA = 1_024 * MEGA

/** How much room something takes, as a person counts. */
export function megabytes(bytes: number): string {
  return bytes < 10 * GIGA ? `${Math.ceil(bytes / MEGA)} MB` : `${Math.floor(bytes / GIGA)} GB`
}
