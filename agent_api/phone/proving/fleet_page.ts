// What `bangban fleet --browsers` and `make bench-phone` run in a page: the app's own enrolment, store, replica, session and connection, told
// what to do phase by phase. No part of the app; built into a folder of its own.
//
// Laws: everything lies in the page's IndexedDB between two orders, so that a page may be killed at any moment. A PIN
// is derived in few rounds, since what it adds is proved elsewhere.

import { enrol as enrolWith } from '../src/network/enrolment'
import { Office, type OfficeListener } from '../src/office/office'
import { decodeHash, encodeHash, hex, type Bytes } from '../src/protocol/bytes'
import { bucketSum, contentHash, hash } from '../src/protocol/chain'
import { encodeChange } from '../src/protocol/codec'
import type { Fields, Value } from '../src/protocol/messages'
import type { FileWithContent } from '../src/replica/replica'
import { DeviceDisk } from '../src/storage/device_disk'
import { Keyring, PENDING, sign } from '../src/storage/keyring'
import { StoreGone } from '../src/storage/mending'

const PIN = '271828'
const ROUNDS = 1_000
const PAUSE_MS = 50

/** One change as the week has it, and the picture that it names. */
export interface Act {
  readonly id: string
  readonly kind: string
  readonly record: string
  readonly name: string
  readonly wall: number
  readonly set: Fields
  readonly add: { readonly [name: string]: readonly Value[] }
  readonly needs: readonly string[]
  readonly photo: { readonly id: string; readonly content: string } | null
}

export interface Kept {
  readonly id: string
  readonly hash: string
  readonly base_rev: number
  readonly base_change: string
}

let exchanges = 0
let failed = 0

/** Counts what goes over the line; changes nothing. */
function countExchanges(): void {
  const plain = globalThis.fetch.bind(globalThis)
  globalThis.fetch = async (input, init) => {
    const isExchange = String(input) === '/v1/exchange'
    if (isExchange) exchanges += 1
    try {
      const answer = await plain(input, init)
      if (isExchange && !answer.ok) failed += 1
      return answer
    } catch (error) {
      if (isExchange) failed += 1
      throw error
    }
  }
}

async function enrol(code: string, name: string): Promise<string> {
  const keyring = new Keyring()
  const person = await keyring.begin(PIN, ROUNDS)
  const enrolled = await enrolWith(code, person.publicKey, (payload) => sign(person, payload), name, 'fleet')
  const dataKey = await keyring.unlock(PENDING, PIN, Date.now())
  await Office.create(enrolled, dataKey, Date.now())
  await keyring.settle(enrolled.device, { name: enrolled.name, login: enrolled.login })
  keyring.close()
  return enrolled.device
}

async function open(listener: OfficeListener = DEAF): Promise<Office> {
  const keyring = new Keyring()
  const [person] = await keyring.persons()
  if (!person) throw new StoreGone('nobody is enrolled here')
  const dataKey = await keyring.unlock(person.id, PIN, Date.now())
  keyring.close()
  return Office.open(person, dataKey, listener)
}

const DEAF: OfficeListener = { changed: () => undefined, line: () => undefined, event: () => undefined }

async function capture(acts: readonly Act[]): Promise<Kept[]> {
  const office = await open()
  const kept: Kept[] = []
  for (const act of acts) {
    const files = act.photo ? [fileOf(act, act.photo)] : []
    const { kind, record, name, set, add, needs } = act
    const draft = { kind, record, name, set, add, needs }
    const [change] = await office.replica.capture([[draft, act.id]], { wall: act.wall, offset: 480 }, files)
    const line = encodeChange(change!)
    const base = change!.base
    kept.push({ id: act.id, hash: encodeHash(contentHash(line)), base_rev: base?.rev ?? 0, base_change: base?.change ?? '' })
  }
  await office.close()
  return kept
}

function fileOf(act: Act, photo: { readonly id: string; readonly content: string }): FileWithContent {
  const content: Bytes = decodeHash(photo.content)
  const told = { id: photo.id, sha256: hex(hash(content)), size: content.length, type: 'image/jpeg' }
  return [{ ...told, purpose: 'material', change: act.id, delivery: 'waiting', offset: 0, location: '' }, content]
}

/** Runs the app's connection until nothing is unsent, everything is read and every photo stored; or until wiped. */
async function getLevel(): Promise<{ exchanges: number; failed: number; wiped: boolean }> {
  exchanges = failed = 0
  const wiped = await exchangeUntilLevel()
  if (wiped) await wipe()
  return { exchanges, failed, wiped }
}

/** Whether the centre told this phone to forget everything; also when it was killed while it did so. */
async function exchangeUntilLevel(): Promise<boolean> {
  let wasLevel = false
  let wiped = false
  const listener: OfficeListener = {
    ...DEAF,
    event: (event) => {
      wasLevel ||= event.is === 'level'
      wiped ||= event.is === 'wipe_now'
    },
  }
  let office: Office
  try {
    office = await open(listener)
  } catch (error) {
    if (error instanceof StoreGone) return true
    throw error
  }
  office.start()
  while (!wiped && !(wasLevel && office.replica.isLevel())) await new Promise((wake) => setTimeout(wake, PAUSE_MS))
  await office.close()
  return wiped
}

async function wipe(): Promise<void> {
  const keyring = new Keyring()
  for (const { id } of await keyring.persons()) {
    await DeviceDisk.wipe(id)
    await keyring.forget(id)
  }
  keyring.close()
}

/** So many unfinished visits beside those that are there, each as far as a form half filled in. */
async function draft(pin: string, count: number): Promise<number> {
  const keyring = new Keyring()
  const [person] = await keyring.persons()
  if (!person) throw new StoreGone('nobody is enrolled here')
  const office = await Office.open(person, await keyring.unlock(person.id, pin, Date.now()), DEAF)
  keyring.close()
  const [village = ''] = office.villages()
  const residents = office.replica.seeAll('resident')
  const item = office.replica.seeAll('item').find((one) => one.fields['catalogue'])?.record ?? ''
  for (let number = 0; number < count; number++) {
    const visit = await office.beginVisit(village)
    const resident = residents[number % residents.length]?.record ?? ''
    const legs = [{ item, form: { phone: '19900001111' }, materials: {} }]
    await office.keepVisit({ ...visit, step: 'form', resident, legs })
  }
  const held = office.replica.store.buckets().reduce((sum, one) => sum + one.count, 0)
  await office.close()
  return held
}

/** Everything that is held, added up from the rows themselves. */
async function tally() {
  const office = await open()
  const { store } = office.replica
  const sums = store.buckets().map(({ bucket }) => {
    const rows = store.rowsIn(bucket)
    const sum = bucketSum(rows.map((row) => [row.record, row.version, row.body] as const))
    return [bucket, sum.toString(16), rows.length] as const
  })
  const journal = store.journal()
  const told = {
    sums,
    unsent: [...store.outbox(), ...journal].map((entry) => [entry.id, encodeHash(entry.hash)] as const),
    outcomes: journal.filter((entry) => entry.outcome).map((entry) => [entry.id, office.replica.outcomeOf(entry).code] as const),
    files: store.files().map((file) => [file.id, file.delivery] as const),
  }
  await office.close()
  return told
}

countExchanges()
Object.assign(globalThis, { fleet: { enrol, capture, getLevel, tally }, bench: { draft } })
