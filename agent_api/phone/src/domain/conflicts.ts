// A conflict as a person decides it: base, theirs and mine of every field, and the change that says the choice.
//
// Laws: every field is decided, none by default. The decision says what its author saw, so that it never overwrites
// what came after.

import { CONTAINERS_MAX, depth } from '../protocol/codec'
import type { Fields, Value } from '../protocol/messages'
import { isGroup, text, texts } from './fields'

// The object that the values stand in is one of the containers.
const VALUE_DEPTH_MAX = CONTAINERS_MAX - 1

export type Which = 'mine' | 'theirs' | 'base' | 'now'

/** One field in conflict. `now` is what the record holds as this phone sees it. */
export interface Side {
  readonly field: string
  readonly base: Value
  readonly theirs: Value
  readonly mine: Value
  readonly now: Value
}

export interface Conflict {
  readonly id: string
  readonly record: string
  readonly kind: string
  readonly sides: readonly Side[]
}

export function isOpen(conflict: Fields): boolean {
  return text(conflict, 'state') === 'open'
}

/** `now` are the fields of the record itself; null when this phone does not hold it, and what stood then is all that was seen. */
export function readConflict(id: string, fields: Fields, now: Fields | null): Conflict {
  const held = (name: string): Fields => (isGroup(fields[name]) ? fields[name] : {})
  const [base, theirs, mine] = [held('base'), held('theirs'), held('mine')]
  const sides = texts(fields, 'fields').map((field) => ({
    field,
    base: base[field] ?? null,
    theirs: theirs[field] ?? null,
    mine: mine[field] ?? null,
    now: (now ?? theirs)[field] ?? null,
  }))
  return { id, record: text(fields, 'record'), kind: text(fields, 'kind'), sides }
}

/** What may be chosen; what the record holds now only where it is neither side. */
export function choicesOf(side: Side): Which[] {
  const same = (one: Value, other: Value): boolean => JSON.stringify(one) === JSON.stringify(other)
  const isNew = ![side.base, side.theirs, side.mine].some((value) => same(value, side.now))
  return isNew ? ['mine', 'theirs', 'base', 'now'] : ['mine', 'theirs', 'base']
}

/** The fields of the change that decides; null while a field is open. */
export function decisionOf(conflict: Conflict, chosen: { readonly [field: string]: Which | undefined }): Fields | null {
  const decided: { [field: string]: Value } = {}
  for (const side of conflict.sides) {
    const which = chosen[side.field]
    if (!which) return null
    decided[side.field] = side[which]
  }
  const seen = Object.fromEntries(conflict.sides.map((side) => [side.field, side.now]))
  return { state: 'decided', ...laidOut('decided_value', 'decided.', decided), ...laidOut('seen', 'seen.', seen) }
}

/** The values by field; one that nests as deep as a line may go stands by itself (server/domain/supervision/conflicts.py). */
function laidOut(whole: string, apart: string, values: Fields): Fields {
  const all = Object.entries(values)
  const isDeep = ([, value]: readonly [string, Value]): boolean => depth(value) > VALUE_DEPTH_MAX
  const alone = all.filter(isDeep).map(([name, value]) => [apart + name, value])
  return { [whole]: Object.fromEntries(all.filter((each) => !isDeep(each))), ...Object.fromEntries(alone) }
}
