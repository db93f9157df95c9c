// Which files belong to what is captured: photographs that go up now, and those that a filing before it sent.
//
// Laws: a photograph's bytes go up once. Done again, a filing names the same file; whatever is still on its way is from
// then on told with the filing that names it now. Only what went up from this phone, or what a licence keeps, is named
// again: the centre shows nothing else.

import type { Filing } from '../domain/filing'
import { licencePage } from '../domain/licences'
import { isOwn, photosNamed, type Photo, type Visit } from '../domain/visit'
import type { FileToSend, ReplicaStore } from '../replica/state'
import type { Office } from './office'

export function fileToSend({ file, sha256, size, type }: Photo, purpose: string, change: string): FileToSend {
  return { id: file, sha256, size, type, purpose, change, delivery: 'waiting', offset: 0, location: '' }
}

/** The files of a finished visit, each with the change that names it. */
export function filesOf(visit: Visit, filing: Filing, store: ReplicaStore): FileToSend[] {
  const { signature } = visit.consent
  const pictured = visit.legs.flatMap((leg, place) => {
    const change = filing.caseChanges[place] ?? ''
    return Object.values(leg.materials).flatMap(photosNamed).flatMap((photo) => fileOf(photo, change, store))
  })
  return signature ? [...pictured, fileToSend(signature, 'signature', filing.consentChange)] : pictured
}

function fileOf(photo: Photo, change: string, store: ReplicaStore): FileToSend[] {
  if (isOwn(photo)) return [fileToSend(photo, 'material', change)]
  const before = photo.isNamedBefore ? store.file(photo.file) : undefined
  return before ? [{ ...before, change }] : []
}

/** A picture that was sent, as one of a new draft; null when it never arrived or nobody knows of it: to be taken anew. */
export function namedBefore(office: Office, photo: Photo): Photo | null {
  const sent = office.replica.store.file(photo.file)
  if (sent) return sent.delivery === 'refused' ? null : { ...photo, isNamedBefore: true }
  return licencePage(photo, office.replica.seeAll('licence'))
}
