// This phone's own outbox, sealed so that somebody else can carry it to the centre. Law: exporting marks nothing as sent;
// what was carried and is sent again later counts once.

import { sealOutbox } from '../network/relay'
import { decodeHash, type Bytes } from '../protocol/bytes'
import type { Office } from './office'

export const SUFFIX = '.bangban'

/** In the order they are to be handed in; empty when nothing is unsent. */
export async function sealedOutbox(office: Office): Promise<Bytes[]> {
  const key = decodeHash(office.identity.relayPublicKey)
  const sealed: Bytes[] = []
  for (const message of await office.session.exportOutbox()) sealed.push(await sealOutbox(message, key))
  return sealed
}

export function fileName(office: Office, number: number): string {
  return `${office.identity.device.slice(0, 8)}-${office.today.replaceAll('-', '')}-${number}${SUFFIX}`
}
