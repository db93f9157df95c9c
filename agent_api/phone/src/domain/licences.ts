// Electronic licences (电子证照) that stand for a paper: issued or verified at a desk, held, and not out of date.
//
// Laws: nobody is asked for what is on file. A licence is chosen for a material of which nothing was said yet; what a
// helper chose stays. A choice that rested on a licence ends with it.

import type { Fields } from '../protocol/messages'
import { isDay } from './days'
import { text } from './fields'
import type { Material } from './materials'
import { materialsIn, type Known, type LegSaid, type MaterialSaid, type Visit } from './visit'

export interface HeldLicence {
  readonly record: string
  readonly fields: Fields
}

/** Classes of trust: made by the issuer, verified at a desk. */
const STANDS_FOR_PAPER = ['A', 'B']

export function isUsable(licence: Fields, today: string): boolean {
  const until = text(licence, 'valid_until')
  const isInTime = !isDay(until) || today <= until
  return STANDS_FOR_PAPER.includes(text(licence, 'trust')) && text(licence, 'state') === 'held' && isInTime
}

/** The licence of a resident that does for a material; null when none does. */
export function licenceFor(material: Material, held: readonly HeldLicence[], today: string): HeldLicence | null {
  return held.find(({ fields }) => material.licences.includes(text(fields, 'kind')) && isUsable(fields, today)) ?? null
}

/** The legs with what is on file chosen; null when nothing changes. `held` are the resident's licences. */
export function withLicences(visit: Visit, known: Known, held: readonly HeldLicence[]): readonly LegSaid[] | null {
  let isChanged = false
  const legs = visit.legs.map((said, leg) => {
    const materials: { [no: string]: MaterialSaid } = { ...said.materials }
    for (const material of materialsIn(visit, known, leg)) {
      const before = materials[material.no]
      const licence = material.cancelled ? null : licenceFor(material, held, known.today)
      const isResting = before?.state === 'licence' && before.licence !== undefined
      if (before ? !isResting || before.licence === licence?.record : !licence) continue
      isChanged = true
      if (licence) materials[material.no] = { state: 'licence', photos: [], due: '', licence: licence.record }
      else delete materials[material.no]
    }
    return { ...said, materials }
  })
  return isChanged ? legs : null
}
