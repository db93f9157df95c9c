// What a case that was filed still asks of its helper: to put right what a desk returned, to bring what was promised,
// to hand the result over.
//
// Laws: what a desk returned is put right in one change. Only what was promised is supplied. Of a hand-over it is said
// who took the result, how they are related and when.

import type { Fields, Value } from '../protocol/messages'
import { isDay } from './days'
import { groups, isGroup, text } from './fields'
import { FORM_PREFIX, questionsOf } from './form'
import { collectedIn, MATERIAL_PREFIX, materialsOf, materialValue, promisedOf, type Material } from './materials'
import type { MaterialSaid } from './visit'

export const RELATIONS = ['self', 'spouse', 'child', 'parent', 'relative', 'neighbour', 'guardian'] as const
export type Relation = (typeof RELATIONS)[number]

const SUPPLIED_IN = ['received', 'prechecked', 'accepted', 'reviewing', 'special_procedure', 'suspended']

export interface AskedMaterial {
  readonly no: string
  readonly name: string
  readonly nameEn: string
  readonly why: string
  readonly said: string
}

export interface AskedAnswer {
  readonly name: string
  readonly label: string
  readonly labelEn: string
  readonly said: string
}

/** A desk's one complete list. */
export interface Correction {
  readonly materials: readonly AskedMaterial[]
  readonly answers: readonly AskedAnswer[]
  readonly said: string
  readonly due: string
}

/** What was collected for a correction or a promise, kept from the first keystroke. */
export interface Brought {
  readonly materials: { readonly [no: string]: MaterialSaid }
  readonly form: { readonly [name: string]: string }
  readonly note: string
}

export const NOTHING_BROUGHT: Brought = { materials: {}, form: {}, note: '' }

/** What a returned case lacks; null when it is not returned. */
export function correctionOf(fields: Fields, item: Fields): Correction | null {
  if (text(fields, 'state') !== 'to_correct') return null
  const told = isGroup(fields['correction']) ? fields['correction'] : {}
  const names = new Map(materialsOf(item).map((one) => [one.no, one]))
  const labels = new Map(questionsOf(item).map((one) => [one.name, one]))
  const materials = groups(told, 'materials').map((row) => {
    const no = String(row['no'] ?? '')
    const known = names.get(no)
    return { no, name: known?.name || text(row, 'name') || no, nameEn: known?.nameEn ?? '', why: text(row, 'why'), said: text(row, 'text') }
  })
  const answers = groups(told, 'answers').map((row) => {
    const name = text(row, 'name')
    const known = labels.get(name)
    return { name, label: known?.label || text(row, 'label') || name, labelEn: known?.labelEn ?? '', said: text(row, 'text') }
  })
  return { materials, answers, said: text(told, 'text'), due: text(told, 'due') }
}

/** Materials promised for later, with their day, the nearest first. */
export function promisesOf(fields: Fields, item: Fields): (readonly [material: Material, due: string])[] {
  if (!SUPPLIED_IN.includes(text(fields, 'state'))) return []
  const have = collectedIn(fields)
  const open = promisedOf(materialsOf(item), have).map((one) => [one, have.get(one.no)?.due ?? ''] as const)
  return open.sort(([, one], [, other]) => (one < other ? -1 : 1))
}

/** Whether the result lies in the village, or is on no other way. */
export function isToHandOver(fields: Fields): boolean {
  if (text(fields, 'state') !== 'finished' || isGroup(fields['handover'])) return false
  const parcel = isGroup(fields['parcel']) ? fields['parcel'] : {}
  const wanted = isGroup(fields['delivery']) ? fields['delivery'] : {}
  const mode = text(parcel, 'mode') || text(wanted, 'mode')
  return mode === 'pickup' || text(parcel, 'state') === 'at_village'
}

/** Why what was collected cannot go yet: by `material.no` or `form.name` the code of what is missing. */
export function faultsOfBrought(brought: Brought, nos: readonly string[], names: readonly string[] = []): Map<string, string> {
  const found = new Map<string, string>()
  for (const no of nos) {
    const said = brought.materials[no]
    if (!said || said.state === 'missing') found.set(MATERIAL_PREFIX + no, 'choice_missing')
    else if (said.state === 'attached' && said.photos.length === 0) found.set(MATERIAL_PREFIX + no, 'material_file')
  }
  for (const name of names) if (!brought.form[name]?.trim()) found.set(FORM_PREFIX + name, 'field_missing')
  return found
}

/** The fields of `case.correct` and `case.supply`. */
export function broughtFields(brought: Brought, item: Fields): Fields {
  const types = new Map(groups(item, 'fields').map((row) => [text(row, 'name'), text(row, 'type')]))
  const set: { [name: string]: Value } = {}
  for (const [no, said] of Object.entries(brought.materials)) {
    const photos = said.photos.map(({ file, sha256, size, type }) => ({ file, sha256, size, type }))
    set[MATERIAL_PREFIX + no] = materialValue(said.state, photos)
  }
  for (const [name, said] of Object.entries(brought.form)) {
    const value = said.trim()
    if (value) set[FORM_PREFIX + name] = types.get(name) === 'number' && /^-?\d{1,15}$/.test(value) ? Number(value) : value
  }
  return set
}

/** The only material that is asked for is the one that was brought. A photograph: chosen, it still has to be taken. */
export function withOnlyOne(brought: Brought, nos: readonly string[]): Brought {
  const [only, ...others] = nos
  if (only === undefined || others.length || brought.materials[only]) return brought
  return { ...brought, materials: { ...brought.materials, [only]: { state: 'attached', photos: [], due: '' } } }
}

/** Days until `due`: negative when it is over; null when no day was given. */
export function daysLeft(due: string, today: string): number | null {
  return isDay(due) ? Math.round((Date.parse(due) - Date.parse(today)) / 86_400_000) : null
}
