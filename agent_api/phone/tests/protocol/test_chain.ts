// The golden hashes, signatures and sums are what this end computes.

import { expect, test } from 'vitest'

import { decodeHash, encodeHash, hex } from '../../src/protocol/bytes'
import {
  bucketSum,
  contentHash,
  evidencePayload,
  extendAll,
  genesis,
  signedPayload,
  stateTag,
  sumText,
} from '../../src/protocol/chain'
import { derivedId, timedId } from '../../src/protocol/ids'
import { golden, type ChainVectors } from './golden'

const chain = golden<ChainVectors>('chain.json')
const hashes = chain.lines.map(contentHash)
const begin = genesis(chain.device, chain.chain_epoch)

test('a chain begins with the hash of its device and number', () => {
  expect(encodeHash(begin)).toBe(chain.genesis)
})

test('a line has the hash of its bytes', () => {
  expect(hashes.map(encodeHash)).toEqual(chain.line_hashes)
})

test('each change lengthens the chain as the centre reckons', () => {
  const reached = hashes.map((_, place) => encodeHash(extendAll(begin, 1, hashes.slice(0, place + 1))))
  expect(reached).toEqual(chain.chain_hashes)
})

test('what a key signs is the golden payload', () => {
  const payload = signedPayload(chain.device, chain.chain_epoch, 4, extendAll(begin, 1, hashes))
  expect(hex(payload)).toBe(chain.signed_payload_hex)
})

test('Web Crypto signs it with the golden signature', async () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', d: chain.private_key_seed, x: chain.public_key }
  const key = await crypto.subtle.importKey('jwk', jwk, 'Ed25519', false, ['sign'])
  const payload = signedPayload(chain.device, chain.chain_epoch, 4, extendAll(begin, 1, hashes))
  const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', key, payload))
  expect(encodeHash(signature)).toBe(chain.signature)
})

test('what a key signs of evidence is the golden payload', () => {
  const { epoch, rows, payload_hex } = chain.evidence
  const told = rows.map(([kind, record, bucket, version, body]) => [[kind, record, bucket, version], body] as const)
  expect(hex(evidencePayload(epoch, chain.device, told))).toBe(payload_hex)
})

test('both ends derive one id from a natural key', () => {
  expect(derivedId(...chain.derived_id.parts)).toBe(chain.derived_id.id)
})

test('a new id sorts by its time', () => {
  const random = new Uint8Array(10).fill(11)
  expect(timedId(1_795_000_000_011, random)).toBe('01a1ee565e0b0b0b0b0b0b0b0b0b0b0b')
})

interface Sums {
  readonly rows: readonly { readonly record: string; readonly version: number; readonly body: string }[]
  readonly sum: string
  readonly tag: {
    readonly epoch: string
    readonly entitled: readonly [string, number, number, string, number][]
    readonly tag: string
  }
}

test('a bucket adds up to the golden sum in any order', () => {
  const { rows, sum } = golden<Sums>('sums.json')
  const summed = rows.map((row) => [row.record, row.version, row.body] as const)
  expect(sumText(bucketSum(summed))).toBe(sum)
  expect(sumText(bucketSum([...summed].reverse()))).toBe(sum)
})

test('the state tag is the golden one', () => {
  const { tag } = golden<Sums>('sums.json')
  const entitled = tag.entitled.map(
    ([bucket, generation, head, sum, count]) => [bucket, generation, head, BigInt(`0x${sum}`), count] as const,
  )
  expect(stateTag(tag.epoch, entitled)).toBe(tag.tag)
})

test('base64url is read back, and anything else refused', () => {
  expect(encodeHash(decodeHash(chain.genesis))).toBe(chain.genesis)
  expect(() => decodeHash('a+b/')).toThrow(RangeError)
})
