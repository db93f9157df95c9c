// What waits for the person of this phone, and what they do about it: answers, conflicts, corrections, notices, claims.
//
// Laws: nothing here waits for the network. What was captured and has not come back is shown as done. What a person has
// looked at is set aside and never forgotten.

import { isOpen, readConflict, type Conflict } from '../domain/conflicts'
import { moment } from '../domain/days'
import { text } from '../domain/fields'
import {
  broughtFields,
  correctionOf,
  isToHandOver,
  NOTHING_BROUGHT,
  promisesOf,
  type Brought,
  type Correction,
  type Relation,
} from '../domain/open_cases'
import {
  changedSince,
  claimables,
  fillDraft,
  giveBackDraft,
  openCampaign,
  submitDraft,
  takeDraft,
  type Claimable,
  type Held,
} from '../domain/claims'
import { MATERIAL_PREFIX, type Material } from '../domain/materials'
import { FILINGS, materialNumbers, photosIn, residentAgain, visitAgain } from '../domain/refiling'
import type { NewResident, Photo } from '../domain/visit'
import { trustedChange } from '../protocol/codec'
import type { Change, Fields, Value } from '../protocol/messages'
import type { Sighting } from '../replica/replica'
import type { Entry, KnownOutcome } from '../replica/state'
import { nameOf } from '../texts/names'
import { namedBefore } from './files_to_send'
import type { Office } from './office'

const LOOKED = 'looked/'
const BROUGHT = 'brought/'
const TYPED = 'claim_typed/'
const SEEN = 'claim_seen/'
const UNSETTLED = ['refused', 'parked', 'duplicate']

// Answers

export interface AnswerLine {
  readonly outcome: KnownOutcome
  readonly change: Change | null
  readonly captured: number
  readonly received: number
  /** When a person put it aside; empty while it waits for a look. */
  readonly lookedAt: string
}

/** Every change that came out otherwise than as sent, or did once, the newest first. */
export function answers(office: Office): AnswerLine[] {
  return office.replica
    .outcomes()
    .map((outcome) => answerOf(office, outcome))
    .sort((one, other) => (one.outcome.change < other.outcome.change ? 1 : -1))
}

export function answer(office: Office, change: string): AnswerLine | undefined {
  return answers(office).find((one) => one.outcome.change === change)
}

function answerOf(office: Office, outcome: KnownOutcome): AnswerLine {
  const entry: Entry | undefined = office.replica.store.entry(outcome.change)
  return {
    outcome,
    change: entry ? trustedChange(entry.line) : null,
    captured: entry?.captured ?? 0,
    received: entry?.received ?? 0,
    lookedAt: office.note(LOOKED + outcome.change) ?? '',
  }
}

/** What a change was about; of a filing that made no record, for whom and what it was. */
export function titleOfAnswer(office: Office, { outcome, change }: AnswerLine): string {
  const said = change?.set ?? {}
  const names = ['resident', 'item'].map((name) => nameOf(office.fields(text(said, name))))
  return office.titleOf(outcome.record) || names.filter(Boolean).join(' · ')
}

/** Whether it still waits for a person. An open conflict waits by itself. */
export function isWaiting(line: AnswerLine): boolean {
  return UNSETTLED.includes(line.outcome.code) && !line.lookedAt
}

export function setAside(office: Office, change: string): Promise<void> {
  return office.keepNote(LOOKED + change, moment(office.now()))
}

/** Captures the same content again, on top of what the record is now. */
export async function sendAgain(office: Office, change: Change): Promise<void> {
  const { kind, record, name, set, add, remove } = change
  await office.capture([{ kind, record, name, set, add, remove }])
  await setAside(office, change.id)
}

/** A draft of a visit with what the refused filing held. Its id. */
export async function fileAgain(office: Office, change: Change): Promise<string> {
  const photos: { [no: string]: Photo[] } = {}
  for (const no of materialNumbers(change.set)) {
    photos[no] = photosIn(change.set[MATERIAL_PREFIX + no]).flatMap((photo) => namedBefore(office, photo) ?? [])
  }
  const resident = residentOf(office, text(change.set, 'resident'))
  const visit = visitAgain(office.newId(), office.now(), change.set, resident, photos)
  await office.keepVisit(visit)
  await setAside(office, change.id)
  return visit.id
}

/** A resident who is known, or who was refused with the filing and is to be registered anew. */
function residentOf(office: Office, record: string): { readonly record: string; readonly anew: NewResident | null } {
  if (office.see(record)) return { record, anew: null }
  const [first] = office.replica.store.entriesOf(record)
  return { record: '', anew: first ? residentAgain(trustedChange(first.line).set) : null }
}

export function isFiling(change: Change): boolean {
  return FILINGS.includes(change.name)
}

// Conflicts

export function conflicts(office: Office): Conflict[] {
  return office.replica
    .seeAll('conflict')
    .filter((seen) => isOpen(seen.fields))
    .map((seen) => conflictOf(office, seen))
}

export function conflict(office: Office, id: string): Conflict | null {
  const seen = office.see(id)
  return seen && isOpen(seen.fields) ? conflictOf(office, seen) : null
}

function conflictOf(office: Office, seen: Sighting): Conflict {
  return readConflict(seen.record, seen.fields, office.see(text(seen.fields, 'record'))?.fields ?? null)
}

export async function decide(office: Office, id: string, decision: Fields): Promise<void> {
  await office.capture([{ kind: 'conflict', record: id, name: 'conflict.decide', set: decision }])
}

// Open cases

export interface OpenCase {
  readonly record: string
  readonly correction: Correction | null
  readonly promises: readonly (readonly [material: Material, due: string])[]
  readonly isToHandOver: boolean
}

export function openCase(office: Office, record: string): OpenCase {
  const fields = office.fields(record)
  const item = office.fields(text(fields, 'item'))
  const done = office.pendingNames(record)
  return {
    record,
    correction: done.includes('case.correct') ? null : correctionOf(fields, item),
    promises: promisesOf(fields, item),
    isToHandOver: isToHandOver(fields),
  }
}

export function openCases(office: Office): OpenCase[] {
  const all = office.cases().map((seen) => openCase(office, seen.record))
  return all.filter((one) => one.correction || one.promises.length || one.isToHandOver)
}

export function broughtTo(office: Office, record: string): Brought {
  const kept = office.note(BROUGHT + record)
  return kept === undefined ? NOTHING_BROUGHT : (JSON.parse(kept) as Brought)
}

export function keepBrought(office: Office, record: string, brought: Brought): Promise<void> {
  return office.keepNote(BROUGHT + record, JSON.stringify(brought))
}

/** `case.correct` for what a desk returned, `case.supply` for what was promised; the draft ends with it. */
export async function bring(
  office: Office,
  record: string,
  name: 'case.correct' | 'case.supply',
  brought: Brought,
): Promise<void> {
  const set = broughtFields(brought, office.fields(text(office.fields(record), 'item')))
  const note = brought.note.trim()
  const photos = Object.values(brought.materials).flatMap((said) => said.photos)
  await office.capture([{ kind: 'case', record, name, set, add: note ? { notes: [note] } : {} }], photos, [
    BROUGHT + record,
  ])
}

export async function handOver(office: Office, record: string, to: string, relation: Relation): Promise<void> {
  const handover = { to: to.trim(), relation, at: moment(office.now()) }
  await office.capture([{ kind: 'case', record, name: 'case.hand_over', set: { handover } }])
}

// Notices

export interface Notice {
  readonly id: string
  readonly zh: string
  readonly en: string
  readonly about: string
  readonly isRead: boolean
  readonly asks: boolean
  readonly answer: string
  /** A supervision order (督办单): it waits until it is answered, however often it was read. */
  readonly isOrder: boolean
}

/** Orders to answer first, then what is unread, then the newest. */
export function notices(office: Office): Notice[] {
  const all = office.replica.seeAll('notice').map(({ record, fields }) => ({
    id: record,
    zh: text(fields, 'text_zh'),
    en: text(fields, 'text_en'),
    about: office.titleOf(text(fields, 'about')),
    isRead: text(fields, 'read_at') !== '',
    asks: text(fields, 'asks') === 'explanation',
    answer: text(fields, 'answer'),
    isOrder: text(fields, 'code') === 'order',
  }))
  const rank = (one: Notice): number => (one.isOrder && !one.answer ? 0 : one.isRead ? 2 : 1)
  return all.sort((one, other) => rank(one) - rank(other) || (one.id < other.id ? 1 : -1))
}

export async function markRead(office: Office, id: string): Promise<void> {
  await office.capture([{ kind: 'notice', record: id, name: 'notice.read', set: { read_at: moment(office.now()) } }])
}

export async function answerNotice(office: Office, id: string, words: string): Promise<void> {
  const fields = office.fields(id)
  const read = text(fields, 'read_at') ? [] : [{ read_at: moment(office.now()) }]
  await office.capture([
    ...read.map((set) => ({ kind: 'notice', record: id, name: 'notice.read', set })),
    { kind: 'notice', record: id, name: 'notice.answer', set: { answer: words.trim() } },
  ])
}

// Claims

export interface ClaimWork {
  readonly campaign: Held
  readonly list: readonly Claimable[]
}

/** Null while no campaign runs, or the phone has no unit. */
export function claimWork(office: Office): ClaimWork | null {
  const campaign = openCampaign(office.replica.seeAll('campaign'), office.today)
  const units = office.units()
  if (!campaign || !units.length) return null
  const villages = office.villages()
  const list = claimables({
    campaign,
    items: office.replica.seeAll('item'),
    claims: office.replica.seeAll('claim'),
    units,
    village: villages.length === 1 ? (villages[0] ?? '') : '',
  })
  return { campaign, list }
}

/** All of them in one go. */
export async function takeClaims(office: Office, chosen: readonly Claimable[]): Promise<void> {
  await office.capture(chosen.filter((one) => one.state === 'free').map((one) => takeDraft(one, office.identity.account)))
  for (const one of chosen) await lookedAtClaim(office, one.claim)
}

type Typed = { readonly [name: string]: string }

export function claimTyped(office: Office, claim: string): Typed {
  return JSON.parse(office.note(TYPED + claim) ?? '{}') as Typed
}

export function keepClaimTyped(office: Office, claim: string, typed: Typed): Promise<void> {
  return office.keepNote(TYPED + claim, JSON.stringify(typed))
}

/** What was typed becomes a change, and with it, when asked to, the list is submitted. */
export async function fillClaim(office: Office, claim: string, typed: Typed, isToSubmit: boolean): Promise<void> {
  const filled = fillDraft(claim, office.fields(claim), typed)
  const drafts = [...(filled ? [filled] : []), ...(isToSubmit ? [submitDraft(claim)] : [])]
  await office.capture(drafts, [], [TYPED + claim])
  await lookedAtClaim(office, claim)
}

export async function giveClaimBack(office: Office, claim: string): Promise<void> {
  await office.capture([giveBackDraft(claim)], [], [TYPED + claim, SEEN + claim])
}

/** Remembers how a claim stands, so that what colleagues change later can be told. */
export function lookedAtClaim(office: Office, claim: string): Promise<void> {
  return office.keepNote(SEEN + claim, JSON.stringify(office.fields(claim)))
}

export interface ClaimChange {
  readonly field: string
  readonly before: Value | undefined
  readonly after: Value | undefined
}

/** What is other than at the last look. A claim never looked at has nothing to tell. */
export function colleaguesChanges(office: Office, claim: string): ClaimChange[] {
  const kept = office.note(SEEN + claim)
  if (kept === undefined) return []
  const [before, now] = [JSON.parse(kept) as Fields, office.fields(claim)]
  return changedSince(before, now).map((field) => ({ field, before: before[field], after: now[field] }))
}
