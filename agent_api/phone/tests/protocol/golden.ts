// Reads the golden files that the Python end is held to as well.

import { readFileSync } from 'node:fs'

const FOLDER = new URL('../../../../fixtures/protocol/', import.meta.url)

export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)))
}

export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf-8')) as T
}

export interface ChainVectors {
  readonly device: string
  readonly chain_epoch: number
  readonly genesis: string
  readonly lines: readonly string[]
  readonly line_hashes: readonly string[]
  readonly chain_hashes: readonly string[]
  readonly private_key_seed: string
  readonly public_key: string
  readonly signed_payload_hex: string
  readonly signature: string
  readonly evidence: {
    readonly epoch: string
    readonly rows: readonly (readonly [string, string, string, number, string])[]
    readonly payload_hex: string
    readonly signature: string
  }
  readonly derived_id: { readonly parts: readonly string[]; readonly id: string }
}
