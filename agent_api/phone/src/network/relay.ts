// Seals an outbox to the centre, so that anyone may carry it and nobody on the way can read it (docs/protocol.md §12).

import { concat, utf8, type Bytes } from '../protocol/bytes'
import { packed } from './centre'

const VERSION = 1
const NONCE_BYTES = 12
/** Version, ephemeral key, nonce and tag: what even an empty one has. */
export const SEALED_BYTES_MIN = 1 + 32 + NONCE_BYTES + 16
export const SEALED_BYTES_MAX = 8 * 1024 * 1024

export async function sealOutbox(message: Bytes, centreKey: Bytes): Promise<Bytes> {
  const centre = await crypto.subtle.importKey('raw', centreKey, 'X25519', false, [])
  const own = (await crypto.subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair
  const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: centre }, own.privateKey, 256)
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8('bangban-relay-1') }
  const key = await crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt'])
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, await packed(message))
  const shown = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey))
  return concat(Uint8Array.of(VERSION), shown, iv, new Uint8Array(sealed))
}

/** Whether it can be one at all; only the centre can say more. */
export function looksSealed(content: Uint8Array): boolean {
  return content[0] === VERSION && content.length >= SEALED_BYTES_MIN && content.length <= SEALED_BYTES_MAX
}
