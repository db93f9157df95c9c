// Claiming and filling: what a unit may claim, what a claim inherits, and the changes of both.
//
// Laws: a claim's id follows from campaign, unit and base item, so that colleagues who work without a network meet in
// one record. Only what a person set is written; the rest of the list is inherited from the item.

import { derivedId } from '../protocol/ids'
import type { Fields, Value } from '../protocol/messages'
import type { Draft } from '../replica/replica'
import { CLAIM_FIELDS, ITEM_NAMES } from './claim_fields'
import { family, groups, isGroup, text, texts } from './fields'

export const CLAIM_PREFIX = 'f.'

export const WITH_THE_UNIT = ['claimed', 'filling', 'returned'] as const
const FILLABLE: readonly string[] = [...WITH_THE_UNIT, 'submitted', 'checked', 'approved']
const TO_SUBMIT: readonly string[] = WITH_THE_UNIT
const TO_GIVE_BACK: readonly string[] = [...WITH_THE_UNIT, 'submitted']

/** One item of a unit, and its claim as far as there is one. */
export interface Claimable {
  readonly claim: string
  readonly campaign: string
  readonly unit: string
  readonly place: string
  readonly baseItem: string
  readonly item: string
  readonly name: string
  readonly state: string
  readonly claimedBy: string
}

export interface Held {
  readonly record: string
  readonly fields: Fields
}

export function claimId(campaign: string, unit: string, baseItem: string): string {
  return derivedId('claim', campaign, unit, baseItem)
}

/** The campaign that runs on that day, the latest first. */
export function openCampaign(campaigns: readonly Held[], today: string): Held | null {
  const running = campaigns.filter(({ fields }) => {
    const [start, end] = [text(fields, 'start'), text(fields, 'end')]
    return ['', 'open'].includes(text(fields, 'state')) && (!start || start <= today) && (!end || today <= end)
  })
  return running.sort((one, other) => (text(one.fields, 'start') < text(other.fields, 'start') ? 1 : -1))[0] ?? null
}

/** Whether the campaign asks this unit at this place. An empty list asks all. */
export function isInScope(campaign: Fields, unit: string, place: string): boolean {
  const scope = isGroup(campaign['scope']) ? campaign['scope'] : {}
  const [places, units, levels] = [texts(scope, 'places'), texts(scope, 'units'), texts(scope, 'levels')]
  if (units.length && !units.includes(unit)) return false
  if (places.length && !places.some((own) => place.startsWith(stem(own)))) return false
  return !levels.length || levels.includes(exerciseLevel(place))
}

/** A division's code without the empty levels below it. */
function stem(place: string): string {
  const parts = [place.slice(0, 2), place.slice(2, 4), place.slice(4, 6), place.slice(6, 9), place.slice(9, 12)]
  while (parts.length > 1 && /^0*$/.test(parts.at(-1) ?? '')) parts.pop()
  return parts.join('')
}

/** The level at which a unit of this place acts: the state is the first. */
function exerciseLevel(place: string): string {
  return String([2, 4, 6, 9, 12].indexOf(stem(place).length) + 2)
}

export interface Sources {
  readonly campaign: Held
  readonly items: readonly Held[]
  readonly claims: readonly Held[]
  readonly units: readonly string[]
  /** Where a unit is, as far as nothing else tells: a helper has one village and one unit. */
  readonly village: string
}

/** Every item of own units, and the standard list where this phone knows its place. Free ones first, then by name. */
export function claimables(from: Sources): Claimable[] {
  const held = new Map(from.claims.map((claim) => [claim.record, claim.fields]))
  const places = placesOfUnits(from)
  const found = new Map<string, Claimable>()
  for (const item of from.items) {
    const baseItem = text(item.fields, 'base_item')
    if (!baseItem || text(item.fields, 'status') === 'cancelled') continue
    const own = text(item.fields, 'unit')
    for (const unit of from.units.filter((one) => !own || own === one)) {
      const place = text(item.fields, 'place') || places.get(unit) || ''
      if (!place || !isInScope(from.campaign.fields, unit, place)) continue
      const claim = claimId(from.campaign.record, unit, baseItem)
      if (found.has(claim)) continue
      const fields = held.get(claim) ?? {}
      const [state, claimedBy] = [text(fields, 'state') || 'free', text(fields, 'claimed_by')]
      const [campaign, name] = [from.campaign.record, text(item.fields, 'name')]
      found.set(claim, { claim, campaign, unit, place, baseItem, item: item.record, name, state, claimedBy })
    }
  }
  const order = (one: Claimable): string => `${one.state === 'free' ? 1 : 0}${one.name}`
  return [...found.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1))
}

function placesOfUnits(from: Sources): Map<string, string> {
  const places = new Map(from.village ? from.units.map((unit) => [unit, from.village] as const) : [])
  for (const { fields } of [...from.items, ...from.claims]) {
    const [unit, place] = [text(fields, 'unit'), text(fields, 'place')]
    if (unit && place) places.set(unit, place)
  }
  return places
}

/** What people set in the claim itself, without prefix. */
export function ownValues(claim: Fields): { [name: string]: Value } {
  const own = Object.entries(family(claim, CLAIM_PREFIX)).filter(([, value]) => value !== null && value !== '')
  return Object.fromEntries(own)
}

/** What an item says of a list's fields, in the claim's own names; materials as their names. */
export function inheritedValues(item: Fields): { [name: string]: Value } {
  const values: { [name: string]: Value } = {}
  for (const { name } of CLAIM_FIELDS) {
    const value = item[ITEM_NAMES[name] ?? name]
    const isSaid = value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && !value.length)
    if (isSaid) values[name] = value
  }
  const rows = groups(item, 'materials').filter((row) => row['cancelled'] !== true)
  if (rows.length) values['materials'] = rows.map((row) => text(row, 'name')).join('、')
  return values
}

export interface BaseChange {
  readonly field: string
  readonly label: string
  readonly was: string
  readonly now: string
  /** What the unit wrote over it; null where it inherits. */
  readonly own: string | null
}

/** What changed in the base item since the list was filled, as the centre told it. */
export function baseChanges(claim: Fields): BaseChange[] {
  return groups(claim, 'rebased').map((row) => {
    const [was, now] = [row['was'], row['now']].map((value) => (value === undefined || value === null ? '' : String(value)))
    const own = row['own'] === undefined || row['own'] === null ? null : String(row['own'])
    return { field: text(row, 'field'), label: text(row, 'label'), was: was ?? '', now: now ?? '', own }
  })
}

/** Mandatory fields that nobody has filled: a reviewer would return the list for them. */
export function emptyMandatory(values: Fields): string[] {
  const isEmpty = (name: string): boolean => String(values[name] ?? '').trim() === ''
  return CLAIM_FIELDS.filter((field) => field.mandatory && isEmpty(field.name)).map((field) => field.name)
}

export function takeDraft(one: Claimable, account: string): Draft {
  const set = {
    campaign: one.campaign,
    unit: one.unit,
    base_item: one.baseItem,
    place: one.place,
    item: one.item,
    state: 'claimed',
    claimed_by: account,
  }
  return { kind: 'claim', record: one.claim, name: 'claim.take', set }
}

/** Only what differs from what the claim holds; null when nothing does or the state allows no filling. */
export function fillDraft(claim: string, fields: Fields, said: { readonly [name: string]: string }): Draft | null {
  const [state, held] = [text(fields, 'state'), ownValues(fields)]
  if (!FILLABLE.includes(state)) return null
  const changed: { [name: string]: Value } = {}
  for (const field of CLAIM_FIELDS) {
    const words = said[field.name]?.trim() ?? ''
    const value = field.number && /^\d{1,9}$/.test(words) ? Number(words) : words
    if (words && value !== held[field.name]) changed[CLAIM_PREFIX + field.name] = value
  }
  if (!Object.keys(changed).length) return null
  const after = TO_SUBMIT.includes(state) ? 'filling' : 'submitted'
  return { kind: 'claim', record: claim, name: 'claim.fill', set: { state: after, ...changed } }
}

export function canSubmit(state: string): boolean {
  return TO_SUBMIT.includes(state)
}

export function canGiveBack(state: string): boolean {
  return TO_GIVE_BACK.includes(state)
}

export function canFill(state: string): boolean {
  return FILLABLE.includes(state)
}

export function submitDraft(claim: string): Draft {
  return { kind: 'claim', record: claim, name: 'claim.submit', set: { state: 'submitted' } }
}

export function giveBackDraft(claim: string): Draft {
  return { kind: 'claim', record: claim, name: 'claim.withdraw', set: { state: 'free', claimed_by: '' } }
}

/** Fields of a list whose values are others than when this phone last looked. */
export function changedSince(before: Fields, now: Fields): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  const isListed = (name: string): boolean => name.startsWith(CLAIM_PREFIX) || name === 'state'
  return [...names].filter((name) => isListed(name) && JSON.stringify(before[name]) !== JSON.stringify(now[name]))
}
