// An item as a site shows it: the standard, and over it what holds of the whole site and of this item there.
//
// Laws: the standard list is held once; what a site shows is computed from it and never copied. No site is worse to the
// resident than the standard is by now.

import { derivedId } from '../protocol/ids'
import type { Fields, Value } from '../protocol/messages'
import { family } from './fields'

const DEPARTURE = 'f.'
/** What a site calls it → what the item shows it as. */
const LOCAL_FIELDS: readonly (readonly [own: string, shown: string])[] = [
  ['place_text', 'where'],
  ['hours', 'hours'],
  ['phone', 'consult_phone'],
  ['helper', 'helper_name'],
  ['map', 'map'],
]

/** What a site may have less of than the standard, never more. */
const NOT_WORSE: ReadonlySet<string> = new Set(['promise_days', 'visits'])

/** The record that every colleague derives; without an item, of what holds of all the site's items. */
export function localItemId(unit: string, item = ''): string {
  return derivedId('local_item', unit, item)
}

export function shownItem(standard: Fields, local: Fields | null, site: Fields | null): Fields {
  const shown: { [name: string]: Value } = { ...standard }
  for (const own of [site, local]) {
    if (!own) continue
    for (const [name, to] of LOCAL_FIELDS) if (isSaid(own[name])) shown[to] = own[name]!
    for (const [name, value] of Object.entries(family(own, DEPARTURE))) {
      if (isSaid(value) && !isWorse(standard[name], name, value)) shown[name] = value
    }
  }
  return shown
}

function isWorse(standard: Value | undefined, name: string, value: Value): boolean {
  return NOT_WORSE.has(name) && typeof standard === 'number' && typeof value === 'number' && value > standard
}

function isSaid(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== ''
}
