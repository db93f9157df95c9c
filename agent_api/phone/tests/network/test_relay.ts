// An outbox that was sealed here opens with the centre's key, as docs/protocol.md §12 has it, and with no other.

import { expect, test } from 'vitest'

import { looksSealed, sealOutbox, SEALED_BYTES_MIN } from '../../src/network/relay'
import { fromUtf8, utf8, type Bytes } from '../../src/protocol/bytes'

const MESSAGE = utf8('{"protocol":1}\n{"id":"汪秀英"}')

async function centre() {
  const pair = (await crypto.subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair
  return { key: pair.privateKey, shown: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) as Bytes }
}

/** Written from the protocol's page, step by step. */
async function opened(sealed: Bytes, key: CryptoKey): Promise<string> {
  const ephemeral = await crypto.subtle.importKey('raw', sealed.slice(1, 33), 'X25519', false, [])
  const shared = await crypto.subtle.deriveBits({ name: 'X25519', public: ephemeral }, key, 256)
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits'])
  const how = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: utf8('bangban-relay-1') }
  const raw = await crypto.subtle.deriveBits(how, base, 256)
  const aes = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt'])
  const packed = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.slice(33, 45) }, aes, sealed.slice(45))
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
  return fromUtf8(new Uint8Array(await new Response(stream).arrayBuffer()))
}

test('the centre opens what was sealed to it and nobody else does', async () => {
  const [own, other] = [await centre(), await centre()]
  const sealed = await sealOutbox(MESSAGE, own.shown)
  expect(sealed[0]).toBe(1)
  expect(await opened(sealed, own.key)).toBe(fromUtf8(MESSAGE))
  await expect(opened(sealed, other.key)).rejects.toThrow()
})

test('no two are sealed alike, and none shows what is in it', async () => {
  const { shown } = await centre()
  const [one, again] = [await sealOutbox(MESSAGE, shown), await sealOutbox(MESSAGE, shown)]
  expect(Buffer.from(one).equals(Buffer.from(again))).toBe(false)
  expect(Buffer.from(one).includes('汪秀英')).toBe(false)
})

test('what cannot be one is known at once', async () => {
  const sealed = await sealOutbox(MESSAGE, (await centre()).shown)
  expect(looksSealed(sealed)).toBe(true)
  for (const other of [new Uint8Array(0), utf8('hello'), sealed.slice(0, SEALED_BYTES_MIN - 1), utf8('\x02'.repeat(99))]) {
    expect(looksSealed(other)).toBe(false)
  }
})
