// Electronic licences (电子证照) that stand for a paper: issued or verified at a desk, held, and not out of date.
//
// A photograph that a helper took of one (class C) stands for nothing until a desk has seen the original; it is shown
// again at a later visit, so that nobody takes it twice.
//
// Laws: nobody is asked for what is on file. A licence is chosen for a material of which nothing was said yet; what a
// helper chose stays. A choice that rested on a licence ends with it. A photograph is kept only where the resident let it
// be, and names the record that keeps it.

import type { Fields, Value } from '../protocol/messages'
import { isDay } from './days'
import { groups, integer, text } from './fields'
import type { Material } from './materials'
import { isOwn, materialsIn, photosNamed, type Known, type LegSaid, type MaterialSaid, type Photo, type Visit } from './visit'

export interface HeldLicence {
  readonly record: string
  readonly fields: Fields
}

/** Classes of trust: made by the issuer, verified at a desk. */
const STANDS_FOR_PAPER = ['A', 'B']

export function isUsable(licence: Fields, today: string): boolean {
  return STANDS_FOR_PAPER.includes(text(licence, 'trust')) && text(licence, 'state') === 'held' && isInTime(licence, today)
}

function isInTime(licence: Fields, today: string): boolean {
  const until = text(licence, 'valid_until')
  return !isDay(until) || today <= until
}

/** Photographs of one that were kept at an earlier visit, the newest; empty when there are none that are good today. */
export function picturesFor(material: Material, held: readonly HeldLicence[], today: string): Photo[] {
  // Until it has come back from the centre, this phone's own has neither state nor class.
  const isHeld = ({ fields }: HeldLicence): boolean => ['', 'held'].includes(text(fields, 'state')) && isInTime(fields, today)
  const good = held.filter((one) => material.licences.includes(text(one.fields, 'kind')) && isHeld(one))
  const newest = good.sort((one, other) => (one.record < other.record ? 1 : -1)).find((one) => pagesOf(one).length)
  return newest ? pagesOf(newest) : []
}

/** A photograph as the page of the licence that keeps it; null when none does. */
export function licencePage(photo: Photo, held: readonly HeldLicence[]): Photo | null {
  return held.flatMap(pagesOf).find((page) => page.file === photo.file && page.sha256 === photo.sha256) ?? null
}

function pagesOf({ record, fields }: HeldLicence): Photo[] {
  return groups(fields, 'pages')
    .filter((page) => text(page, 'file') && text(page, 'sha256'))
    .map((page) => ({
      file: text(page, 'file'),
      sha256: text(page, 'sha256'),
      size: integer(page, 'size', 0),
      type: text(page, 'type') || 'image/jpeg',
      licence: record,
    }))
}

/** The fields of `licence.keep` for every material of a leg whose photographs the resident let be kept. */
export function keptIn(visit: Visit, known: Known, leg: number, resident: string): Fields[] {
  return materialsIn(visit, known, leg).flatMap((material) => {
    const said = visit.legs[leg]?.materials[material.no]
    const pages = said ? photosNamed(said).filter(isOwn) : []
    if (!said?.keep || !material.licences.includes(said.keep) || !pages.length) return []
    const until: { [name: string]: Value } = isDay(said.keepUntil) ? { valid_until: said.keepUntil } : {}
    const file = pages[0]?.file ?? ''
    return [{ resident, village: visit.village, kind: said.keep, source: 'helper', file, pages: pages.map(pageValue), ...until }]
  })
}

function pageValue({ file, sha256, size, type }: Photo): Fields {
  return { file, sha256, size, type }
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
