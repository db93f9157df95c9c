// Shows the centre an activation code and this phone's key, and reads what it grants.

import { encodeHash, utf8, type Bytes } from '../protocol/bytes'
import { askJson, NoContact } from './centre'

/** What the centre answers to a device it takes. `mark`: the four signs of this device's receipts. */
export interface Enrolled {
  readonly device: string
  readonly mark: string
  readonly account: string
  readonly login: string
  readonly name: string
  readonly role: string
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
  readonly epoch: string
  readonly relay_public_key: string
  /** By code; an older centre tells none. */
  readonly places?: unknown
}

const TEXTS = ['device', 'mark', 'account', 'login', 'name', 'role', 'access_token', 'refresh_token', 'relay_public_key']

/** Rejects with TurnedAway or NoContact. The same code and key again get the same device: a lost answer is no loss. */
export async function enrol(
  code: string,
  publicKey: string,
  signing: (payload: Bytes) => Promise<Bytes>,
  deviceName: string,
  appVersion: string,
): Promise<Enrolled> {
  const { challenge } = await askJson('/v1/enrol/challenge', {})
  const proof = encodeHash(await signing(utf8(`bangban-enrol-1\n${String(challenge)}\n${publicKey}`)))
  const told = await askJson('/v1/enrol', {
    code: code.trim(),
    challenge,
    public_key: publicKey,
    proof,
    device_name: deviceName.slice(0, 80),
    app_version: appVersion,
  })
  if (!TEXTS.every((name) => typeof told[name] === 'string')) throw new NoContact('an answer that grants nothing')
  return told as unknown as Enrolled
}
