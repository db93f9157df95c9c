// How far each thing has come that this phone captured: a filing with its photographs, any other record.
//
// Laws: settled is said only when the centre's own record is back on the phone and every file stored there. A percentage
// counts bytes that the centre has, never bytes that were only tried.

import { moment } from '../domain/days'
import { utf8 } from '../protocol/bytes'
import type { Entry, FileToSend } from '../replica/state'
import type { Office } from './office'

/**
 * `received`: at the centre, its record not yet back on this phone. `answered`: it came out otherwise than as sent, which
 * its author should read.
 */
export type Stage = 'waiting' | 'sending' | 'received' | 'settled' | 'answered' | 'refused'

const TOLD = ['refused', 'conflict', 'duplicate']

export interface SentFile {
  readonly id: string
  readonly purpose: string
  readonly stage: Stage
  readonly percent: number
}

export interface Sending {
  readonly record: string
  readonly kind: string
  readonly title: string
  readonly captured: number
  readonly stage: Stage
  readonly percent: number
  readonly files: readonly SentFile[]
}

const SETTLED_SHOWN = 20
const LOOKED = 'looked/'

/** Photographs that the centre will never have, as far as nobody has put them aside: while there are any, not all is well. */
export function refusedFiles(office: Office): FileToSend[] {
  return office.replica.store.files().filter((file) => file.delivery === 'refused' && office.note(LOOKED + file.id) === undefined)
}

export async function setRefusedAside(office: Office): Promise<void> {
  for (const file of refusedFiles(office)) await office.keepNote(LOOKED + file.id, moment(office.now()))
}

/** What is under way first, the oldest before; then what has settled lately. */
export function sendings(office: Office): Sending[] {
  const { store } = office.replica
  const inFlight = new Set(office.session.sending)
  const files = byChange(store.files())
  const byRecord = new Map<string, Entry[]>()
  for (const entry of [...store.journal(), ...store.outbox()]) {
    byRecord.set(entry.record, [...(byRecord.get(entry.record) ?? []), entry])
  }
  const all = [...byRecord.values()].map((entries) => sendingOf(office, entries, files, inFlight))
  const open = all.filter((one) => one.stage !== 'settled' && one.stage !== 'answered').sort((one, other) => one.captured - other.captured)
  const settled = all.filter((one) => !open.includes(one)).sort((one, other) => other.captured - one.captured)
  return [...open, ...settled.slice(0, SETTLED_SHOWN)]
}

function byChange(files: readonly FileToSend[]): Map<string, FileToSend[]> {
  const found = new Map<string, FileToSend[]>()
  for (const file of files) found.set(file.change, [...(found.get(file.change) ?? []), file])
  return found
}

function sendingOf(
  office: Office,
  entries: readonly Entry[],
  filesOf: ReadonlyMap<string, readonly FileToSend[]>,
  inFlight: ReadonlySet<string>,
): Sending {
  const [first] = entries
  const files = entries.flatMap((entry) => filesOf.get(entry.id) ?? [])
  const isUnsent = entries.some((entry) => entry.seq === 0)
  const shown = files.map((file) => fileStage(file, isUnsent))
  return {
    record: first!.record,
    kind: first!.kind,
    title: office.titleOf(first!.record),
    captured: entries.at(-1)!.captured,
    stage: stageOf(office, entries, shown, inFlight),
    percent: percentOf(entries, files),
    files: shown,
  }
}

function stageOf(office: Office, entries: readonly Entry[], files: readonly SentFile[], inFlight: ReadonlySet<string>): Stage {
  const unsent = entries.filter((entry) => entry.seq === 0)
  const isTold = (entry: Entry): boolean => entry.outcome !== null && TOLD.includes(office.replica.outcomeOf(entry).code)
  if (unsent.length) return unsent.some((entry) => inFlight.has(entry.id)) ? 'sending' : 'waiting'
  if (files.some((file) => file.stage === 'waiting' || file.stage === 'sending')) return 'sending'
  if (files.some((file) => file.stage === 'received')) return 'received'
  if (entries.some(isTold)) return 'answered'
  return entries.some((entry) => office.replica.isShown(entry)) ? 'received' : 'settled'
}

function fileStage({ id, purpose, delivery, offset, size }: FileToSend, isUnsent: boolean): SentFile {
  const percent = size ? Math.floor((100 * offset) / size) : 100
  switch (delivery) {
    case 'stored':
      return { id, purpose, stage: 'settled', percent: 100 }
    case 'sent':
      return { id, purpose, stage: 'received', percent: 100 }
    case 'refused':
      return { id, purpose, stage: 'refused', percent }
    default:
      return { id, purpose, stage: isUnsent || offset === 0 ? 'waiting' : 'sending', percent }
  }
}

function percentOf(entries: readonly Entry[], files: readonly FileToSend[]): number {
  let [whole, there] = [0, 0]
  for (const entry of entries) {
    const bytes = utf8(entry.line).length
    whole += bytes
    if (entry.seq !== 0) there += bytes
  }
  for (const file of files) {
    whole += file.size
    there += file.delivery === 'sent' || file.delivery === 'stored' ? file.size : file.offset
  }
  return whole ? Math.floor((100 * there) / whole) : 100
}
