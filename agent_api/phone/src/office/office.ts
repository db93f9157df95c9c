// A person's open store and everything done with it: the replica, its connection, drafts of visits, receipts.
//
// Laws: nothing here waits for the network. A visit is captured whole or not at all, together with its receipt number
// and the end of its draft. After seven days without contact what is stored is not shown until the centre was heard of,
// while capturing goes on: a rule this app keeps, not a proof.

import type { Bytes } from '../protocol/bytes'
import { timedId } from '../protocol/ids'
import { hex } from '../protocol/bytes'
import { hash } from '../protocol/chain'
import { trustedChange } from '../protocol/codec'
import type { Captured, Fields } from '../protocol/messages'
import { Connection, type Line } from '../network/connection'
import { LiveSocket } from '../network/live'
import { enrol, type Enrolled } from '../network/enrolment'
import { namesIn, Tokens, type PlaceNames } from '../network/tokens'
import { Parcels } from '../network/parcels'
import { Uploads } from '../network/uploads'
import type { Event } from '../replica/events'
import { MemoryStore, type Write } from '../replica/memory_store'
import { Replica, type Draft, type Sighting } from '../replica/replica'
import { Session } from '../replica/session'
import { firstStanding } from '../replica/state'
import { DeviceDisk } from '../storage/device_disk'
import { sign, type Person } from '../storage/keyring'
import { checkWhole, mending } from '../storage/mending'
import { Seal } from '../storage/sealing'
import { DAY_MS, dayOf } from '../domain/days'
import { text } from '../domain/fields'
import { localItemId, shownItem } from '../domain/local_items'
import { receiptNumber } from '../domain/receipt_number'
import { buildFiling } from '../domain/filing'
import {
  isOwn,
  newVisit,
  photosOf,
  photosOfLeg,
  readVisit,
  residentFields,
  type Known,
  type LegSaid,
  type Photo,
  type Visit,
} from '../domain/visit'
import { nameOf } from '../texts/names'
import { fileToSend, filesOf } from './files_to_send'
import { ownDays } from './own_days'

const IDENTITY = 'identity'
const REFRESH_TOKEN = 'refresh_token'
const PLACES = 'places'
const RECEIPTS = 'receipts'
const VISIT = 'visit/'
export const CONTACT_DAYS_MAX = 7
/** By record kind the field with the official number a resident may hold. */
const NUMBERS = { case: 'number' }

/** Whose store this is. `mark` are the four signs of its receipts. */
export interface Identity {
  readonly device: string
  readonly mark: string
  readonly account: string
  readonly login: string
  readonly name: string
  readonly role: string
  readonly relayPublicKey: string
  readonly enrolledAt: number
}

/** Why stored data is not shown. */
export type Withheld = 'contact_needed' | 'clock_wrong' | null

export interface OfficeListener {
  /** Something that a screen may show has changed. */
  changed(): void
  line(line: Line): void
  event(event: Event): void
}

export interface Clock {
  wall(): number
  monotonic(): number
}

export const MACHINE_CLOCK: Clock = {
  wall: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
}

export class Office {
  readonly replica: Replica
  readonly connection: Connection
  readonly session: Session
  /** A colleague's outboxes that this phone carries. */
  readonly parcels: Parcels
  private readonly live: LiveSocket
  private readonly tokens: Tokens
  private drafts = new Map<string, Visit>()
  private begun: Visit | null = null

  private constructor(
    readonly identity: Identity,
    private readonly store: MemoryStore,
    private readonly disk: DeviceDisk,
    private readonly clock: Clock,
    private readonly person: Person,
    private readonly listener: OfficeListener,
  ) {
    this.replica = new Replica(store)
    const signing = (payload: Bytes): Promise<Bytes> => sign(person, payload)
    const keep = (token: string, places: PlaceNames | null): Promise<void> =>
      store.transaction(() => {
        store.putNote(REFRESH_TOKEN, token)
        if (places) store.putNote(PLACES, JSON.stringify(places))
      })
    const tokens = new Tokens(identity.device, store.note(REFRESH_TOKEN) ?? '', signing, keep, clock.monotonic)
    this.tokens = tokens
    const session = new Session(store, signing, Math.random, { now: clock.monotonic(), numbers: NUMBERS })
    const uploads = new Uploads(this.replica, tokens, () => listener.changed())
    this.session = session
    this.parcels = new Parcels(store, tokens, () => listener.changed())
    this.connection = new Connection(
      session,
      tokens,
      [this.parcels, uploads],
      {
        event: (event) => {
          listener.event(event)
          listener.changed()
        },
        line: (line) => listener.line(line),
      },
      clock.monotonic,
    )
    this.live = new LiveSocket(tokens, this.connection, Math.random)
  }

  static async open(person: Person, dataKey: Bytes, listener: OfficeListener, clock = MACHINE_CLOCK): Promise<Office> {
    const disk = await DeviceDisk.open(person.id, await Seal.from(dataKey))
    const store = new MemoryStore(disk, await loadWhole(disk, person.id))
    const identity = JSON.parse(store.note(IDENTITY) ?? '{}') as Identity
    return new Office(identity, store, disk, clock, person, listener)
  }

  /**
   * The first content of a new store: who it belongs to, and its place in the exchange. `receiptsGiven`: numbers of
   * today that a store before this one may have given.
   */
  static async create(enrolled: Enrolled, dataKey: Bytes, now: number, receiptsGiven = 0): Promise<void> {
    const disk = await DeviceDisk.open(enrolled.device, await Seal.from(dataKey))
    const identity: Identity = {
      device: enrolled.device,
      mark: enrolled.mark,
      account: enrolled.account,
      login: enrolled.login,
      name: enrolled.name,
      role: enrolled.role,
      relayPublicKey: enrolled.relay_public_key,
      enrolledAt: now,
    }
    const first: Write[] = [
      { table: 'standing', key: '', value: firstStanding(enrolled.device) },
      { table: 'note', key: IDENTITY, value: JSON.stringify(identity) },
      { table: 'note', key: REFRESH_TOKEN, value: enrolled.refresh_token },
      { table: 'note', key: PLACES, value: JSON.stringify(namesIn(enrolled.places) ?? {}) },
      { table: 'note', key: RECEIPTS, value: JSON.stringify({ day: dayOf(now), given: receiptsGiven }) },
    ]
    await disk.commit(first, [])
    disk.close()
  }

  start(): void {
    this.connection.start()
    this.live.start()
  }

  /** Ends what runs; what is under way to the disk comes to its end first. */
  async close(): Promise<void> {
    this.live.end()
    this.connection.end()
    await this.store.settled()
    this.disk.close()
  }

  /** A new session for this very device. Rejects with TurnedAway or NoContact. */
  async renew(code: string, deviceName: string, version: string): Promise<void> {
    const signing = (payload: Bytes): Promise<Bytes> => sign(this.person, payload)
    const told = await enrol(code, this.person.publicKey, signing, deviceName, version)
    await this.store.transaction(() => this.store.putNote(REFRESH_TOKEN, told.refresh_token))
    this.tokens.replace(told.refresh_token, told.access_token, told.expires_in)
    await this.connection.exchangeNow()
  }

  /** How often this store was opened, as it says itself. */
  get openedCount(): number {
    return this.disk.number
  }

  get today(): string {
    return dayOf(this.clock.wall())
  }

  now(): number {
    return this.clock.wall()
  }

  readonly newId = (): string => timedId(this.clock.wall(), crypto.getRandomValues(new Uint8Array(10)))

  /** By the centre's clock; enrolling was a contact too. */
  get lastContact(): number {
    return Math.max(this.store.standing().serverTime, this.identity.enrolledAt)
  }

  withheld(): Withheld {
    const now = this.clock.wall()
    if (now < this.lastContact - DAY_MS) return 'clock_wrong'
    return now - this.lastContact > CONTACT_DAYS_MAX * DAY_MS ? 'contact_needed' : null
  }

  hasSynced(): boolean {
    return this.store.standing().serverTime > 0
  }

  /** Reads what the next taps will need, a little at each step. */
  *warm(): Generator<undefined> {
    if (this.withheld()) return
    for (const kind of ['item', 'claim']) yield* this.replica.readAhead(kind)
  }

  /** Cases of the village, the newest first: ids begin with the time they were made. */
  cases(): Sighting[] {
    return [...this.replica.seeAll('case')].sort((one, other) => (one.record < other.record ? 1 : -1))
  }

  /** What a record is called on a screen. */
  titleOf(record: string): string {
    const seen = this.see(record)
    const fields = seen?.fields ?? {}
    if (seen?.kind === 'conflict') return this.titleOf(text(fields, 'record'))
    const item = nameOf(this.fields(text(fields, 'item')))
    if (seen?.kind === 'claim') return text(fields, 'f.name') || item
    const name = nameOf(fields) || text(this.fields(text(fields, 'resident')), 'name')
    return [name, item].filter(Boolean).join(' · ')
  }

  /** The villages this store works on. */
  villages(): string[] {
    return this.bucketsOf('place:')
  }

  /** What places are called, as far as the centre has told. */
  placeNames(): PlaceNames {
    return JSON.parse(this.store.note(PLACES) ?? '{}') as PlaceNames
  }

  units(): string[] {
    return this.bucketsOf('unit:')
  }

  private bucketsOf(prefix: string): string[] {
    const names = this.store.buckets().map((state) => state.bucket)
    return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)).sort()
  }

  /** An item as this phone's own site shows it. */
  shownItem(item: string): Fields {
    const standard = this.fields(item)
    const [unit] = this.units()
    if (!unit) return standard
    const own = (id: string): Fields | null => this.see(id)?.fields ?? null
    return shownItem(standard, own(localItemId(unit, item)), own(localItemId(unit)))
  }

  /** Own changes to a record that have not come back, by name. */
  pendingNames(record: string): string[] {
    const own = this.see(record)?.own ?? []
    return own.map((change) => trustedChange(this.store.entry(change)!.line).name)
  }

  /** A small thing of this phone's own, sealed like everything else. */
  note(name: string): string | undefined {
    return this.store.note(name)
  }

  async keepNote(name: string, value: string | undefined): Promise<void> {
    await this.store.transaction(() => this.store.putNote(name, value))
    this.listener.changed()
  }

  /**
   * All of them or none; the photographs belong to the last, the notes end with it. Rejects with NotSaved, and nothing
   * has changed then.
   */
  async capture(drafts: readonly Draft[], photos: readonly Photo[] = [], ended: readonly string[] = []): Promise<void> {
    const withIds = drafts.map((draft) => [draft, this.newId()] as const)
    const change = withIds.at(-1)?.[1] ?? ''
    await this.replica.capture(withIds, this.capturedNow(), [], () => {
      for (const photo of photos) this.store.putFile(fileToSend(photo, 'material', change))
      for (const name of ended) this.store.putNote(name, undefined)
    })
    this.connection.captured()
    this.listener.changed()
  }

  see(record: string): Sighting | undefined {
    return record ? this.replica.see(record) : undefined
  }

  fields(record: string): Fields {
    return this.see(record)?.fields ?? {}
  }

  // Visits

  /** The latest first. A draft that has not changed is not read again. */
  visits(): Visit[] {
    const read = new Map<string, Visit>()
    for (const text of this.store.notes(VISIT).values()) read.set(text, this.drafts.get(text) ?? readVisit(text))
    this.drafts = read
    return [...read.values()].sort((one, other) => other.touched - one.touched)
  }

  visit(id: string): Visit | undefined {
    const kept = this.store.note(VISIT + id)
    if (kept !== undefined) return readVisit(kept)
    return this.begun?.id === id ? this.begun : undefined
  }

  /** Nothing is said in it yet, so nothing waits for the disk: whoever shows it keeps it, as they keep every keystroke. */
  beginVisit(village: string): Visit {
    this.begun = newVisit(this.newId(), this.clock.wall(), village)
    return this.begun
  }

  /** Whether a visit was begun and never kept. */
  isBegun(id: string): boolean {
    return this.begun?.id === id
  }

  /** On the disk when this returns. The screen of a visit shows what it keeps already: it is not drawn once more. */
  async keepVisit(visit: Visit): Promise<void> {
    const kept = JSON.stringify({ ...visit, touched: this.clock.wall() })
    await this.store.transaction(() => this.store.putNote(VISIT + visit.id, kept))
    if (this.isBegun(visit.id)) this.begun = null
  }

  async dropVisit(visit: Visit): Promise<void> {
    if (this.isBegun(visit.id)) this.begun = null
    await this.store.transaction(() => {
      this.store.putNote(VISIT + visit.id, undefined)
      for (const photo of photosOf(visit)) this.store.dropFileContent(photo.file)
    })
    this.listener.changed()
  }

  /** Pictures of services that a draft is no longer for. */
  dropLegs(legs: readonly LegSaid[]): Promise<void> {
    return this.dropPhotos(legs.flatMap(photosOfLeg))
  }

  /** A picture that a draft no longer names; what a licence keeps stays. */
  dropPhoto(photo: Photo): Promise<void> {
    return this.dropPhotos([photo])
  }

  dropPhotos(photos: readonly Photo[]): Promise<void> {
    return this.store.transaction(() => photos.filter(isOwn).forEach((photo) => this.store.dropFileContent(photo.file)))
  }

  /** Keeps a picture's bytes beside a draft, sealed like everything else. */
  async keepPhoto(content: Bytes, type: string): Promise<Photo> {
    const photo = { file: this.newId(), sha256: hex(hash(content)), size: content.length, type }
    await this.store.transaction(() => this.store.putContent(photo.file, content))
    return photo
  }

  photo(file: string): Promise<Bytes> {
    return this.store.fileContent(file, 0, Number.MAX_SAFE_INTEGER)
  }

  knownFor(visit: Visit): Known {
    const seen = this.see(visit.resident)
    const said = visit.newResident
    return {
      items: visit.legs.map((leg) => this.shownItem(leg.item)),
      resident: seen ? seen.fields : said ? residentFields(said, visit.village, this.today) : {},
      residentChanges: seen ? seen.own : [],
      account: this.identity.account,
      helper: this.identity.name,
      now: this.clock.wall(),
      today: this.today,
      ownDays: ownDays(this),
    }
  }

  /** Captures a visit without faults. Rejects with NotSaved, and keeps the draft then. The record of its first case. */
  async finish(visit: Visit): Promise<string> {
    const before = this.receiptsGiven()
    const receipts = visit.legs.map((_, leg) => receiptNumber(this.identity.mark, this.today, before + 1 + leg))
    const filing = buildFiling(visit, this.knownFor(visit), receipts, this.newId)
    const files = filesOf(visit, filing, this.store)
    const leftBehind = photosOf(visit).filter((photo) => !files.some((file) => file.id === photo.file))
    const given = before + receipts.length
    await this.replica.capture(filing.drafts, this.capturedNow(), [], () => {
      for (const file of files) this.store.putFile(file)
      for (const photo of leftBehind) this.store.dropFileContent(photo.file)
      this.store.putNote(RECEIPTS, JSON.stringify({ day: this.today, given }))
      this.store.putNote(VISIT + visit.id, undefined)
    })
    this.connection.captured()
    this.listener.changed()
    return filing.cases[0] ?? ''
  }

  capturedNow(): Captured {
    return { wall: this.clock.wall(), offset: 480 }
  }

  /** Numbers of today that another life of this store may have given are passed over. */
  async skipReceipts(count: number): Promise<void> {
    const given = this.receiptsGiven() + count
    await this.store.transaction(() => this.store.putNote(RECEIPTS, JSON.stringify({ day: this.today, given })))
  }

  private receiptsGiven(): number {
    const kept = JSON.parse(this.store.note(RECEIPTS) ?? '{}') as { day?: string; given?: number }
    return kept.day === this.today ? (kept.given ?? 0) : 0
  }
}

/** What the disk holds, mended where cells no longer open. Rejects with StoreGone when the browser cleared it. */
async function loadWhole(disk: DeviceDisk, device: string): Promise<Write[]> {
  const { cells, broken } = await disk.load()
  try {
    checkWhole(cells, IDENTITY)
  } catch (error) {
    disk.close()
    throw error
  }
  const isWhole = cells.some((cell) => cell.table === 'standing')
  if (isWhole && broken.length === 0) return cells
  await disk.commit(mending(cells, device), [])
  await disk.forget(broken)
  return (await disk.load()).cells
}
