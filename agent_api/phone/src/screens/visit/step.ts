// What every step of a visit is given and may say.

import type { Fault } from '../../domain/faults'
import type { Known, LegSaid, Step, Visit } from '../../domain/visit'
import { sayIfKnown } from '../../texts/say'

export interface StepProps {
  readonly visit: Visit
  readonly known: Known
  /** Of the steps that were tried already. */
  readonly faults: readonly Fault[]
}

export interface StepEmits {
  change: [changes: Partial<Visit>]
  onward: []
  go: [step: Step]
  /** Something of this step that is still on its way to the disk. Rejects with NotSaved. */
  bring: [work: Promise<void>]
}

/** What is wrong with a field, in words; empty when nothing is. */
export function faultAt(faults: readonly Fault[], step: Step, field: string, leg = 0): string {
  const found = faults.find((fault) => fault.step === step && fault.field === field && fault.leg === leg)
  return found ? sayIfKnown(found.code) : ''
}

/** The legs of a visit with one of them changed. */
export function withLeg(visit: Visit, leg: number, changes: Partial<LegSaid>): Partial<Visit> {
  return { legs: visit.legs.map((one, place) => (place === leg ? { ...one, ...changes } : one)) }
}
