// What every step of a visit is given and may say.

import type { Fault, Known, Step, Visit } from '../../domain/visit'
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
}

/** What is wrong with a field, in words; empty when nothing is. */
export function faultAt(faults: readonly Fault[], step: Step, field: string): string {
  const found = faults.find((fault) => fault.step === step && fault.field === field)
  return found ? sayIfKnown(found.code) : ''
}
