// A sealed outbox as a series of QR codes (docs/protocol.md §12): `BANGBAN1:id:n:count:data`, data in base32, so that a
// code needs only the signs that codes hold most of.
//
// Laws: parts may come in any order and as often as they like. `id` is the beginning of the whole's hash, so that parts
// of two series are never put together, and nothing is whole that does not match it. Each round has an order of its own:
// a phone that looks at an even pace would else meet the same few again and again.

import type { Bytes } from './bytes'
import { hash } from './chain'

const MARK = 'BANGBAN1'
const ID_SIGNS = 8
/** Of one code: what a phone's camera reads from another phone's screen at arm's length. */
export const DATA_SIGNS = 300
export const PARTS_MAX = 200
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const FRAME = /^BANGBAN1:([A-Z2-7]{8}):([1-9]\d{0,2}):([1-9]\d{0,2}):([A-Z2-7]+)$/

export function base32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += SIGNS[(held >> bits) & 31]
    }
  }
  return bits > 0 ? text + SIGNS[(held << (5 - bits)) & 31] : text
}

export function fromBase32(text: string): Bytes {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let held = 0
  let bits = 0
  let place = 0
  for (const sign of text) {
    held = ((held << 5) | SIGNS.indexOf(sign)) & 0xfff
    bits += 5
    if (bits >= 8) {
      bits -= 8
      bytes[place++] = (held >> bits) & 255
    }
  }
  return bytes
}

function idOf(sealed: Uint8Array): string {
  return base32(hash(sealed)).slice(0, ID_SIGNS)
}

/** How many codes it takes. */
export function partsOf(sealed: Uint8Array): number {
  return Math.max(1, Math.ceil((sealed.length * 8) / 5 / DATA_SIGNS))
}

/** Throws RangeError beyond `PARTS_MAX`: nobody would film that long. */
export function seriesOf(sealed: Uint8Array): string[] {
  const count = partsOf(sealed)
  if (count > PARTS_MAX) throw new RangeError(`${count} codes`)
  const [id, data] = [idOf(sealed), base32(sealed)]
  const cut = (n: number): string => data.slice((n - 1) * DATA_SIGNS, n * DATA_SIGNS)
  return Array.from({ length: count }, (_, place) => `${MARK}:${id}:${place + 1}:${count}:${cut(place + 1)}`)
}

/** The codes of a series in an order of their own, by number from 0, each round another; `before` was shown last. */
export function nextRound(count: number, random: () => number, before: number): number[] {
  const order = Array.from({ length: count }, (_, place) => place)
  for (let place = count - 1; place > 0; place--) {
    const other = Math.floor(random() * (place + 1))
    ;[order[place], order[other]] = [order[other]!, order[place]!]
  }
  return count > 1 && order[0] === before ? [...order.slice(1), before] : order
}

/** Collects the codes of one series as a camera sees them. */
export class Series {
  private id = ''
  private readonly parts = new Map<number, string>()
  count = 0

  get have(): number {
    return this.parts.size
  }

  /** The first number that is still missing; 0 when none is. */
  get missing(): number {
    for (let n = 1; n <= this.count; n++) if (!this.parts.has(n)) return n
    return 0
  }

  /** False when it is no part. A part of another series begins that one: the camera looks at it now. */
  take(text: string): boolean {
    const found = FRAME.exec(text)
    if (!found) return false
    const [, id = '', n = '', count = '', data = ''] = found
    if (Number(n) > Number(count) || Number(count) > PARTS_MAX) return false
    if (id !== this.id || Number(count) !== this.count) this.parts.clear()
    this.id = id
    this.count = Number(count)
    this.parts.set(Number(n), data)
    return true
  }

  /** The sealed outbox once all of it is there; null before, and when it does not match its own mark. */
  whole(): Bytes | null {
    if (!this.count || this.missing) return null
    const text = Array.from({ length: this.count }, (_, place) => this.parts.get(place + 1) ?? '').join('')
    const sealed = fromBase32(text)
    if (idOf(sealed) === this.id) return sealed
    this.parts.clear()
    return null
  }
}
