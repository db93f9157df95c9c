// A visit as far as it went: what was said and collected, kept as a draft from the first keystroke, and what it
// becomes when it is finished.
//
// Laws: one visit is captured whole or not at all: the resident if new, the consent, the case with its materials. A
// cancelled material is never taken in. What is only advice is told and never refuses anybody.

import type { Fields, Value } from '../protocol/messages'
import type { DraftWithId } from '../replica/replica'
import { parseCitizenId } from './citizen_id'
import {
  consentText,
  dataKindsOf,
  needsWitness,
  recipientsOf,
  RETENTION,
  sensitiveOf,
  shownTextHash,
  TEXT_VERSION,
  VALID_DAYS,
  withPhotographed,
  type Language,
  type Means,
} from './consent'
import { addDays, ageOn, isDay, moment } from './days'
import { groups, integer, text } from './fields'
import { MATERIAL_PREFIX, materialsOf, materialValue, type MaterialState } from './materials'

export const FORM_PREFIX = 'form.'
export const STEPS = ['resident', 'service', 'form', 'materials', 'consent', 'review'] as const
export type Step = (typeof STEPS)[number]

/** A photograph in the phone's store. `value` is what the case will name. */
export interface Photo {
  readonly file: string
  readonly sha256: string
  readonly size: number
  readonly type: string
}

export interface MaterialSaid {
  readonly state: MaterialState
  readonly photos: readonly Photo[]
  readonly due: string
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

export interface Visit {
  readonly id: string
  readonly begun: number
  readonly touched: number
  readonly step: Step
  readonly village: string
  /** A record's id, or empty while the resident is new. */
  readonly resident: string
  readonly newResident: NewResident | null
  readonly item: string
  readonly form: { readonly [name: string]: string }
  readonly materials: { readonly [no: string]: MaterialSaid }
  readonly consent: ConsentSaid
  readonly promiseRead: boolean
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
    item: '',
    form: {},
    materials: {},
    consent: NO_CONSENT,
    promiseRead: false,
    note: '',
  }
}

/** What a visit stands on. `residentChanges` are own changes to the resident that have not come back. */
export interface Known {
  readonly item: Fields
  readonly resident: Fields
  readonly residentChanges: readonly string[]
  readonly account: string
  readonly helper: string
  readonly now: number
  readonly today: string
}

/** One thing that stands in the way; `field` is where to look. */
export interface Fault {
  readonly step: Step
  readonly field: string
  readonly code: string
  readonly label: string
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

/** The kinds of data this filing uses, photographs of cards included. */
export function consentKinds(visit: Visit, known: Known): string[] {
  const names = new Map(materialsOf(known.item).map((material) => [material.no, material.name]))
  const photographed = Object.entries(visit.materials)
    .filter(([, said]) => said.state === 'attached' || said.state === 'scanned')
    .map(([no]) => names.get(no) ?? '')
  return withPhotographed(dataKindsOf(known.item, ageOf(known.resident, known.today)), photographed)
}

/** The very text that the resident is shown and that the consent's hash is of. */
export function shownConsent(visit: Visit, known: Known): string {
  return consentText({
    resident: known.resident,
    items: [text(known.item, 'name')],
    kinds: consentKinds(visit, known),
    recipients: recipientsOf(known.item),
    helper: known.helper,
    validUntil: addDays(known.today, VALID_DAYS),
    language: visit.consent.language,
  })
}

/** Everything that stands in the way of finishing, in the order of the steps. */
export function faultsOf(visit: Visit, known: Known): Fault[] {
  return [...residentFaults(visit, known), ...formFaults(visit, known), ...materialFaults(visit, known), ...consentFaults(visit, known)]
}

function residentFaults(visit: Visit, known: Known): Fault[] {
  const at = (field: string, code: string): Fault => ({ step: 'resident', field, code, label: '' })
  if (visit.resident) return []
  if (!visit.newResident) return [at('resident', 'choice_missing')]
  const found = visit.newResident.name.trim() ? [] : [at('name', 'field_missing')]
  const citizen = visit.newResident.citizenId ? parseCitizenId(visit.newResident.citizenId, known.today) : null
  if (typeof citizen === 'string') found.push(at('citizenId', citizen))
  if (visit.newResident.birth > known.today) found.push(at('birth', 'birth_future'))
  return found
}

function formFaults(visit: Visit, known: Known): Fault[] {
  if (!visit.item) return [{ step: 'service', field: 'item', code: 'choice_missing', label: '' }]
  const found: Fault[] = []
  for (const row of groups(known.item, 'fields')) {
    const field = text(row, 'name')
    const said = (visit.form[field] ?? '').trim()
    const label = text(row, 'label') || field
    const fault = said ? faultOfValue(text(row, 'type'), said, known.today) : row['required'] === true && 'field_missing'
    if (fault) found.push({ step: 'form', field, code: fault, label })
  }
  return found
}

function faultOfValue(type: string, said: string, today: string): string | false {
  if (type === 'number') return !/^-?\d{1,15}$/.test(said) && 'not_a_number'
  if (type === 'date') return !isDay(said) && 'not_a_day'
  if (type === 'phone') return !/^(1\d{10}|0\d{2,3}-?\d{7,8}|\d{7,8})$/.test(said.replace(/[\s-]/g, '')) && 'phone_invalid'
  const citizen = type === 'citizen_id' && parseCitizenId(said, today)
  return typeof citizen === 'string' && citizen
}

function materialFaults(visit: Visit, known: Known): Fault[] {
  const found: Fault[] = []
  for (const material of materialsOf(known.item)) {
    const said = visit.materials[material.no]
    const at = (code: string): Fault => ({ step: 'materials', field: material.no, code, label: material.name })
    if (!said) continue
    if ((said.state === 'attached' || said.state === 'scanned') && said.photos.length === 0) found.push(at('material_file'))
    if (said.state === 'promised' && !isDay(said.due)) found.push(at('promise_due_missing'))
  }
  const isPromised = Object.values(visit.materials).some((said) => said.state === 'promised')
  if (isPromised && !visit.promiseRead) found.push({ step: 'materials', field: 'promise', code: 'promise_unread', label: '' })
  return found
}

function consentFaults(visit: Visit, known: Known): Fault[] {
  const { consent } = visit
  const at = (field: string, code: string, label = ''): Fault => ({ step: 'consent', field, code, label })
  const found = sensitiveOf(consentKinds(visit, known))
    .filter((kind) => !consent.sensitive.includes(kind))
    .map((kind) => at(`sensitive.${kind}`, 'sensitive_not_ticked', kind))
  const witness = consent.witness.trim()
  const isSigned = consent.signature !== null || consent.onPaper
  if (consent.means === 'signature' && !isSigned) found.push(at('signature', 'signature_missing'))
  if (needsWitness(consent.means)) {
    if (!witness) found.push(at('witness', 'witness_missing'))
    if (!consent.readAloud) found.push(at('readAloud', 'not_read_aloud'))
  }
  if (witness && witness === known.helper) found.push(at('witness', 'witness_is_helper'))
  if (witness && witness === text(known.resident, 'name')) found.push(at('witness', 'witness_is_resident'))
  return found
}

/** `drafts` with the ids of their changes, in order; the case's is the last. */
export interface Filing {
  readonly drafts: readonly DraftWithId[]
  readonly caseRecord: string
  readonly caseChange: string
  readonly consentChange: string
}

/** The changes of a finished visit, in which `faultsOf` found nothing. */
export function buildFiling(visit: Visit, known: Known, receipt: string, newId: () => string): Filing {
  const drafts: DraftWithId[] = []
  let needs = known.residentChanges.slice(-1)
  let resident = visit.resident
  if (!resident) {
    resident = newId()
    drafts.push([{ kind: 'resident', record: resident, name: 'resident.register', set: known.resident }, newId()])
    needs = [drafts[0]![1]]
  }
  const [consentRecord, consentChange] = [newId(), newId()]
  const consent = consentFields(visit, known, resident)
  drafts.push([{ kind: 'consent', record: consentRecord, name: 'consent.give', set: consent, needs }, consentChange])
  const [caseRecord, caseChange] = [newId(), newId()]
  const set = caseFields(visit, known, resident, consentRecord, receipt)
  drafts.push([{ kind: 'case', record: caseRecord, name: 'case.submit', set, needs: [consentChange] }, caseChange])
  return { drafts, caseRecord, caseChange, consentChange }
}

function consentFields(visit: Visit, known: Known, resident: string): Fields {
  const { consent } = visit
  const witness = consent.witness.trim()
  return {
    resident,
    items: [visit.item],
    data_kinds: consentKinds(visit, known),
    sensitive: consent.sensitive,
    purpose: `办理${text(known.item, 'name')}`,
    recipients: recipientsOf(known.item),
    retention: RETENTION.zh,
    means: consent.means,
    read_aloud: consent.readAloud,
    text_hash: shownTextHash(shownConsent(visit, known)),
    text_version: `${TEXT_VERSION}-${consent.language}`,
    signed_at: moment(known.now),
    valid_until: addDays(known.today, VALID_DAYS),
    helper: known.account,
    village: visit.village,
    ...(witness ? { witness } : {}),
    ...(consent.signature ? { signature_file: consent.signature.file } : {}),
  }
}

function caseFields(visit: Visit, known: Known, resident: string, consent: string, receipt: string): Fields {
  const fields: { [name: string]: Value } = {
    resident,
    item: visit.item,
    item_version: integer(known.item, 'version'),
    consent,
    village: visit.village,
    state: 'submitted',
    receipt,
    helper: known.account,
  }
  for (const row of groups(known.item, 'fields')) {
    const said = (visit.form[text(row, 'name')] ?? '').trim()
    if (said) fields[FORM_PREFIX + text(row, 'name')] = text(row, 'type') === 'number' ? Number(said) : said
  }
  for (const material of materialsOf(known.item)) {
    const said = visit.materials[material.no]
    if (!said || material.cancelled) continue
    fields[MATERIAL_PREFIX + material.no] = materialValue(said.state, said.photos.map(photoValue), said.due)
  }
  if (Object.values(visit.materials).some((said) => said.state === 'promised')) {
    fields['promise'] = { read_aloud: visit.promiseRead, means: visit.consent.means, promised_on: known.today }
  }
  if (visit.note.trim()) fields['notes'] = [visit.note.trim()]
  return fields
}

function photoValue(photo: Photo): Fields {
  return { file: photo.file, sha256: photo.sha256, size: photo.size, type: photo.type }
}
