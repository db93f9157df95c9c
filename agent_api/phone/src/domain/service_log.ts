// The service log (服务记录): that someone was helped, how, and when to come back.
//
// Law: it holds no track and no ranking; minutes are for the town's planning, never a score.

import type { Fields } from '../protocol/messages'
import type { Held } from './claims'
import { addDays, isDay } from './days'
import { text } from './fields'

export const SERVICE_KINDS = ['home', 'advice', 'prepare', 'file', 'deliver', 'refuse'] as const
export type ServiceKind = (typeof SERVICE_KINDS)[number]
const MINUTES_MAX = 24 * 60
const FOLLOW_UP_DAYS_MAX = 366

export interface ServiceSaid {
  readonly kind: ServiceKind
  readonly resident: string
  readonly item: string
  readonly minutes: string
  readonly returned: boolean
  readonly outcome: string
  readonly followUp: string
}

export function newServiceSaid(resident = '', item = ''): ServiceSaid {
  return { kind: item ? 'file' : 'home', resident, item, minutes: '', returned: false, outcome: '', followUp: '' }
}

/** Why it cannot be written yet: by field the code of what is wrong. */
export function faultsOfService(said: ServiceSaid, today: string): Map<string, string> {
  const found = new Map<string, string>()
  const minutes = said.minutes.trim()
  if (minutes && !(/^\d{1,4}$/.test(minutes) && Number(minutes) <= MINUTES_MAX)) found.set('minutes', 'minutes_wrong')
  if (said.kind === 'refuse' && !said.outcome.trim()) found.set('outcome', 'field_missing')
  const isInTime = isDay(said.followUp) && today <= said.followUp && said.followUp <= addDays(today, FOLLOW_UP_DAYS_MAX)
  if (said.followUp && !isInTime) found.set('followUp', 'follow_up_past')
  return found
}

/** The fields of `service_log.write`. */
export function serviceFields(said: ServiceSaid, village: string, helper: string): Fields {
  const outcome = said.outcome.trim()
  return {
    village,
    kind: said.kind,
    helper,
    materials_returned: said.returned,
    ...(said.resident ? { resident: said.resident } : {}),
    ...(said.item ? { items: [said.item] } : {}),
    ...(said.minutes.trim() ? { minutes: Number(said.minutes) } : {}),
    ...(outcome ? { outcome } : {}),
    ...(said.followUp ? { follow_up: said.followUp } : {}),
  }
}

/**
 * Own promises to come back that are due, the oldest first. Records are in the order they were made in: whoever was
 * served again since has been come back to.
 */
export function followUpsDue(logs: readonly Held[], account: string, today: string): Held[] {
  const own = logs.filter(({ fields }) => text(fields, 'helper') === account)
  const due = own.filter(({ record, fields }) => {
    const day = text(fields, 'follow_up')
    const isLater = (other: Held): boolean => other.record > record && text(other.fields, 'resident') === text(fields, 'resident')
    return isDay(day) && day <= today && !own.some(isLater)
  })
  return due.sort((one, other) => (text(one.fields, 'follow_up') < text(other.fields, 'follow_up') ? -1 : 1))
}
