// Days and moments as people here count them: China keeps one offset. A day is the text 2026-01-31.

const OFFSET_MS = 8 * 3_600_000
export const DAY_MS = 86_400_000

/** The civil day in China of an instant. */
export function dayOf(wallMs: number): string {
  return new Date(wallMs + OFFSET_MS).toISOString().slice(0, 10)
}

/** 2026-11-22T09:30:00+08:00 */
export function moment(wallMs: number): string {
  return `${new Date(wallMs + OFFSET_MS).toISOString().slice(0, 19)}+08:00`
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Only the ten characters 2026-01-31 that name a day there is. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const parsed = Date.parse(`${value}T00:00:00Z`)
  return !Number.isNaN(parsed) && new Date(parsed).toISOString().slice(0, 10) === value
}

/** Full years reached on `day`. Who was born on 29 February turns a year older on the 28th of a short one. */
export function ageOn(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4))
  const isLeapling = birth.endsWith('-02-29') && day.endsWith('-02-28') && !isDay(`${day.slice(0, 4)}-02-29`)
  return day.slice(5) < birth.slice(5) && !isLeapling ? years - 1 : years
}
