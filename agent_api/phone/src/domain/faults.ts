// What stands in the way of finishing a visit, step by step.
//
// Laws: what is only advice, such as a missing material or doubtful eligibility, is told and never refuses anybody. What
// a receipt would promise the resident must be able to hold: no day after the one that the desk can accept.

import { parseCitizenId } from './citizen_id'
import { needsWitness, sensitiveOf } from './consent'
import { isDay } from './days'
import { text } from './fields'
import { faultOfAnswer } from './form'
import type { Material } from './materials'
import { promiseLatest } from './working_days'
import { consentKinds, isPictured, isPromised, materialsIn, questionsIn, type Known, type Step, type Visit } from './visit'

/** One thing that stands in the way; `leg` and `field` are where to look. */
export interface Fault {
  readonly step: Step
  readonly leg: number
  readonly field: string
  readonly code: string
  readonly label: string
}

/** Everything that stands in the way of finishing, in the order of the steps. */
export function faultsOf(visit: Visit, known: Known): Fault[] {
  return [
    ...residentFaults(visit, known),
    ...formFaults(visit, known),
    ...materialFaults(visit, known),
    ...consentFaults(visit, known),
  ]
}

function residentFaults(visit: Visit, known: Known): Fault[] {
  const at = (field: string, code: string): Fault => ({ step: 'resident', leg: 0, field, code, label: '' })
  if (visit.resident) return []
  if (!visit.newResident) return [at('resident', 'choice_missing')]
  const found = visit.newResident.name.trim() ? [] : [at('name', 'field_missing')]
  const citizen = visit.newResident.citizenId ? parseCitizenId(visit.newResident.citizenId, known.today) : null
  if (typeof citizen === 'string') found.push(at('citizenId', citizen))
  if (visit.newResident.birth > known.today) found.push(at('birth', 'birth_future'))
  if (!visit.village) found.push(at('village', 'choice_missing'))
  return found
}

function formFaults(visit: Visit, known: Known): Fault[] {
  if (!visit.legs.length) return [{ step: 'service', leg: 0, field: 'item', code: 'choice_missing', label: '' }]
  return visit.legs.flatMap((said, leg) =>
    questionsIn(visit, known, leg).flatMap((question) => {
      const code = faultOfAnswer(question, said.form[question.name] ?? '', known.today)
      return code ? [{ step: 'form' as const, leg, field: question.name, code, label: question.label }] : []
    }),
  )
}

function materialFaults(visit: Visit, known: Known): Fault[] {
  const found = visit.legs.flatMap((_, leg) => materialsIn(visit, known, leg).flatMap((one) => faultsOfMaterial(visit, known, leg, one)))
  if (isPromised(visit) && !visit.promiseRead) {
    found.push({ step: 'materials', leg: 0, field: 'promise', code: 'promise_unread', label: '' })
  }
  return found
}

function faultsOfMaterial(visit: Visit, known: Known, leg: number, material: Material): Fault[] {
  const said = visit.legs[leg]?.materials[material.no]
  const at = (code: string): Fault => ({ step: 'materials', leg, field: material.no, code, label: material.name })
  if (!said || material.cancelled) return []
  if (isPictured(said.state) && said.photos.length === 0) return [at('material_file')]
  if (said.state !== 'promised') return []
  if (!isDay(said.due)) return [at('promise_due_missing')]
  if (said.due < known.today) return [at('promise_past')]
  return said.due > promiseLatest(known.items[leg] ?? {}, known.today, known.ownDays).day ? [at('promise_too_late')] : []
}

function consentFaults(visit: Visit, known: Known): Fault[] {
  const { consent } = visit
  const at = (field: string, code: string, label = ''): Fault => ({ step: 'consent', leg: 0, field, code, label })
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
