// Whether a service is worth proposing to a resident: by age and circumstances alone. Only a proposal: every service
// can be chosen, and the centre judges on the day of receipt.

import type { Fields, Value } from '../protocol/messages'
import { integer, isGroup, texts } from './fields'
import { ageOf } from './visit'

const OLD = 60

/** A rule that asks for something this resident is known to have. One that everybody meets proposes nothing. */
export function isLikely(rule: Value | undefined, resident: Fields, today: string): boolean {
  if (!isGroup(rule)) return false
  const age = ageOf(resident, today)
  const least = integer(rule, 'min_age')
  const most = integer(rule, 'max_age', Number.MAX_SAFE_INTEGER)
  const flags = texts(rule, 'flags')
  const held = texts(resident, 'flags')
  if (!flags.every((flag) => held.includes(flag))) return false
  if (age === null || age < least || age > most) return false
  return least >= OLD || flags.length > 0
}
