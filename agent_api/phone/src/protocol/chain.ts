// Hashes: of a line, of a device's chain of changes, of a bucket's rows; and what signatures cover.
//
// Laws: a line's bytes are hashed as they are, never re-serialised. A change's seq is not part of its line, so a
// device that must start a new chain keeps its changes' ids and bytes.

import { sha256 } from '@noble/hashes/sha2.js'

import { bigEndian8, concat, encodeHash, hex, utf8, type Bytes } from './bytes'
import type { Evidence } from './messages'

export const SUM_MODULUS = 1n << 128n

export type SummedRow = readonly [record: string, version: number, body: string]
export type SummedBucket = readonly [bucket: string, generation: number, head: number, sum: bigint, count: number]

export function hash(bytes: Uint8Array): Bytes {
  return sha256(bytes) as Bytes
}

/** SHA-256 of a line without its newline: what makes two changes, or two bodies, the same. */
export function contentHash(line: string): Bytes {
  return hash(utf8(line))
}

/** The chain hash before the first change of a chain. */
export function genesis(device: string, chainEpoch: number): Bytes {
  return hash(utf8(`bangban-chain-1\n${device}\n${chainEpoch}`))
}

/** The chain hash after change number `seq` whose line hashes to `lineHash`. */
export function extend(previous: Uint8Array, seq: number, lineHash: Uint8Array): Bytes {
  return hash(concat(previous, bigEndian8(seq), lineHash))
}

export function extendAll(previous: Bytes, firstSeq: number, lineHashes: readonly Uint8Array[]): Bytes {
  return lineHashes.reduce<Bytes>((head, lineHash, place) => extend(head, firstSeq + place, lineHash), previous)
}

/** What a device's Ed25519 key signs: everything up to `lastSeq` of that chain, and its authorship. */
export function signedPayload(device: string, chainEpoch: number, lastSeq: number, chainHash: Uint8Array): Bytes {
  return concat(utf8(`bangban-exchange-1\n${device}\n${chainEpoch}\n${lastSeq}\n`), chainHash)
}

/** What a device's key signs of the evidence, with its bodies, that it shows a restored centre. */
export function evidencePayload(epoch: string, device: string, rows: readonly (readonly [Evidence, string])[]): Bytes {
  const told = rows.map(([head, body]) => `${head.join('\n')}\n${body}\n`).join('')
  return concat(utf8(`bangban-evidence-1\n${epoch}\n${device}\n`), hash(utf8(told)))
}

/** One row's part of a bucket sum. */
export function rowSum(record: string, version: number, body: string): bigint {
  return toNumber(hash(concat(utf8(record), bigEndian8(version), utf8(body))).subarray(0, 16))
}

/** The sum mod 2^128 over (record, version, body) of every row now in a bucket. */
export function bucketSum(rows: Iterable<SummedRow>): bigint {
  let total = 0n
  for (const row of rows) total += rowSum(...row)
  return total % SUM_MODULUS
}

export function sumText(sum: bigint): string {
  const bytes = new Uint8Array(16)
  for (let place = 15; place >= 0; place--) {
    bytes[place] = Number(sum & 255n)
    sum >>= 8n
  }
  return encodeHash(bytes)
}

export function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex(bytes) || '0'}`)
}

/** Stands for all that a device may see: 22 characters over the buckets in order of their names. */
export function stateTag(epoch: string, entitled: readonly SummedBucket[]): string {
  const inOrder = [...entitled].sort((one, other) => (one[0] < other[0] ? -1 : 1))
  const lines = inOrder.map(
    ([bucket, generation, head, sum, count]) => `\n${bucket} ${generation} ${head} ${sum.toString(16)} ${count}`,
  )
  return encodeHash(hash(utf8(`bangban-state-1\n${epoch}${lines.join('')}`)).subarray(0, 16))
}
