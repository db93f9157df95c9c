// What an exchange held, and what its answer changed: values handed between the session and its steps.

import type { Bytes } from '../protocol/bytes'
import type { Answer, OutcomeCode, Request } from '../protocol/messages'
import type { Event } from './events'
import type { Entry, Standing } from './state'

/** What the request in flight held. `hashes` are the chain hashes after each of `entries`. */
export interface Sent {
  readonly at: number
  readonly chainEpoch: number
  readonly firstSeq: number
  readonly prevHash: Bytes
  readonly entries: readonly Entry[]
  readonly hashes: readonly Bytes[]
  readonly tag: string
  readonly withCursors: boolean
  readonly honours: readonly string[]
  readonly evidence: readonly string[]
  /** The request, when it asked for an answer without what repeats it. */
  readonly brief: Request | null
}

/** With what a brief answer left out. */
export function completed(sent: Sent, answer: Answer): Answer {
  const asked = sent.brief
  if (!asked) return answer
  const stands = answer.chain_epoch === asked.chain_epoch && answer.last_seq === asked.first_seq - 1
  return {
    ...answer,
    epoch: answer.epoch || asked.epoch,
    ack: answer.ack || (stands && !answer.chain_hash ? asked.ack : ''),
    chain_hash: answer.chain_hash || (stands ? asked.prev_hash : ''),
  }
}

export function lastSeqOf(sent: Sent): number {
  return sent.firstSeq - 1 + sent.entries.length
}

export function hashAt(sent: Sent, seq: number): Bytes {
  return seq < sent.firstSeq ? sent.prevHash : sent.hashes[seq - sent.firstSeq]!
}

/** What one answer changed: for the session's next decision, and for whoever listens. */
export interface Effect {
  events: Event[]
  progressed: boolean
  level: boolean
  durableRose: boolean
  resets: Map<string, string>
  changed: Set<string>
  outcomes: (readonly [string, OutcomeCode])[]
}

export function newEffect(progressed = false): Effect {
  return {
    events: [],
    progressed,
    level: false,
    durableRose: false,
    resets: new Map(),
    changed: new Set(),
    outcomes: [],
  }
}

/** In a verified backup at a second place. What an earlier chain left behind was durable when that chain ended. */
export function isDurable(entry: Entry, standing: Standing): boolean {
  return entry.seq > 0 && (entry.chainEpoch !== standing.chainEpoch || entry.seq <= standing.durableUpto)
}

export function withEvents(effect: Effect): Effect {
  for (const [bucket, reason] of effect.resets) effect.events.push({ is: 'bucket_reset', bucket, reason })
  if (effect.changed.size) effect.events.push({ is: 'rows_changed', records: [...effect.changed] })
  if (effect.outcomes.length) effect.events.push({ is: 'outcomes_changed', outcomes: effect.outcomes })
  return effect
}
