// Whose stores lie on this phone, and what opens them: per enrolment, named by its device, a device key that signs, a secret of this phone, and
// the store's data key wrapped under the PIN (slow) and under that secret.
//
// Laws: the device key and the secret cannot be read out by any script, only used. A PIN is never stored. After three
// wrong ones each further one doubles the wait, up to five minutes, across restarts. A passkey opens beside the PIN and
// never takes its place. A new person's key is on the disk before the centre hears of it, so that a lost answer or a dead
// battery costs nothing.

import type { DBSchema } from 'idb'

import { encodeHash, fromUtf8, utf8, type Bytes } from '../protocol/bytes'
import { openDatabase, write, type Database } from './database'
import { NoPasskey, type Passkey, type Passkeys } from './passkey'
import { aesKey, open, seal, SealBroken } from './sealing'

export const PIN_ROUNDS = 600_000
const WRONG_FREE = 3
const WAIT_FIRST_MS = 2_000
const WAIT_MAX_MS = 5 * 60_000
const WRAPPED_FOR = 'bangban-phone-key-1'
const PASSKEY_FOR = 'bangban-phone-passkey-1'
const LABEL_FOR = 'bangban-phone-label-1'
/** The id of a person the centre has not answered for yet. */
export const PENDING = 'pending'

export interface Person {
  readonly id: string
  /** Who it is, sealed under the secret: shown on the lock screen, where no PIN was typed yet. */
  readonly label: Bytes | null
  readonly signing: CryptoKey
  readonly publicKey: string
  readonly secret: CryptoKey
  readonly salt: Bytes
  readonly rounds: number
  readonly wrapped: Bytes
  readonly wrong: number
  readonly waitUntil: number
  /** The data key once more, under what a passkey gives and then under the secret. */
  readonly passkey?: Passkey & { readonly wrapped: Bytes }
  /** How often the store was opened, as far as is known here: a store that says less was put back. */
  readonly opened?: number
}

export interface Label {
  readonly name: string
  readonly login: string
}

export class PinWrong extends Error {
  constructor(readonly waitMs: number) {
    super('another PIN')
  }
}

export class PinMustWait extends Error {
  constructor(readonly waitMs: number) {
    super('too many wrong PINs')
  }
}

interface Stores extends DBSchema {
  persons: { key: string; value: Person }
}

/** How long after so many wrong PINs the next try must wait. */
export function waitAfter(wrong: number): number {
  return wrong < WRONG_FREE ? 0 : Math.min(WAIT_MAX_MS, WAIT_FIRST_MS * 2 ** (wrong - WRONG_FREE))
}

export class Keyring {
  private readonly database: Promise<Database<Stores>>

  constructor(name = 'bangban-keys') {
    this.database = openDatabase<Stores>(name, [{ name: 'persons', key: 'id' }])
  }

  /** Those the centre knows, in the order of their ids. */
  async persons(): Promise<Person[]> {
    return (await (await this.database).getAll('persons')).filter((person) => person.id !== PENDING)
  }

  async person(id: string): Promise<Person | undefined> {
    return (await this.database).get('persons', id)
  }

  private async keep(person: Person, instead = ''): Promise<void> {
    await write(await this.database, ['persons'], (transaction) => {
      const persons = transaction.objectStore('persons')
      return Promise.resolve([...(instead ? [persons.delete(instead)] : []), persons.put(person)])
    })
  }

  async labelOf(person: Person): Promise<Label> {
    if (!person.label) return { name: '', login: '' }
    return JSON.parse(fromUtf8(await open(person.secret, person.label, LABEL_FOR))) as Label
  }

  /**
   * A person to be enrolled. One whose enrolment was cut off keeps the device key and gets the new PIN; so does one
   * whose store the browser cleared, `again`.
   */
  async begin(pin: string, rounds = PIN_ROUNDS, again = ''): Promise<Person> {
    const held = (again && (await this.person(again))) || (await this.person(PENDING))
    const { signing, publicKey } = held ?? (await newDeviceKey())
    const secret = held?.secret ?? (await newSecret())
    const dataKey = crypto.getRandomValues(new Uint8Array(32))
    const wrapped = await wrap(dataKey, pin, secret, rounds)
    const person = { id: PENDING, label: null, signing, publicKey, secret, ...wrapped, wrong: 0, waitUntil: 0 }
    await this.keep(person)
    return person
  }

  /** The centre has answered: the person has a name from now on. */
  async settle(id: string, label: Label): Promise<Person> {
    const pending = await this.person(PENDING)
    if (!pending) throw new Error('nobody is being enrolled')
    const sealed = await seal(pending.secret, utf8(JSON.stringify(label)), LABEL_FOR)
    const person = { ...pending, id, label: sealed }
    await this.keep(person, PENDING)
    return person
  }

  /** The data key. Rejects with PinWrong or PinMustWait. */
  async unlock(id: string, pin: string, now: number): Promise<Bytes> {
    const person = await this.person(id)
    if (!person) throw new Error('nobody of that id is on this phone')
    // A clock that was set back must not shorten the wait, nor one set far ahead make it endless.
    const left = Math.min(person.waitUntil - now, waitAfter(person.wrong))
    if (left > 0) throw new PinMustWait(left)
    // Counted before it is tried: pulling the battery in between gains nothing.
    const wrong = person.wrong + 1
    await this.keep({ ...person, wrong, waitUntil: now + waitAfter(wrong) })
    try {
      const dataKey = await unwrap(person, pin)
      await this.keep({ ...person, wrong: 0, waitUntil: 0 })
      return dataKey
    } catch (error) {
      if (error instanceof SealBroken) throw new PinWrong(waitAfter(wrong))
      throw error
    }
  }

  /** From now on the passkey opens too. Rejects with NoPasskey, or like `unlock`. */
  async addPasskey(id: string, pin: string, name: string, passkeys: Passkeys, now: number): Promise<void> {
    const dataKey = await this.unlock(id, pin, now)
    const passkey = await passkeys.make(name)
    const inner = await seal(await aesKey(await passkeys.secretOf(passkey)), dataKey, PASSKEY_FOR)
    const person = await this.person(id)
    if (!person) throw new Error('nobody of that id is on this phone')
    await this.keep({ ...person, passkey: { ...passkey, wrapped: await seal(person.secret, inner, PASSKEY_FOR) } })
  }

  /** The data key. Rejects with NoPasskey. */
  async unlockWithPasskey(id: string, passkeys: Passkeys): Promise<Bytes> {
    const person = await this.person(id)
    if (!person?.passkey) throw new NoPasskey('none was made')
    const inner = await open(person.secret, person.passkey.wrapped, PASSKEY_FOR)
    const secret = await passkeys.secretOf(person.passkey)
    try {
      return await open(await aesKey(secret), inner, PASSKEY_FOR)
    } catch (error) {
      if (error instanceof SealBroken) throw new NoPasskey('another passkey')
      throw error
    }
  }

  async dropPasskey(id: string): Promise<void> {
    const person = await this.person(id)
    if (!person) return
    const { passkey: _gone, ...rest } = person
    await this.keep(rest)
  }

  /** The store says how often it was opened. True when it said more before: an older copy was put in its place. */
  async sawOpened(id: string, opened: number): Promise<boolean> {
    const person = await this.person(id)
    if (!person) return false
    await this.keep({ ...person, opened: Math.max(opened, person.opened ?? 0) })
    return opened <= (person.opened ?? 0)
  }

  /** Rejects like `unlock` when the old PIN is wrong. A crash leaves either the old PIN or the new one. */
  async changePin(id: string, old: string, pin: string, now: number): Promise<void> {
    const dataKey = await this.unlock(id, old, now)
    const person = await this.person(id)
    if (person) await this.keep({ ...person, ...(await wrap(dataKey, pin, person.secret, person.rounds)) })
  }

  async forget(id: string): Promise<void> {
    await write(await this.database, ['persons'], (transaction) => Promise.resolve([transaction.objectStore('persons').delete(id)]))
  }

  close(): void {
    void this.database.then((database) => database.close())
  }
}

export async function sign(person: Person, payload: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign('Ed25519', person.signing, payload))
}

async function newDeviceKey(): Promise<{ signing: CryptoKey; publicKey: string }> {
  const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  return { signing: pair.privateKey, publicKey: encodeHash(raw) }
}

async function newSecret(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

interface Wrapped {
  readonly salt: Bytes
  readonly rounds: number
  readonly wrapped: Bytes
}

/** First under the PIN, then under the secret: a guess at the PIN needs the phone itself. */
async function wrap(dataKey: Bytes, pin: string, secret: CryptoKey, rounds: number): Promise<Wrapped> {
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const inner = await seal(await slowKey(pin, salt, rounds), dataKey, WRAPPED_FOR)
  return { salt, rounds, wrapped: await seal(secret, inner, WRAPPED_FOR) }
}

async function unwrap(person: Person, pin: string): Promise<Bytes> {
  const inner = await open(person.secret, person.wrapped, WRAPPED_FOR)
  return open(await slowKey(pin, person.salt, person.rounds), inner, WRAPPED_FOR)
}

async function slowKey(pin: string, salt: Bytes, rounds: number): Promise<CryptoKey> {
  const said = await crypto.subtle.importKey('raw', utf8(pin), 'PBKDF2', false, ['deriveBits'])
  const parameters = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }
  return aesKey(new Uint8Array(await crypto.subtle.deriveBits(parameters, said, 256)))
}
