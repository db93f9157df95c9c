// Identifiers: 32 lower-case hex digits, ordered by time when made, derived when two ends must agree.
// The randomness is handed in.

import { hash } from './chain'
import { hex, utf8 } from './bytes'

/** A new id: 48 bits of milliseconds, then 80 random bits. */
export function timedId(wallMs: number, random: Uint8Array): string {
  if (random.length !== 10) throw new Error('an id takes ten random bytes')
  return Math.max(wallMs, 0).toString(16).padStart(12, '0').slice(-12) + hex(random)
}

/** The id that both ends compute from a natural key, so that two offline creations meet in one record. */
export function derivedId(...parts: readonly string[]): string {
  return hex(hash(utf8(`bangban-id-1\x1f${parts.join('\x1f')}`))).slice(0, 32)
}
