// Who is on this phone and what opens their store: slow, waiting after wrong PINs, and nothing lost by a cut.

import 'fake-indexeddb/auto'

import { afterEach, expect, test } from 'vitest'

import { utf8 } from '../../src/protocol/bytes'
import { NoPasskey, type Passkeys } from '../../src/storage/passkey'
import { Keyring, PENDING, PinMustWait, PinWrong, sign, waitAfter } from '../../src/storage/keyring'

const ROUNDS = 10
const PIN = '246813'
const LABEL = { name: '吴思雨', login: 'h341881106200' }
let made = 0
let rings: Keyring[] = []

function keyring(name = `keys-${++made}`): Keyring {
  const ring = new Keyring(name)
  rings.push(ring)
  return ring
}

afterEach(() => {
  for (const ring of rings) ring.close()
  rings = []
})

async function enrolled(ring: Keyring, id = 'wu'): Promise<void> {
  await ring.begin(PIN, ROUNDS)
  await ring.settle(id, LABEL)
}

test('the right PIN gives the same data key each time, a wrong one none', async () => {
  const ring = keyring()
  await enrolled(ring)
  const key = await ring.unlock('wu', PIN, 0)
  expect(key).toHaveLength(32)
  expect(await ring.unlock('wu', PIN, 0)).toEqual(key)
  await expect(ring.unlock('wu', '246814', 0)).rejects.toThrow(PinWrong)
})

test('the device key signs and cannot be read out', async () => {
  const ring = keyring()
  const person = await ring.begin(PIN, ROUNDS)
  expect(await sign(person, utf8('x'))).toHaveLength(64)
  await expect(crypto.subtle.exportKey('pkcs8', person.signing)).rejects.toThrow()
  await expect(crypto.subtle.exportKey('raw', person.secret)).rejects.toThrow()
})

test('an enrolment that was cut off keeps its device key, with whatever PIN is chosen then', async () => {
  const name = 'keys-cut'
  const { publicKey } = await keyring(name).begin(PIN, ROUNDS)
  const again = await keyring(name).begin('975310', ROUNDS)
  expect(again.publicKey).toBe(publicKey)
  expect(await keyring(name).unlock(PENDING, '975310', 0)).toHaveLength(32)
  expect(await keyring(name).persons()).toEqual([])
})

test('two people on one phone have keys and PINs of their own', async () => {
  const ring = keyring()
  await enrolled(ring, 'wu')
  await ring.begin('975310', ROUNDS)
  await ring.settle('li', { name: '李明', login: 'li' })
  const [one, other] = await ring.persons()
  expect(one!.publicKey).not.toBe(other!.publicKey)
  await expect(ring.unlock('li', PIN, 0)).rejects.toThrow(PinWrong)
  expect(await ring.unlock('li', '975310', 0)).toHaveLength(32)
})

test('who it is can be shown before a PIN is typed, and lies sealed', async () => {
  const ring = keyring()
  await enrolled(ring)
  const [person] = await ring.persons()
  expect(await ring.labelOf(person!)).toEqual(LABEL)
  expect(Buffer.from(person!.label!).toString('latin1')).not.toContain(Buffer.from(LABEL.name).toString('latin1'))
})

test('three wrong PINs are free, then each doubles the wait, up to five minutes', () => {
  expect([1, 2, 3, 4, 5, 20].map(waitAfter)).toEqual([0, 0, 2_000, 4_000, 8_000, 300_000])
})

test('while the wait lasts not even the right PIN is tried, and a clock set back does not shorten it', async () => {
  const ring = keyring()
  await enrolled(ring)
  for (let n = 0; n < 3; n++) await expect(ring.unlock('wu', '0', 1_000)).rejects.toThrow(PinWrong)
  await expect(ring.unlock('wu', PIN, 1_500)).rejects.toThrow(PinMustWait)
  await expect(ring.unlock('wu', PIN, -9_000_000)).rejects.toThrow(PinMustWait)
  expect(await ring.unlock('wu', PIN, 3_000)).toHaveLength(32)
  await expect(ring.unlock('wu', '0', 3_000)).rejects.toThrow(PinWrong)
})

test('a new PIN opens the same store, and the old one no more', async () => {
  const ring = keyring()
  await enrolled(ring)
  const key = await ring.unlock('wu', PIN, 0)
  await ring.changePin('wu', PIN, '864209', 0)
  expect(await ring.unlock('wu', '864209', 0)).toEqual(key)
  await expect(ring.unlock('wu', PIN, 0)).rejects.toThrow(PinWrong)
})

/** A phone that knows its owner's finger, or another's. */
function finger(sign: number, isThere = true): Passkeys {
  return {
    make: () => Promise.resolve({ id: Uint8Array.of(sign), salt: Uint8Array.of(1) }),
    secretOf: () =>
      isThere ? Promise.resolve(new Uint8Array(32).fill(sign)) : Promise.reject(new NoPasskey('no finger came')),
  }
}

test('a passkey opens beside the PIN, and both give the same key', async () => {
  const ring = keyring()
  await enrolled(ring)
  const dataKey = await ring.unlock('wu', PIN, 0)
  await expect(ring.unlockWithPasskey('wu', finger(1))).rejects.toThrow(NoPasskey)
  await expect(ring.addPasskey('wu', '000000', 'wu', finger(1), 0)).rejects.toThrow(PinWrong)
  await ring.addPasskey('wu', PIN, 'wu', finger(1), 0)
  expect(await ring.unlockWithPasskey('wu', finger(1))).toEqual(dataKey)
  expect(await ring.unlock('wu', PIN, 0)).toEqual(dataKey)
  await ring.changePin('wu', PIN, '975310', 0)
  expect(await ring.unlockWithPasskey('wu', finger(1))).toEqual(dataKey)
})

test('another finger, none, and a passkey that was turned off open nothing', async () => {
  const ring = keyring()
  await enrolled(ring)
  await ring.addPasskey('wu', PIN, 'wu', finger(1), 0)
  await expect(ring.unlockWithPasskey('wu', finger(2))).rejects.toThrow(NoPasskey)
  await expect(ring.unlockWithPasskey('wu', finger(1, false))).rejects.toThrow(NoPasskey)
  await ring.dropPasskey('wu')
  await expect(ring.unlockWithPasskey('wu', finger(1))).rejects.toThrow(NoPasskey)
  await expect(ring.unlock('wu', PIN, 0)).resolves.toBeDefined()
})

test('a finger does not forgive wrong PINs', async () => {
  const ring = keyring()
  await enrolled(ring)
  await ring.addPasskey('wu', PIN, 'wu', finger(1), 0)
  for (let wrong = 0; wrong < 3; wrong++) await expect(ring.unlock('wu', '000000', 0)).rejects.toThrow(PinWrong)
  await ring.unlockWithPasskey('wu', finger(1))
  await expect(ring.unlock('wu', PIN, 0)).rejects.toThrow(PinMustWait)
})

test('wrong PINs are counted on the disk, so that starting again does not help', async () => {
  const [ring, again] = [keyring('wrong'), keyring('wrong')]
  await enrolled(ring)
  for (let wrong = 0; wrong < 4; wrong++) await ring.unlock('wu', '000000', wrong * 60_000).catch(() => undefined)
  ring.close()
  await expect(again.unlock('wu', PIN, 180_001)).rejects.toThrow(PinMustWait)
})

test('a store that was opened less often than it is known to have been is an older copy', async () => {
  const ring = keyring()
  await enrolled(ring)
  expect([await ring.sawOpened('wu', 2), await ring.sawOpened('wu', 3), await ring.sawOpened('wu', 7)]).toEqual([false, false, false])
  expect(await ring.sawOpened('wu', 4)).toBe(true)
  expect(await ring.sawOpened('wu', 8)).toBe(false)
})
