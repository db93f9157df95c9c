// Writes one cell of the replica as bytes and reads it again: JSON, with bytes and large numbers spelled out.

import { decodeHash, encodeHash, fromUtf8, utf8, type Bytes } from '../protocol/bytes'
import type { Write } from '../replica/memory_store'

const BYTES = '$bytes'
const NUMBER = '$number'

export function encodeCell(cell: Write): Bytes {
  const spell = (_name: string, value: unknown): unknown => {
    if (value instanceof Uint8Array) return { [BYTES]: encodeHash(value) }
    if (typeof value === 'bigint') return { [NUMBER]: value.toString(16) }
    return value
  }
  return utf8(JSON.stringify([cell.table, cell.key, cell.value], spell))
}

export function decodeCell(bytes: Uint8Array): Write {
  const written = fromUtf8(bytes)
  // Most cells spell nothing out, and asking each value of thousands of cells is what opening a store takes longest at.
  const isSpelled = written.includes(BYTES) || written.includes(NUMBER)
  const read = (_name: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (BYTES in value) return decodeHash(String(value[BYTES]))
    if (NUMBER in value) return BigInt(`0x${String(value[NUMBER])}`)
    return value
  }
  const [table, key, value] = JSON.parse(written, isSpelled ? read : undefined) as [Write['table'], string, unknown]
  return { table, key, value }
}
