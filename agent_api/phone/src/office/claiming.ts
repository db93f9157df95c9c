// Claims as a batch: taken out and given back, filled from another list, filled many at once.
//
// Laws: nothing here waits for the network. From a neighbour never come the five local fields, for they name the
// neighbour's own place; from another list of one's own unit only they do, for the rest belongs to its item. What
// somebody has filled is never filled over.

import { CLAIM_FIELDS } from '../domain/claim_fields'
import { canSubmit, fillDraft, ownValues } from '../domain/claims'
import type { Claimable } from '../domain/claims'
import { text } from '../domain/fields'
import { batchesOut, giveLeaseBackDraft, takeOutDrafts, type Batch } from '../domain/leases'
import type { Value } from '../protocol/messages'
import type { Office } from './office'
import { takeClaims } from './work'

const LOCAL = new Set(CLAIM_FIELDS.filter((field) => field.local).map((field) => field.name))

export type Values = { readonly [name: string]: string }

export function batches(office: Office): Batch[] {
  return batchesOut(office.replica.seeAll('lease'), office.identity.account, office.now())
}

/** Claims what is free among them, then takes all of them out. */
export async function takeOut(office: Office, chosen: readonly Claimable[]): Promise<void> {
  await takeClaims(office, chosen)
  await office.capture(takeOutDrafts(chosen, office.identity.account, office.now(), office.newId))
}

export async function giveBatchBack(office: Office, lease: string): Promise<void> {
  await office.capture([giveLeaseBackDraft(lease)])
}

export interface CopySource {
  readonly name: string
  readonly values: Values
}

/** Of one's own unit: the list whose local fields are filled most. */
export function ownSource(office: Office, claim: string): CopySource | null {
  const unit = text(office.fields(claim), 'unit')
  const others = office.replica.seeAll('claim').filter((one) => one.record !== claim && text(one.fields, 'unit') === unit)
  const sources = others.map((one) => ({ name: office.titleOf(one.record), values: pick(ownValues(one.fields), true) }))
  const best = sources.sort((one, other) => size(other.values) - size(one.values))[0]
  return best && size(best.values) ? best : null
}

/** Of another unit: its list of the same base item. */
export function neighbourSource(office: Office, claim: string): CopySource | null {
  const own = office.fields(claim)
  const [unit, base] = [text(own, 'unit'), text(own, 'base_item')]
  const found = office.replica
    .seeAll('claim')
    .filter(({ fields }) => base && text(fields, 'base_item') === base && text(fields, 'unit') !== unit)
    .map((one) => ({ name: office.titleOf(one.record), values: pick(ownValues(one.fields), false) }))
    .find((one) => size(one.values))
  return found ?? null
}

/** Lists in hand of the same unit in which a local field is empty that this one has. */
export function othersToFill(office: Office, claim: string, values: Values): string[] {
  const own = office.fields(claim)
  const given = Object.keys(values).filter((name) => LOCAL.has(name))
  const inHand = office.replica.seeAll('claim').filter(({ record, fields }) => {
    const isOurs = text(fields, 'unit') === text(own, 'unit') && text(fields, 'campaign') === text(own, 'campaign')
    return record !== claim && isOurs && canSubmit(text(fields, 'state'))
  })
  return inHand.filter(({ fields }) => given.some((name) => !(name in ownValues(fields)))).map((one) => one.record)
}

/** Writes the local fields where they are empty, all lists in one go. How many lists were filled. */
export async function fillOthers(office: Office, claim: string, values: Values): Promise<number> {
  const drafts = othersToFill(office, claim, values).flatMap((record) => {
    const fields = office.fields(record)
    const empty = Object.entries(values).filter(([name]) => LOCAL.has(name) && !(name in ownValues(fields)))
    const draft = fillDraft(record, fields, Object.fromEntries(empty))
    return draft ? [draft] : []
  })
  if (drafts.length) await office.capture(drafts)
  return drafts.length
}

/** The values as they would be typed, the local ones or the others. */
function pick(values: { readonly [name: string]: Value }, isLocal: boolean): Values {
  const chosen = Object.entries(values).filter(([name, value]) => {
    const isTyped = typeof value === 'string' || typeof value === 'number'
    return isTyped && LOCAL.has(name) === isLocal
  })
  return Object.fromEntries(chosen.map(([name, value]) => [name, String(value)]))
}

function size(values: Values): number {
  return Object.keys(values).length
}
