// Fingerprint, face or screen lock as a second key to a store: WebAuthn's PRF gives thirty-two bytes that only this phone
// can make again, after it has seen its owner.
//
// Laws: nothing here replaces the PIN. The bytes never lie anywhere; they open the data key and are forgotten. Nobody
// else is asked: no server knows of it.

import { utf8, type Bytes } from '../protocol/bytes'

/** This phone or browser cannot, or its owner thought again. */
export class NoPasskey extends Error {}

export interface Passkey {
  readonly id: Bytes
  readonly salt: Bytes
}

/** What makes and uses passkeys: the browser, or a test. Both reject with NoPasskey. */
export interface Passkeys {
  make(name: string): Promise<Passkey>
  /** The same bytes each time for the same passkey. */
  secretOf(passkey: Passkey): Promise<Bytes>
}

const RANDOM_BYTES = 32
const ED25519 = -8
const ES256 = -7
const RS256 = -257
const WAIT_MS = 60_000

/** Whether there is something to offer at all. */
export async function canUsePasskeys(): Promise<boolean> {
  const api = globalThis.PublicKeyCredential as typeof PublicKeyCredential | undefined
  if (!api || isAddress(location.hostname)) return false
  return api.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
}

/** A passkey belongs to a name; where the centre is reached by a bare address there is none. */
function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.startsWith('[')
}

function random(): Bytes {
  return crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))
}

export const BROWSER_PASSKEYS: Passkeys = {
  async make(name) {
    const kinds = [ED25519, ES256, RS256].map((alg) => ({ type: 'public-key' as const, alg }))
    const made = await asked(() =>
      navigator.credentials.create({
        publicKey: {
          rp: { name: '帮办 Bangban' },
          user: { id: random(), name, displayName: name },
          challenge: random(),
          pubKeyCredParams: kinds,
          authenticatorSelection: {
            authenticatorAttachment: 'platform',
            userVerification: 'required',
            residentKey: 'discouraged',
          },
          timeout: WAIT_MS,
          extensions: { prf: {} },
        },
      }),
    )
    if (made.getClientExtensionResults().prf?.enabled !== true) throw new NoPasskey('no PRF here')
    return { id: new Uint8Array(made.rawId), salt: random() }
  },

  async secretOf({ id, salt }) {
    const used = await asked(() =>
      navigator.credentials.get({
        publicKey: {
          challenge: random(),
          allowCredentials: [{ type: 'public-key', id }],
          userVerification: 'required',
          timeout: WAIT_MS,
          extensions: { prf: { eval: { first: salt } } },
        },
      }),
    )
    const first = used.getClientExtensionResults().prf?.results?.first
    if (!first) throw new NoPasskey('no bytes came back')
    const raw = ArrayBuffer.isView(first) ? new Uint8Array(first.buffer as ArrayBuffer, first.byteOffset, first.byteLength) : new Uint8Array(first)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array([...utf8('bangban-passkey-1'), ...raw])))
  },
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await ask()
    if (credential) return credential as PublicKeyCredential
  } catch (error) {
    // Turned down, timed out, gone from the phone: all the same to whoever stands before it.
    if (!(error instanceof DOMException)) throw error
    throw new NoPasskey(error.message)
  }
  throw new NoPasskey('nothing came back')
}
