// Doing a refused filing again: the visit that leads to the same filing, from what was sent.
//
// Laws: what was sent stays as it was; only its content is taken over. A photograph is named once more, as the same file:
// nobody takes it or sends it twice. A consent is given anew, for it says when and to whom it was given.

import type { Fields, Value } from '../protocol/messages'
import { family, isGroup, text } from './fields'
import { FORM_PREFIX } from './form'
import { collectedIn, MATERIAL_PREFIX } from './materials'
import { newVisit, SERVED, type MaterialSaid, type NewResident, type Photo, type Visit } from './visit'

/** The kinds of change that are done again as a visit. */
export const FILINGS: readonly string[] = ['case.submit', 'case.open']

/** Photographs that a change names. Their bytes may have left this phone. */
export function photosIn(value: Value | undefined): Photo[] {
  if (!isGroup(value)) return []
  const pages = Array.isArray(value['pages']) ? (value['pages'] as Value[]).filter(isGroup) : []
  return [value, ...pages].filter((one) => text(one, 'file')).map(photoOf)
}

function photoOf(value: Fields): Photo {
  const size = typeof value['size'] === 'number' ? value['size'] : 0
  return { file: text(value, 'file'), sha256: text(value, 'sha256'), size, type: text(value, 'type') || 'image/jpeg' }
}

/** A leg of a bundle is done again by itself. `photos` are those that can be named once more, by material. Without them the material is to be said again. */
export function visitAgain(
  id: string,
  now: number,
  sent: Fields,
  resident: { readonly record: string; readonly anew: NewResident | null },
  photos: { readonly [no: string]: readonly Photo[] },
): Visit {
  const form = Object.entries(family(sent, FORM_PREFIX)).map(([name, value]) => [name, String(value)] as const)
  const materials: { [no: string]: MaterialSaid } = {}
  for (const [no, { state, due }] of collectedIn(sent)) {
    const kept = photos[no] ?? []
    const isPictured = state === 'attached' || state === 'scanned'
    if ((isPictured && kept.length === 0) || state === 'awaited') continue
    materials[no] = { state, photos: isPictured ? kept : [], due }
  }
  return {
    ...newVisit(id, now, text(sent, 'village')),
    step: resident.record || resident.anew ? 'form' : 'resident',
    resident: resident.record,
    newResident: resident.anew,
    served: SERVED.find((where) => where === sent['served']) ?? 'home',
    legs: [{ item: text(sent, 'item'), form: Object.fromEntries(form), materials }],
  }
}

/** A resident whom the centre did not take in, as typed. */
export function residentAgain(sent: Fields): NewResident {
  return {
    name: text(sent, 'name'),
    citizenId: text(sent, 'citizen_id'),
    birth: text(sent, 'birth'),
    phone: text(sent, 'phone'),
    address: text(sent, 'address'),
  }
}

export function materialNumbers(sent: Fields): string[] {
  return Object.keys(family(sent, MATERIAL_PREFIX))
}
