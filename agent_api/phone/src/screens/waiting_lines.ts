// The lines of Today that wait for a person, the most pressing first; every one says where it leads.

import { canSubmit } from '../domain/claims'
import { addDays } from '../domain/days'
import { text } from '../domain/fields'
import { daysLeft } from '../domain/open_cases'
import { followUpsDue } from '../domain/service_log'
import { batches } from '../office/claiming'
import type { Office } from '../office/office'
import { answers, claimWork, conflicts, isWaiting, notices, openCases, type OpenCase } from '../office/work'
import { services } from '../office/service_log'
import { labelOf, materialName } from '../texts/names'
import { listed, say } from '../texts/say'
import { sayDue } from '../texts/times'

export interface WaitingLine {
  readonly id: string
  readonly go: readonly string[]
  readonly sign: 'bad' | 'wait' | 'paper' | 'person' | 'speak'
  readonly tone: 'bad' | 'wait' | 'good'
  readonly title: string
  readonly detail: string
  readonly end: string
}

export function waitingLines(office: Office): WaitingLine[] {
  const cases = openCases(office)
  return [
    ...byDue(cases.filter((one) => one.correction)).map((one) => correctionLine(office, one)),
    ...conflictLines(office),
    ...answerLines(office),
    ...byDue(cases.filter((one) => !one.correction && one.promises.length)).map((one) => promiseLine(office, one)),
    ...cases.filter((one) => one.isToHandOver).map((one) => handOverLine(office, one)),
    ...orderLines(office),
    ...followUpLines(office),
    ...noticeLines(office),
    ...leaseLines(office),
    ...claimLines(office),
  ]
}

/** The nearest first; without a day last. */
function byDue(cases: readonly OpenCase[]): OpenCase[] {
  const due = (one: OpenCase): string => one.correction?.due || promiseDue(one) || '9999'
  return [...cases].sort((one, other) => (due(one) < due(other) ? -1 : 1))
}

function correctionLine(office: Office, { record, correction }: OpenCase): WaitingLine {
  const what = [...(correction?.materials ?? []).map(materialName), ...(correction?.answers ?? []).map(labelOf)]
  return {
    id: record,
    go: ['case', record],
    sign: 'bad',
    tone: 'bad',
    title: office.titleOf(record),
    detail: what.length ? say('wait_correct', { what: listed(what) }) : say('wait_correct_bare'),
    end: sayDue(correction?.due ?? '', office.today),
  }
}

function promiseDue({ promises }: OpenCase): string {
  return promises.map(([, day]) => day).find(Boolean) ?? ''
}

function promiseLine(office: Office, one: OpenCase): WaitingLine {
  const { record, promises } = one
  const due = promiseDue(one)
  return {
    id: record,
    go: ['case', record],
    sign: 'wait',
    tone: (daysLeft(due, office.today) ?? 1) < 0 ? 'bad' : 'wait',
    title: office.titleOf(record),
    detail: say('wait_promise', { what: listed(promises.map(([one]) => materialName(one))) }),
    end: sayDue(due, office.today),
  }
}

function handOverLine(office: Office, { record }: OpenCase): WaitingLine {
  const title = office.titleOf(record)
  return { id: record, go: ['case', record], sign: 'person', tone: 'good', title, detail: say('wait_hand_over'), end: '' }
}

function conflictLines(office: Office): WaitingLine[] {
  const open = conflicts(office)
  if (!open.length) return []
  const [first] = open
  const go = open.length === 1 && first ? ['conflict', first.id] : ['conflict']
  const title = open.length === 1 && first ? office.titleOf(first.record) : say('conflicts')
  const count = open.reduce((sum, one) => sum + one.sides.length, 0)
  return [{ id: 'conflicts', go, sign: 'bad', tone: 'bad', title, detail: say('wait_conflicts', { count }), end: '' }]
}

function answerLines(office: Office): WaitingLine[] {
  const open = answers(office).filter(isWaiting)
  if (!open.length) return []
  const [first] = open
  const go = open.length === 1 && first ? ['answer', first.outcome.change] : ['answers']
  const detail = say('wait_answers', { count: open.length })
  return [{ id: 'answers', go, sign: 'bad', tone: 'bad', title: say('all_answers'), detail, end: '' }]
}

function followUpLines(office: Office): WaitingLine[] {
  const due = followUpsDue(services(office), office.identity.account, office.today)
  return due.map(({ record, fields }) => ({
    id: record,
    go: ['log', text(fields, 'resident')].filter(Boolean),
    sign: 'person',
    tone: 'wait',
    title: text(office.fields(text(fields, 'resident')), 'name') || say('log'),
    detail: say('wait_follow_up'),
    end: sayDue(text(fields, 'follow_up'), office.today),
  }))
}

/** Batches of one's own that end by tomorrow. */
function leaseLines(office: Office): WaitingLine[] {
  const last = addDays(office.today, 1)
  const ending = batches(office).filter((one) => one.isMine && one.until.slice(0, 10) <= last)
  const count = ending.reduce((sum, one) => sum + one.claims.length, 0)
  const detail = say('wait_lease', { count })
  return count ? [{ id: 'leases', go: ['claims'], sign: 'wait', tone: 'wait', title: say('lease_mine'), detail, end: '' }] : []
}

/** Orders that nobody has answered here. */
export function orderLines(office: Office): WaitingLine[] {
  const count = notices(office).filter((one) => one.isOrder && !one.answer).length
  const detail = say('wait_orders', { count })
  return count ? [{ id: 'orders', go: ['notices'], sign: 'bad', tone: 'bad', title: say('orders'), detail, end: '' }] : []
}

export function noticeLines(office: Office): WaitingLine[] {
  const count = notices(office).filter((one) => !one.isRead && !(one.isOrder && !one.answer)).length
  const detail = say('wait_notices', { count })
  return count ? [{ id: 'notices', go: ['notices'], sign: 'speak', tone: 'wait', title: say('all_notices'), detail, end: '' }] : []
}

function claimLines(office: Office): WaitingLine[] {
  const list = claimWork(office)?.list ?? []
  const mine = list.filter((one) => canSubmit(one.state))
  const returned = mine.filter((one) => one.state === 'returned').length
  if (!mine.length) return []
  const detail = say(returned ? 'wait_claims_returned' : 'wait_claims', { count: mine.length, returned })
  return [{ id: 'claims', go: ['claims'], sign: 'paper', tone: returned ? 'bad' : 'wait', title: say('claims'), detail, end: '' }]
}
