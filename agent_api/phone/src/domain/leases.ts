// Batches of claims taken out (领取): who works on what until when, so that nobody's evening is spent on a list that a
// colleague has on another phone.
//
// Laws: a batch says who works where and locks nobody out; it ends by itself. Which of two that met keeps a claim the
// centre says.

import type { Fields } from '../protocol/messages'
import type { Draft } from '../replica/replica'
import { moment, DAY_MS } from './days'
import { text, texts } from './fields'
import type { Claimable, Held } from './claims'

const CLAIMS_MAX = 200
export const LEASE_DAYS = 7

/** Whether others must still leave its claims alone. */
export function isHeld(lease: Fields, now: number): boolean {
  const ends = Date.parse(text(lease, 'until'))
  return text(lease, 'state') === 'held' && !Number.isNaN(ends) && ends > now
}

export interface Batch {
  readonly lease: string
  readonly isMine: boolean
  readonly claims: readonly string[]
  /** A moment. */
  readonly until: string
  /** How many of it a colleague had taken out before. */
  readonly refused: number
}

/** The batches that are out, one's own first. */
export function batchesOut(leases: readonly Held[], account: string, now: number): Batch[] {
  const out = leases.filter(({ fields }) => isHeld(fields, now)).map(({ record, fields }) => ({
    lease: record,
    isMine: text(fields, 'account') === account,
    claims: texts(fields, 'claims'),
    until: text(fields, 'until'),
    refused: texts(fields, 'refused').length,
  }))
  return out.sort((one, other) => Number(other.isMine) - Number(one.isMine) || (one.until < other.until ? -1 : 1))
}

/** Claim → the batch it is in. */
export function batchOf(batches: readonly Batch[]): Map<string, Batch> {
  // One's own come first and stand: the centre has not said otherwise.
  return new Map([...batches].reverse().flatMap((batch) => batch.claims.map((claim) => [claim, batch] as const)))
}

/** A batch a unit, and no larger than the centre takes. */
export function takeOutDrafts(chosen: readonly Claimable[], account: string, now: number, newId: () => string): Draft[] {
  const byUnit = new Map<string, Claimable[]>()
  for (const one of chosen) byUnit.set(one.unit, [...(byUnit.get(one.unit) ?? []), one])
  const drafts: Draft[] = []
  for (const [unit, claims] of byUnit) {
    for (let from = 0; from < claims.length; from += CLAIMS_MAX) {
      const part = claims.slice(from, from + CLAIMS_MAX)
      const set = {
        unit,
        campaign: part[0]?.campaign ?? '',
        account,
        claims: part.map((one) => one.claim),
        until: moment(now + LEASE_DAYS * DAY_MS),
        state: 'held',
      }
      drafts.push({ kind: 'lease', record: newId(), name: 'lease.take', set })
    }
  }
  return drafts
}

export function giveLeaseBackDraft(lease: string): Draft {
  return { kind: 'lease', record: lease, name: 'lease.give_back', set: { state: 'returned' } }
}
