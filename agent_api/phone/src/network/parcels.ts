// A colleague's sealed outboxes that this phone carries: kept from the moment they were read, handed in as soon as there
// is a network, under their author's name.
//
// Laws: a parcel's bytes stay until the centre has taken them or said why never. What the author sends again later
// counts once. A parcel whose beginning another one holds waits for that one.

import { encodeHash, type Bytes } from '../protocol/bytes'
import { hash } from '../protocol/chain'
import { parseAnswer } from '../protocol/codec'
import { SyncError } from '../protocol/errors'
import type { ReplicaStore } from '../replica/state'
import { ask, NoContact, turnedAway, TurnedAway } from './centre'
import { looksSealed } from './relay'
import type { Tokens } from './tokens'

const PATH = '/v1/relay'
const NOTE = 'parcel/'
const SHOWN_MAX = 20
const NEVER = [400, 403, 413, 422]

export interface Parcel {
  readonly id: string
  readonly size: number
  readonly readAt: number
  /** `before`: the centre lacks what comes before it. `never`: it cannot be taken from a carrier. */
  readonly state: 'waiting' | 'handed_in' | 'before' | 'never'
  /** How far the centre has its author's work now. */
  readonly upto: number
}

/** What was read is no sealed outbox. */
export class NoParcel extends Error {}

export class Parcels {
  /** Parcels that arrived. */
  moved = 0

  constructor(
    private readonly store: ReplicaStore,
    private readonly tokens: Tokens,
    private readonly onChange: () => void = () => undefined,
  ) {}

  /** The latest first. */
  list(): Parcel[] {
    const all = [...this.store.notes(NOTE).values()].map((text) => JSON.parse(text) as Parcel)
    return all.sort((one, other) => other.readAt - one.readAt)
  }

  /** Rejects with NoParcel, or NotSaved. The same one twice is one. */
  async keep(content: Bytes, now: number): Promise<Parcel> {
    if (!looksSealed(content)) throw new NoParcel('no sealed outbox')
    const id = encodeHash(hash(content)).slice(0, 22)
    const known = this.list().find((one) => one.id === id)
    if (known) return known
    const parcel: Parcel = { id, size: content.length, readAt: now, state: 'waiting', upto: 0 }
    const old = this.list().filter((one) => !isOpen(one)).slice(SHOWN_MAX)
    await this.store.transaction(() => {
      this.store.putNote(NOTE + id, JSON.stringify(parcel))
      this.store.putContent(NOTE + id, content)
      for (const one of old) this.store.putNote(NOTE + one.id, undefined)
    })
    this.onChange()
    return parcel
  }

  hasReady(): boolean {
    return this.list().some((one) => one.state === 'waiting')
  }

  /** Hands in what waits, in the order it was read. Rejects when the line fails. */
  async sendReady(isElseDue: () => boolean = () => false): Promise<number> {
    for (let isFurther = true; isFurther; ) {
      isFurther = false
      for (const parcel of this.list().filter(isOpen).reverse()) {
        if (isElseDue()) return 0
        const now = await this.handIn(parcel)
        await this.settle(parcel, now)
        this.moved += 1
        // One that waited for this one can go now.
        isFurther ||= now.state === 'handed_in'
      }
    }
    // Nothing of this phone's own changed: there is nothing to ask the centre for.
    return 0
  }

  private async handIn(parcel: Parcel): Promise<Pick<Parcel, 'state' | 'upto'>> {
    const content = await this.store.fileContent(NOTE + parcel.id, 0, Number.MAX_SAFE_INTEGER)
    const headers = { Authorization: `Bearer ${await this.tokens.access()}`, 'Content-Type': 'application/octet-stream' }
    const answer = await ask(PATH, { method: 'POST', headers, body: content })
    if (answer.status === 401) this.tokens.forget()
    if (!answer.ok) {
      const told = await turnedAway(answer)
      if (told instanceof TurnedAway && NEVER.includes(told.status)) return { state: 'never', upto: 0 }
      throw told
    }
    const { status, last_seq: upto } = await readAnswer(answer)
    if (status === 'ok' || status === 'revoked') return { state: 'handed_in', upto }
    return { state: status === 'gap' ? 'before' : 'never', upto }
  }

  private async settle(parcel: Parcel, now: Pick<Parcel, 'state' | 'upto'>): Promise<void> {
    await this.store.transaction(() => {
      this.store.putNote(NOTE + parcel.id, JSON.stringify({ ...parcel, ...now }))
      if (!isOpen({ ...parcel, ...now })) this.store.dropFileContent(NOTE + parcel.id)
    })
    this.onChange()
  }
}

function isOpen(parcel: Parcel): boolean {
  return parcel.state === 'waiting' || parcel.state === 'before'
}

async function readAnswer(answer: Response) {
  try {
    return parseAnswer(new Uint8Array(await answer.arrayBuffer())).envelope
  } catch (error) {
    if (!(error instanceof SyncError || error instanceof TypeError || error instanceof RangeError)) throw error
    throw new NoContact(`no answer of a centre: ${error.message}`, false, true)
  }
}
