// What a finished visit leaves behind: the changes of its filing.
//
// Laws: one visit is captured whole or not at all: the resident if new, the consent, the bundle if it is one, and a case
// for each leg with its materials, and what the resident let be kept for later visits. A cancelled material is never taken in; what another leg makes is awaited.

import type { Fields, Value } from '../protocol/messages'
import type { DraftWithId } from '../replica/replica'
import { bundleOf } from './bundles'
import { RETENTION, shownTextHash, TEXT_VERSION, VALID_DAYS } from './consent'
import { addDays, moment } from './days'
import { integer, text } from './fields'
import { answerValue, FORM_PREFIX } from './form'
import { keptIn } from './licences'
import { MATERIAL_PREFIX, materialValue } from './materials'
import {
  answersIn,
  consentKinds,
  consentRecipients,
  photosNamed,
  saidIn,
  shownConsent,
  type Known,
  type Photo,
  type Visit,
} from './visit'

/** How the result travels, by what a form says of it. */
const DELIVERIES: { readonly [said: string]: string } = { EMS: 'ems', 村代领: 'pickup', 窗口领取: 'window', 电子证照: 'electronic' }
const DELIVERY_QUESTION = 'deliver_to'

/** `drafts` with the ids of their changes, in order. `cases` and `caseChanges` are in the order of the legs. */
export interface Filing {
  readonly drafts: readonly DraftWithId[]
  readonly cases: readonly string[]
  readonly caseChanges: readonly string[]
  readonly consentChange: string
}

/** The changes of a finished visit, in which `faultsOf` found nothing. `receipts`: one a leg. */
export function buildFiling(visit: Visit, known: Known, receipts: readonly string[], newId: () => string): Filing {
  const drafts: DraftWithId[] = []
  let needs = known.residentChanges.slice(-1)
  let resident = visit.resident
  if (!resident) {
    resident = newId()
    drafts.push([{ kind: 'resident', record: resident, name: 'resident.register', set: known.resident }, newId()])
    needs = [drafts[0]![1]]
  }
  const [consent, consentChange] = [newId(), newId()]
  const given = consentFields(visit, known, resident)
  drafts.push([{ kind: 'consent', record: consent, name: 'consent.give', set: given, needs }, consentChange])
  for (const set of visit.legs.flatMap((_, leg) => keptIn(visit, known, leg, resident))) {
    drafts.push([{ kind: 'licence', record: newId(), name: 'licence.keep', set, needs: [consentChange] }, newId()])
  }
  const cases = visit.legs.map(() => newId())
  let behind = consentChange
  let bundle = ''
  if (bundleOf(visit.bundle)) {
    ;[bundle, behind] = [newId(), newId()]
    const set = bundleFields(visit, known, resident, consent, cases)
    drafts.push([{ kind: 'bundle', record: bundle, name: 'bundle.file', set, needs: [consentChange] }, behind])
  }
  const caseChanges = cases.map((record, leg) => {
    const set = { ...caseFields(visit, known, leg, resident, consent, receipts[leg] ?? ''), ...(bundle ? { bundle, leg: leg + 1 } : {}) }
    const change = newId()
    drafts.push([{ kind: 'case', record, name: 'case.submit', set, needs: [behind] }, change])
    return change
  })
  return { drafts, cases, caseChanges, consentChange }
}

function bundleFields(visit: Visit, known: Known, resident: string, consent: string, cases: readonly string[]): Fields {
  const legs = visit.legs.map(({ item }, place) => ({ leg: place + 1, item, case: cases[place] ?? '' }))
  return { code: visit.bundle, resident, consent, village: visit.village, legs, helper: known.account }
}

function consentFields(visit: Visit, known: Known, resident: string): Fields {
  const { consent } = visit
  const witness = consent.witness.trim()
  return {
    resident,
    items: visit.legs.map((leg) => leg.item),
    data_kinds: consentKinds(visit, known),
    sensitive: consent.sensitive,
    purpose: `办理${known.items.map((item) => text(item, 'name')).join('、')}`,
    recipients: consentRecipients(known),
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

function caseFields(visit: Visit, known: Known, leg: number, resident: string, consent: string, receipt: string): Fields {
  const fields: { [name: string]: Value } = {
    resident,
    item: visit.legs[leg]?.item ?? '',
    item_version: integer(known.items[leg] ?? {}, 'version'),
    consent,
    village: visit.village,
    state: 'submitted',
    receipt,
    helper: known.account,
    served: visit.served,
  }
  for (const [question, said] of answersIn(visit, known, leg)) {
    if (!said.trim()) continue
    fields[FORM_PREFIX + question.name] = answerValue(question, said)
    const mode = question.name === DELIVERY_QUESTION ? DELIVERIES[said] : undefined
    if (mode) fields['delivery'] = { mode }
  }
  const materials = saidIn(visit, known, leg)
  for (const [no, said] of materials) {
    fields[MATERIAL_PREFIX + no] = materialValue(said.state, photosNamed(said).map(photoValue), said.due)
  }
  if ([...materials.values()].some((said) => said.state === 'promised')) {
    fields['promise'] = { read_aloud: visit.promiseRead, means: visit.consent.means, promised_on: known.today }
  }
  if (visit.note.trim()) fields['notes'] = [visit.note.trim()]
  return fields
}

function photoValue(photo: Photo): Fields {
  return { file: photo.file, sha256: photo.sha256, size: photo.size, type: photo.type }
}
