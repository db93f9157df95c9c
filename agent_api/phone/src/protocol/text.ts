// How what a person typed or pasted becomes text that every end takes (codec.ts holds the law).
//
// Pasting brings what nobody sees: a phone number out of a contact list comes wrapped in directional marks, a name off
// another machine in decomposed letters. Nothing that can be read is lost here.

import { UNWRITABLE } from './codec'
import type { Fields, Value } from './messages'

const EACH_UNWRITABLE = new RegExp(UNWRITABLE, 'gu')

export function asSent(typed: string): string {
  return typed.replace(EACH_UNWRITABLE, '').normalize('NFC')
}

/** The fields of a change with every text in them as sent. */
export function allAsSent(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueAsSent(value)]))
}

function valueAsSent(value: Value): Value {
  if (typeof value === 'string') return asSent(value)
  if (Array.isArray(value)) return value.map((each) => valueAsSent(each as Value)) as Value
  return typeof value === 'object' && value !== null ? (allAsSent(value as Fields) as Value) : value
}
