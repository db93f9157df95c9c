// Electronic licences (电子证照) that stand for a paper: issued or verified at a desk, held, and not out of date.

import type { Fields } from '../protocol/messages'
import { isDay } from './days'
import { text } from './fields'
import type { Material } from './materials'

/** Classes of trust: made by the issuer, verified at a desk. */
const STANDS_FOR_PAPER = ['A', 'B']

export function isUsable(licence: Fields, today: string): boolean {
  const until = text(licence, 'valid_until')
  const isInTime = !isDay(until) || today <= until
  return STANDS_FOR_PAPER.includes(text(licence, 'trust')) && text(licence, 'state') === 'held' && isInTime
}

/** The licence of a resident that does for a material; null when none does. */
export function licenceFor(material: Material, held: readonly { readonly fields: Fields }[], today: string): Fields | null {
  const found = held.find(({ fields }) => material.licences.includes(text(fields, 'kind')) && isUsable(fields, today))
  return found ? found.fields : null
}
