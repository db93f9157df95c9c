// Writing the service log on the phone, with what was typed kept from the first keystroke.

import { text } from '../domain/fields'
import { newServiceSaid, serviceFields, type ServiceSaid } from '../domain/service_log'
import type { Sighting } from '../replica/replica'
import type { Office } from './office'

const TYPED = 'service_typed/'

/** `about`: a case's record, a resident's, or empty. What was typed about it before, or a new page. */
export function serviceTyped(office: Office, about: string): ServiceSaid {
  const kept = office.note(TYPED + about)
  if (kept !== undefined) return JSON.parse(kept) as ServiceSaid
  const seen = office.see(about)
  if (seen?.kind === 'resident') return newServiceSaid(about)
  return newServiceSaid(text(seen?.fields ?? {}, 'resident'), text(seen?.fields ?? {}, 'item'))
}

export function keepServiceTyped(office: Office, about: string, said: ServiceSaid): Promise<void> {
  return office.keepNote(TYPED + about, JSON.stringify(said))
}

/** Rejects with NotSaved, and what was typed stays then. */
export async function writeService(office: Office, about: string, said: ServiceSaid): Promise<void> {
  const village = text(office.fields(said.resident), 'village') || office.villages()[0] || ''
  const set = serviceFields(said, village, office.identity.account)
  await office.capture([{ kind: 'service_log', record: office.newId(), name: 'service_log.write', set }], [], [TYPED + about])
}

/** The newest first. */
export function services(office: Office): Sighting[] {
  return [...office.replica.seeAll('service_log')].sort((one, other) => (one.record < other.record ? 1 : -1))
}
