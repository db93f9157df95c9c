// What a filing must bring: necessity, how each material was collected, what is missing, what may come later.
//
// Laws: a cancelled material is never asked for. A missing material is a reason to correct, never to refuse at the
// door: the desk decides.

import type { Fields, Value } from '../protocol/messages'
import { family, groups, integer, isGroup, text, texts } from './fields'

export const MATERIAL_PREFIX = 'material.'

export type Necessity = 'necessary' | 'optional' | 'tolerable'
export type MaterialState = 'paper' | 'attached' | 'scanned' | 'promised' | 'licence' | 'missing' | 'not_needed' | 'awaited'

const NECESSITIES: readonly Necessity[] = ['necessary', 'optional', 'tolerable']
const STATES: readonly MaterialState[] = [
  'paper',
  'attached',
  'scanned',
  'promised',
  'licence',
  'missing',
  'not_needed',
  'awaited',
]
const IN_HAND: readonly MaterialState[] = ['paper', 'attached', 'scanned', 'licence']
/** Nobody is asked for it now: not needed, promised by a day, or made by another leg of the bundle. */
const SETTLED: readonly MaterialState[] = [...IN_HAND, 'not_needed', 'promised', 'awaited']

/** One row of an item's list. `instead`: what makes it unnecessary, for people. */
export interface Material {
  readonly no: string
  readonly name: string
  /** In English, where the catalogue has it; so is `insteadEn`. */
  readonly nameEn: string
  readonly necessity: Necessity
  readonly licences: readonly string[]
  readonly instead: string
  readonly insteadEn: string
  readonly cancelled: boolean
}

/** What a case holds for one material. */
export interface Collected {
  readonly state: MaterialState
  readonly file: string
  readonly due: string
  readonly note: string
}

/** Reduced for good: no basis in law, found out by the department, gone with its item. */
const NEVER_ASKED_WAYS: ReadonlySet<number> = new Set([1, 4, 5])

export function materialsOf(item: Fields): Material[] {
  return groups(item, 'materials').map((row, place) => ({
    no: String(row['no'] ?? place + 1),
    name: text(row, 'name'),
    nameEn: text(row, 'name_en'),
    necessity: NECESSITIES[integer(row, 'necessity', 1) - 1] ?? 'necessary',
    licences: texts(row, 'licence'),
    instead: text(row, 'instead'),
    insteadEn: text(row, 'instead_en'),
    cancelled: row['cancelled'] === true || NEVER_ASKED_WAYS.has(integer(row, 'cut', 0)),
  }))
}

export function isAsked(material: Material): boolean {
  return !material.cancelled && material.necessity !== 'optional'
}

/** A case's readable materials by number. */
export function collectedIn(fields: Fields): Map<string, Collected> {
  const found = new Map<string, Collected>()
  for (const [no, value] of Object.entries(family(fields, MATERIAL_PREFIX))) {
    const state = isGroup(value) ? STATES.find((one) => one === value['state']) : undefined
    if (isGroup(value) && state) {
      found.set(no, { state, file: text(value, 'file'), due: text(value, 'due'), note: text(value, 'note') })
    }
  }
  return found
}

/** The one complete list of what still must come; what is promised, or made by another leg, is not counted. */
export function missingOf(materials: readonly Material[], have: ReadonlyMap<string, Collected>): Material[] {
  return materials.filter((material) => {
    const state = have.get(material.no)?.state
    return isAsked(material) && !(state && SETTLED.includes(state))
  })
}

export function isInHand(state: MaterialState | undefined): boolean {
  return state !== undefined && IN_HAND.includes(state)
}

export function promisedOf(materials: readonly Material[], have: ReadonlyMap<string, Collected>): Material[] {
  return materials.filter((material) => have.get(material.no)?.state === 'promised')
}

/** A case's value for one material. The first photo is the material's file, further ones are its pages. */
export function materialValue(state: MaterialState, photos: readonly Fields[], due = '', note = ''): Fields {
  const value: { [name: string]: Value } = { state, ...photos[0] }
  if (photos.length > 1) value['pages'] = photos.slice(1)
  if (due) value['due'] = due
  if (note) value['note'] = note
  return value
}
