// Seals what lies on the phone: AES-GCM for contents, a keyed hash for names. Laws: nothing personal is written in the
// clear, names of records and buckets included; a sealed cell opens only under its own name, so none can be swapped.

import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'

import { concat, encodeHash, utf8, type Bytes } from '../protocol/bytes'

const NONCE_BYTES = 12
const NAME_BYTES = 18

/** The sealed bytes are damaged, or were sealed under another key or name. */
export class SealBroken extends Error {}

export async function aesKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

export async function seal(key: CryptoKey, content: Bytes, name: string): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(name) }, key, content)
  return concat(iv, new Uint8Array(sealed))
}

/** Rejects with SealBroken. */
export async function open(key: CryptoKey, sealed: Uint8Array, name: string): Promise<Bytes> {
  const iv = sealed.subarray(0, NONCE_BYTES) as Bytes
  const rest = sealed.subarray(NONCE_BYTES) as Bytes
  try {
    const content = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: utf8(name) }, key, rest)
    return new Uint8Array(content)
  } catch {
    throw new SealBroken(`a sealed cell of ${sealed.length} bytes does not open`)
  }
}

/** Everything a store needs to keep cells sealed: made from its 32-byte data key. */
export class Seal {
  private constructor(
    private readonly key: CryptoKey,
    private readonly naming: Bytes,
  ) {}

  static async from(dataKey: Bytes): Promise<Seal> {
    const naming = hmac(sha256, dataKey, utf8('bangban-phone-names-1')) as Bytes
    return new Seal(await aesKey(dataKey), naming)
  }

  /** What a cell is called on the disk. */
  name(...parts: readonly string[]): string {
    return encodeHash(hmac(sha256, this.naming, utf8(parts.join('\x1f'))).subarray(0, NAME_BYTES))
  }

  seal(content: Bytes, name: string): Promise<Bytes> {
    return seal(this.key, content, name)
  }

  open(sealed: Uint8Array, name: string): Promise<Bytes> {
    return open(this.key, sealed, name)
  }
}
