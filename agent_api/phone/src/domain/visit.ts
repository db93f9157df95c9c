// A visit as it is being made: for whom, for what, what was said and collected, and what
// of it is asked for once over several services.
//
// Laws: a visit for a bundle has a leg for each of its items and one consent over all of them. What two legs ask alike is
// asked once. A draft of an older app is read as it was meant.

import type { Fields, Value } from '../protocol/messages'
import { awaitedIn, bundleOf } from './bundles'
import { parseCitizenId } from './citizen_id'
import {
  consentText,
  dataKindsOf,
  recipientsOf,
  VALID_DAYS,
  withPhotographed,
  type Language,
  type Means,
} from './consent'
import { addDays, ageOn, isDay } from './days'
import { text } from './fields'
import { askedQuestions, isAlike, type Question } from './form'
import { materialsOf, type Material, type MaterialState } from './materials'
import type { Overrides } from './working_days'

export const STEPS = ['resident', 'service', 'form', 'materials', 'consent', 'review'] as const
export type Step = (typeof STEPS)[number]

/**
 * A photograph in the phone's store. `licence`: it is that record's own, taken at an earlier visit, and only shown again.
 * `isNamedBefore`: a filing that was refused named it, and its bytes went or go up for that one.
 */
export interface Photo {
  readonly file: string
  readonly sha256: string
  readonly size: number
  readonly type: string
  readonly licence?: string
  readonly isNamedBefore?: boolean
}

/**
 * `licence`: the record that the state `licence` rests on, where this phone holds it. `keep`: the kind of licence as which
 * the resident lets these photographs be kept for later visits, until `keepUntil` where the licence has an end.
 */
export interface MaterialSaid {
  readonly state: MaterialState
  readonly photos: readonly Photo[]
  readonly due: string
  readonly licence?: string
  readonly keep?: string
  readonly keepUntil?: string
}

export interface ConsentSaid {
  readonly means: Means
  readonly readAloud: boolean
  readonly witness: string
  readonly sensitive: readonly string[]
  readonly language: Language
  readonly signature: Photo | null
  /** Signed on paper, which the helper keeps: no file then. */
  readonly onPaper: boolean
}

export interface NewResident {
  readonly name: string
  readonly citizenId: string
  readonly birth: string
  readonly phone: string
  readonly address: string
}

/** What was said for one item. */
export interface LegSaid {
  readonly item: string
  readonly form: { readonly [name: string]: string }
  readonly materials: { readonly [no: string]: MaterialSaid }
}

/** Where the resident is served, as the centre calls it: at home, at the village's office or at a desk of a hall. */
export const SERVED = ['home', 'station', 'desk'] as const
export type Served = (typeof SERVED)[number]

export interface Visit {
  readonly id: string
  readonly begun: number
  readonly touched: number
  readonly step: Step
  readonly village: string
  /** A record's id, or empty while the resident is new. */
  readonly resident: string
  readonly newResident: NewResident | null
  /** The bundle's code; empty for a single service. */
  readonly bundle: string
  /** One a service; none while nothing is chosen. */
  readonly legs: readonly LegSaid[]
  readonly consent: ConsentSaid
  readonly promiseRead: boolean
  readonly served: Served
  readonly note: string
}

export const NO_CONSENT: ConsentSaid = {
  means: 'signature',
  readAloud: false,
  witness: '',
  sensitive: [],
  language: 'zh',
  signature: null,
  onPaper: false,
}

export function newVisit(id: string, now: number, village: string): Visit {
  return {
    id,
    begun: now,
    touched: now,
    step: 'resident',
    village,
    resident: '',
    newResident: null,
    bundle: '',
    legs: [],
    consent: NO_CONSENT,
    promiseRead: false,
    served: 'home',
    note: '',
  }
}

export function newLeg(item: string): LegSaid {
  return { item, form: {}, materials: {} }
}

/** A draft as it was kept. An app before bundles kept its one service in the visit itself; one before that asked where. */
export function readVisit(kept: string): Visit {
  const read = JSON.parse(kept) as Omit<Visit, 'served'> & Partial<Pick<Visit, 'served'>> & Partial<LegSaid>
  const visit = { ...read, served: read.served ?? 'home' }
  if (visit.legs) return visit
  const { item = '', form = {}, materials = {}, ...rest } = visit
  return { ...rest, bundle: '', legs: item ? [{ item, form, materials }] : [] }
}

/** What a visit stands on. `items` are those of the legs; `residentChanges` own changes that have not come back. */
export interface Known {
  readonly items: readonly Fields[]
  readonly resident: Fields
  readonly residentChanges: readonly string[]
  readonly account: string
  readonly helper: string
  readonly now: number
  readonly today: string
  /** The centre's own working days. */
  readonly ownDays: Overrides
}

/** A resident's fields as they are kept: the id decides birth and sex. */
export function residentFields(said: NewResident, village: string, today: string): Fields {
  const citizen = said.citizenId ? parseCitizenId(said.citizenId, today) : null
  const fields: { [name: string]: Value } = { name: said.name.trim(), village }
  if (citizen && typeof citizen === 'object') {
    Object.assign(fields, { citizen_id: citizen.number, birth: citizen.birth, sex: citizen.sex })
  } else if (said.birth) fields['birth'] = said.birth
  if (said.phone.trim()) fields['phone'] = said.phone.replace(/[\s-]/g, '')
  if (said.address.trim()) fields['address'] = said.address.trim()
  return fields
}

/** Full years on that day; null when neither id nor birth date is known. */
export function ageOf(resident: Fields, today: string): number | null {
  const citizen = parseCitizenId(text(resident, 'citizen_id'), today)
  const birth = typeof citizen === 'object' ? citizen.birth : resident['birth']
  return isDay(birth) ? ageOn(birth, today) : null
}

// What is asked, leg by leg

/** A leg's questions as far as no earlier leg asks them alike. */
export function questionsIn(visit: Visit, known: Known, leg: number): Question[] {
  return asked(visit, known, leg).filter((one) => askedBefore(visit, known, leg, one) < 0)
}

/** Every question of a leg with its answer, those that were answered in an earlier leg among them. */
export function answersIn(visit: Visit, known: Known, leg: number): (readonly [question: Question, said: string])[] {
  return asked(visit, known, leg).map((one) => {
    const before = askedBefore(visit, known, leg, one)
    return [one, visit.legs[before < 0 ? leg : before]?.form[one.name] ?? ''] as const
  })
}

function asked(visit: Visit, known: Known, leg: number): Question[] {
  return askedQuestions(known.items[leg] ?? {}, visit.legs[leg]?.form ?? {})
}

function askedBefore(visit: Visit, known: Known, leg: number, question: Question): number {
  return visit.legs.findIndex((_, place) => place < leg && asked(visit, known, place).some((one) => isAlike(one, question)))
}

/** A leg's materials as far as no earlier leg takes them in, and nobody but another leg makes them. */
export function materialsIn(visit: Visit, known: Known, leg: number): Material[] {
  const awaited = awaitedBy(visit, known, leg)
  return materialsOf(known.items[leg] ?? {}).filter(
    (one) => !awaited.includes(one.no) && takenBefore(visit, known, leg, one.name) < 0,
  )
}

/** Numbers of the materials that another leg makes. */
export function awaitedBy(visit: Visit, known: Known, leg: number): string[] {
  const told = bundleOf(visit.bundle)?.legs[leg]
  return told ? awaitedIn(told, known.items[leg] ?? {}) : []
}

/** What was said of each material of a leg, by its number there; what an earlier leg took in counts here too. */
export function saidIn(visit: Visit, known: Known, leg: number): Map<string, MaterialSaid> {
  const found = new Map<string, MaterialSaid>()
  const awaited = awaitedBy(visit, known, leg)
  for (const one of materialsOf(known.items[leg] ?? {})) {
    if (one.cancelled) continue
    const before = takenBefore(visit, known, leg, one.name)
    const said = awaited.includes(one.no)
      ? ({ state: 'awaited', photos: [], due: '' } as const)
      : before < 0
        ? visit.legs[leg]?.materials[one.no]
        : saidOfName(visit, known, before, one.name)
    if (said) found.set(one.no, said)
  }
  return found
}

function takenBefore(visit: Visit, known: Known, leg: number, name: string): number {
  const isListed = (place: number): boolean =>
    materialsOf(known.items[place] ?? {}).some((one) => one.name === name && !one.cancelled)
  return visit.legs.findIndex((_, place) => place < leg && isListed(place) && !isAwaited(visit, known, place, name))
}

function isAwaited(visit: Visit, known: Known, leg: number, name: string): boolean {
  const awaited = awaitedBy(visit, known, leg)
  return materialsOf(known.items[leg] ?? {}).some((one) => one.name === name && awaited.includes(one.no))
}

function saidOfName(visit: Visit, known: Known, leg: number, name: string): MaterialSaid | undefined {
  const material = materialsOf(known.items[leg] ?? {}).find((one) => one.name === name)
  return material && visit.legs[leg]?.materials[material.no]
}

/** The photographs that go with a material: those taken before it was said to be on paper stay behind. */
export function photosNamed(said: MaterialSaid): readonly Photo[] {
  return isPictured(said.state) ? said.photos : []
}

/** Those that end with the leg: what a licence keeps, or an earlier filing sends, does not. */
export function photosOfLeg(leg: LegSaid): Photo[] {
  return Object.values(leg.materials).flatMap((said) => said.photos.filter(isOwn))
}

/** Whether it was taken for this very draft. */
export function isOwn(photo: Photo): boolean {
  return photo.licence === undefined && !photo.isNamedBefore
}

/** Everything that lies on the phone for a visit alone, the signature among it. */
export function photosOf(visit: Visit): Photo[] {
  const photos = visit.legs.flatMap(photosOfLeg)
  return visit.consent.signature ? [...photos, visit.consent.signature] : photos
}

export function isPictured(state: MaterialState): boolean {
  return state === 'attached' || state === 'scanned'
}

export function isPromised(visit: Visit): boolean {
  return visit.legs.some((leg) => Object.values(leg.materials).some((said) => said.state === 'promised'))
}

// What the resident is asked to agree to

/** The kinds of data this filing uses over all its legs, photographs of cards included. */
export function consentKinds(visit: Visit, known: Known): string[] {
  const age = ageOf(known.resident, known.today)
  const each = known.items.flatMap((item, leg) => {
    const said = saidIn(visit, known, leg)
    const photographed = materialsOf(item).filter((one) => isPictured(said.get(one.no)?.state ?? 'missing'))
    return withPhotographed(dataKindsOf(item, age), photographed.map((one) => one.name))
  })
  return [...new Set(each)]
}

export function consentRecipients(known: Known): string[] {
  return [...new Set(known.items.flatMap(recipientsOf))]
}

/** The very text that the resident is shown and that the consent's hash is of. */
export function shownConsent(visit: Visit, known: Known): string {
  return consentText({
    resident: known.resident,
    items: known.items.map((item) => text(item, 'name')),
    kinds: consentKinds(visit, known),
    recipients: consentRecipients(known),
    helper: known.helper,
    validUntil: addDays(known.today, VALID_DAYS),
    language: visit.consent.language,
  })
}
