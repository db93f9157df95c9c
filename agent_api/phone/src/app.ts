// What the app is doing right now, for every screen: who is on this phone, whose store is open, how the line is.
//
// Laws: one page has a store at a time; another page is told so and may take it over. A store is closed when it is
// locked, and its key forgotten.

import { computed, shallowReactive, shallowRef } from 'vue'

import type { Bytes } from './protocol/bytes'
import { enrol, type Enrolled } from './network/enrolment'
import type { Line } from './network/connection'
import type { Event } from './replica/events'
import { DeviceDisk } from './storage/device_disk'
import { Keyring, PENDING, PIN_ROUNDS, sign, type Label, type Person } from './storage/keyring'
import { StoreGone } from './storage/mending'
import { BROWSER_PASSKEYS } from './storage/passkey'
import { keepTrouble, troubleOf } from './office/trouble'
import { inIdlePieces } from './idle'
import { goInstead } from './router'
import { Office } from './office/office'

export const VERSION = '0.1.0'

export type Phase = 'starting' | 'enrolling' | 'locked' | 'elsewhere' | 'open'

export interface Known {
  readonly person: Person
  readonly label: Label
}

/** How much of the phone's storage is used, in bytes, and whether the browser promised not to clear it. */
export interface Room {
  readonly used: number
  readonly quota: number
  readonly isKept: boolean
}

export const app = shallowReactive({
  phase: 'starting' as Phase,
  persons: [] as readonly Known[],
  chosen: '',
  line: 'idle' as Line,
  /** Whether somebody asked for the last attempt. */
  wasAsked: false,
  room: null as Room | null,
  /** Whose store the browser cleared, while they enrol again. */
  gone: '',
})

const office = shallowRef<Office | null>(null)
/** Raised whenever something on the screen may have changed. */
export const stamp = shallowRef(0)

const keyring = new Keyring()
let release: (() => void) | null = null
/** Until the browser has taken the lock back. */
let freed: Promise<void> = Promise.resolve()
/** Until the store that was locked last is closed. */
let closed: Promise<void> = Promise.resolve()

/** The open store. Screens behind the lock are only shown while there is one. */
export const opened = computed<Office>(() => {
  void stamp.value
  if (!office.value) throw new Error('no store is open')
  return office.value
})

/** A value made from the open store, made anew when the store changes. */
export function fromOffice<T>(make: (office: Office) => T) {
  return computed<T>(() => {
    void stamp.value
    return make(opened.value)
  })
}

export async function start(): Promise<void> {
  await readPersons()
  app.phase = app.persons.length ? 'locked' : 'enrolling'
}

async function readPersons(): Promise<void> {
  const persons = await keyring.persons()
  app.persons = await Promise.all(persons.map(async (person) => ({ person, label: await keyring.labelOf(person) })))
  app.chosen ||= app.persons[0]?.person.id ?? ''
}

/** Rejects with TurnedAway, NoContact, PinWrong. Afterwards the store is open. */
export async function enrolWith(code: string, pin: string): Promise<void> {
  const person = await keyring.begin(pin, PIN_ROUNDS, app.gone)
  const enrolled = await enrol(code, person.publicKey, (payload) => sign(person, payload), deviceName(), VERSION)
  const dataKey = await keyring.unlock(PENDING, pin, Date.now())
  // Nothing can have been captured in a store whose enrolment was cut off: no page ever opened it.
  await DeviceDisk.wipe(enrolled.device)
  await Office.create(enrolled, dataKey, Date.now(), app.gone ? beyondGiven() : 0)
  await keyring.settle(enrolled.device, labelFor(enrolled))
  await readPersons()
  app.gone = ''
  app.chosen = enrolled.device
  await unlock(enrolled.device, pin)
}

/** What a cleared store gave today is not known: its successor counts on from a thousand of its own. */
function beyondGiven(): number {
  const [drawn = 0] = crypto.getRandomValues(new Uint8Array(1))
  return 1_000 * (1 + (drawn % 8))
}

function labelFor(enrolled: Enrolled): Label {
  return { name: enrolled.name, login: enrolled.login }
}

function deviceName(): string {
  const found = /\(([^)]*)\)/.exec(navigator.userAgent)
  return found?.[1] ?? 'browser'
}

/** Rejects with PinWrong or PinMustWait. Another page may have the store: then the phase says so. */
export async function unlock(id: string, pin: string, steal = false): Promise<void> {
  await openWith(id, await keyring.unlock(id, pin, Date.now()), steal)
}

/** By fingerprint, face or screen lock. Rejects with NoPasskey. */
export async function unlockWithPasskey(id: string): Promise<void> {
  await openWith(id, await keyring.unlockWithPasskey(id, BROWSER_PASSKEYS), false)
}

async function openWith(id: string, dataKey: Bytes, steal: boolean): Promise<void> {
  await closed.catch(() => undefined)
  if (!(await takeLock(id, steal))) {
    app.phase = 'elsewhere'
    return
  }
  const person = await keyring.person(id)
  if (!person) throw new Error('nobody of that id is on this phone')
  try {
    office.value = await Office.open(person, dataKey, {
      changed: () => (stamp.value += 1),
      line: tellLine,
      event: (event) => void hear(event),
    })
  } catch (error) {
    giveLockBack()
    if (!(error instanceof StoreGone)) throw error
    app.gone = id
    app.phase = 'enrolling'
    return
  }
  if (await keyring.sawOpened(id, office.value.openedCount)) {
    await office.value.skipReceipts(beyondGiven())
    await keepTrouble(office.value, 'rolled_back')
  }
  office.value.start()
  // Today is mostly left for a visit, at once: whom that may be for is read before anybody sees it.
  if (!office.value.withheld()) office.value.replica.seeAll('resident')
  app.phase = 'open'
  void measureRoom(true)
  inIdlePieces(office.value.warm())
}

function tellLine(line: Line): void {
  app.line = line
  if (line === 'talking') app.wasAsked = false
}

/** How much room there is; asks the browser, when told to, to keep the store even when room is short. */
export async function measureRoom(ask = false): Promise<void> {
  const isKept = await (ask ? navigator.storage.persist() : navigator.storage.persisted())
  const { usage = 0, quota = 0 } = await navigator.storage.estimate()
  app.room = { used: usage, quota, isKept }
}

/** A new session for the same device, with a new code; everything unsent stays. Rejects like `enrolWith`. */
export async function renewWith(code: string): Promise<void> {
  await opened.value.renew(code, deviceName(), VERSION)
}

/** Rejects with PinWrong or PinMustWait. */
export async function changePin(old: string, pin: string): Promise<void> {
  await keyring.changePin(app.chosen, old, pin, Date.now())
}

/** Rejects with NoPasskey, PinWrong or PinMustWait. */
export async function addPasskey(pin: string): Promise<void> {
  await keyring.addPasskey(app.chosen, pin, opened.value.identity.login, BROWSER_PASSKEYS, Date.now())
  await readPersons()
}

export async function dropPasskey(): Promise<void> {
  await keyring.dropPasskey(app.chosen)
  await readPersons()
}

export function lock(): Promise<void> {
  const closing = office.value
  app.phase = 'locked'
  office.value = null
  // At once: whoever opens the store again is not led anywhere by the end of this.
  goInstead('')
  return (closed = close(closing))
}

async function close(closing: Office | null): Promise<void> {
  try {
    await closing?.close()
  } finally {
    giveLockBack()
    await freed
  }
}

function giveLockBack(): void {
  release?.()
  release = null
}

/** The store's lock among the pages of this browser. False when another page has it. */
function takeLock(id: string, steal: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const options = steal ? { steal: true } : { ifAvailable: true }
    const held = navigator.locks.request(`bangban-${id}`, options, (lock) => {
      if (!lock) {
        resolve(false)
        return undefined
      }
      resolve(true)
      return new Promise<void>((end) => (release = end))
    })
    freed = held.then(() => undefined, () => {
      // Another page took the store over; what this one had committed is what that one reads.
      if (office.value) void lock().then(() => (app.phase = 'elsewhere'))
    })
  })
}

async function hear(event: Event): Promise<void> {
  const trouble = office.value ? troubleOf(event, office.value) : null
  if (trouble && office.value) {
    if (trouble === 'rolled_back') await office.value.skipReceipts(beyondGiven())
    await keepTrouble(office.value, trouble)
  }
  if (event.is !== 'wipe_now') return
  const id = office.value?.identity.device
  await lock()
  if (!id) return
  await DeviceDisk.wipe(id)
  await keyring.forget(id)
  app.chosen = ''
  await start()
}

export function networkUp(): void {
  office.value?.connection.networkUp()
}
