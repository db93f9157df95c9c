// One device's conversation with the centre, without I/O: bytes to send, bytes received, events, and the next time.
//
// Laws: one request is in flight at a time. A request that gets no answer in thirty seconds has failed. A timer is
// always armed until the device is wiped (I11), so a caller only ever waits for `nextDue`. Nothing is remembered here
// that a crash could lose: all that counts is in the store. Times are milliseconds of a clock that never goes back.

import { encodeHash, utf8, type Bytes } from '../protocol/bytes'
import { evidencePayload, extend, signedPayload } from '../protocol/chain'
import { encodeRequest, parseAnswer, type AnswerMessage } from '../protocol/codec'
import { Malformed, NotSaved, SyncError } from '../protocol/errors'
import { FILE_STATES, PROTOCOL, REQUEST_DEFAULTS, type Cursor, type FileState, type Honour } from '../protocol/messages'
import { completed, newEffect, type Effect, type Sent } from './effect'
import type { Event } from './events'
import { LEVEL_MS, Pacing, REQUEST_MS } from './pacing'
import { adoptChain, changeEpoch, fillGap, takeRevocation, type Numbers } from './repairs'
import type { Entry, EvidenceLine, ReplicaStore, Standing } from './state'
import { cutBatch, FULL_CHECK_EVERY, takeAnswer, takeFiles } from './steps'

const PAGE_BYTES = 48 * 1024
const PACKED = 7 // filings pack seven to one and better, and a page is what the line must carry
const PAGE_BYTES_MIN = 4 * 1024
const EXPORT_BYTES_MAX = 3 * 1024 * 1024
const LINE_BYTES_TYPICAL = 256
const CHANGES_MAX = 10_000
const FILES_ASKED_MAX = 200
const HONOURS_MAX = 500
const REPAIRS_AT_ONCE = 4

/** Why no answer came. */
export type Failure =
  | 'network'
  | 'timeout'
  | 'bad_answer'
  | 'busy'
  | 'unauthorized'
  | 'turned_away'
  | 'too_large'
  | 'upgrade_required'

const SMALLER_AFTER: readonly Failure[] = ['timeout', 'network', 'bad_answer', 'too_large']

export interface SessionOptions {
  readonly now?: number
  readonly pageBytes?: number
  readonly numbers?: Numbers
  readonly fullCheckEvery?: number
}

export class Session {
  private readonly pacing: Pacing
  private readonly pageBytesMax: number
  private readonly numbers: Numbers
  private readonly fullCheckEvery: number
  private pageBytes: number
  private sent: Sent | null = null
  private taking = false
  private news = false
  private repairs = 0
  private wiped = false
  private events: Event[] = []

  /** `sign` is the device key's Ed25519; `random` gives a number in [0, 1). */
  constructor(
    readonly store: ReplicaStore,
    private readonly sign: (payload: Bytes) => Promise<Bytes>,
    random: () => number,
    options: SessionOptions = {},
  ) {
    this.pacing = new Pacing(random, options.now ?? 0)
    this.pageBytes = this.pageBytesMax = options.pageBytes ?? PAGE_BYTES
    this.numbers = options.numbers ?? {}
    this.fullCheckEvery = options.fullCheckEvery ?? FULL_CHECK_EVERY
  }

  /** When `nextRequest` will next have something to do. Null only once the device must be wiped. */
  nextDue(now: number): number | null {
    if (this.wiped) return null
    return Math.max(now, this.sent ? this.sent.at + REQUEST_MS : this.pacing.due)
  }

  takeEvents(): Event[] {
    const events = this.events
    this.events = []
    return events
  }

  /** How many exchanges in a row went wrong. */
  get failures(): number {
    return this.pacing.failures
  }

  /** The changes of the request in flight. */
  get sending(): readonly string[] {
    return this.sent?.entries.map((entry) => entry.id) ?? []
  }

  get inFlight(): boolean {
    return this.sent !== null
  }

  /** A change was captured. */
  captured(now: number): void {
    this.pacing.soon(now)
  }

  /** A bucket has news. It may not be ours yet: an entitlement can be the news. */
  wake(now: number): void {
    this.news = true
    this.pacing.woken(now)
  }

  /** File states that came over the live socket. Of the unknown ones the next exchange will tell. */
  async filesTold(states: { readonly [id: string]: string }): Promise<void> {
    const known = Object.entries(states).filter(([, state]) => FILE_STATES.includes(state as FileState))
    const effect = newEffect()
    await this.store.transaction(() =>
      takeFiles(this.store, Object.fromEntries(known) as { [id: string]: FileState }, effect),
    )
    this.events.push(...effect.events)
  }

  networkUp(now: number): void {
    this.pacing.woken(now)
  }

  /** A person asked, or the program opened. */
  exchangeNow(now: number): void {
    this.news = true
    this.pacing.atOnce(now)
  }

  tokenRenewed(now: number): void {
    this.pacing.atOnce(now)
  }

  /** The bytes to send now, or null: nothing is due, or a request is in flight. */
  async nextRequest(now: number): Promise<Bytes | null> {
    if (this.sent) {
      if (this.taking || now < this.sent.at + REQUEST_MS) return null
      this.receiveFailure('timeout', now)
    }
    if (this.wiped || now < this.pacing.due) return null
    const standing = this.store.standing()
    if (standing.revoked && this.store.outboxSize() === 0) {
      this.wipe()
      return null
    }
    return this.build(standing, now)
  }

  /** The outbox as request messages for whoever carries them to the centre, in order. Nothing is marked sent. */
  async exportOutbox(): Promise<Bytes[]> {
    const standing = this.store.standing()
    let waiting = this.store.outbox()
    const messages: Bytes[] = []
    let seq = standing.ackedSeq
    let head = standing.ackedHash
    while (waiting.length) {
      const batch = cutBatch(waiting.slice(0, CHANGES_MAX), EXPORT_BYTES_MAX)
      waiting = waiting.slice(batch.length)
      const hashes = chain(head, seq + 1, batch)
      const reached = hashes.at(-1)!
      const signature = await this.signature(standing, seq + batch.length, reached)
      const envelope = {
        ...REQUEST_DEFAULTS,
        ...positionOf(standing, seq, head),
        n: batch.length,
        signature,
        waiting: waiting.length,
      }
      messages.push(encodeRequest(envelope, batch.map((entry) => entry.line)))
      seq += batch.length
      head = reached
    }
    return messages
  }

  private async build(standing: Standing, now: number): Promise<Bytes> {
    const room = this.pageBytes * PACKED
    const limit = Math.min(CHANGES_MAX, 1 + Math.floor(room / LINE_BYTES_TYPICAL))
    const waiting = standing.restart ? [] : this.store.outbox(limit + 1)
    const batch = cutBatch(waiting.slice(0, limit), room)
    const hashes = chain(standing.ackedHash, standing.ackedSeq + 1, batch)
    const isReading = !standing.revoked && !standing.restart
    const withCursors = isReading && (batch.length > 0 || this.news || standing.tag === '')
    const [honour, told] = isReading ? this.honoursFor(batch) : [[], []]
    const evidence = isReading ? this.evidenceNow() : []
    const rest = waiting[batch.length]
    const sent: Sent = {
      at: now,
      chainEpoch: standing.chainEpoch,
      firstSeq: standing.ackedSeq + 1,
      prevHash: standing.ackedHash,
      entries: batch,
      hashes,
      tag: isReading ? standing.tag : '',
      withCursors,
      honours: told,
      evidence: evidence.map(([head]) => head[1]),
      brief: null,
    }
    // In flight from here on: whoever asks while the key signs must not build a second request.
    this.sent = sent
    if (withCursors) this.news = false
    const isSigned = batch.length > 0 || standing.restart
    const isIdle = !isSigned && !withCursors && !evidence.length
    const lastSeq = standing.ackedSeq + batch.length
    const signature = isSigned ? await this.signature(standing, lastSeq, hashes.at(-1) ?? standing.ackedHash) : ''
    const envelope = {
      ...REQUEST_DEFAULTS,
      ...positionOf(standing, standing.ackedSeq, standing.ackedHash),
      n: batch.length,
      signature,
      ack: standing.ack,
      restart: standing.restart,
      waiting: this.store.outboxSize() - batch.length,
      waiting_since: rest ? Math.max(0, Math.min(rest.captured, Number.MAX_SAFE_INTEGER)) : 0,
      tag: sent.tag,
      cursors: withCursors ? this.cursors() : null,
      target: withCursors ? standing.target : null,
      files: isReading ? this.filesAsked() : [],
      honour,
      evidence: evidence.map(([head]) => head),
      evidence_signature: evidence.length ? await this.evidenceSignature(standing, evidence) : '',
      max_bytes: withCursors ? this.pageBytes : REQUEST_DEFAULTS.max_bytes,
      // What repeats is left out only where nothing else is said: such exchanges are most of all there are.
      brief: isIdle,
    }
    if (isIdle) this.sent = { ...sent, brief: envelope }
    return encodeRequest(envelope, [...batch.map((entry) => entry.line), ...evidence.map(([, body]) => body)])
  }

  private async signature(standing: Standing, lastSeq: number, chainHash: Bytes): Promise<string> {
    return encodeHash(await this.sign(signedPayload(standing.device, standing.chainEpoch, lastSeq, chainHash)))
  }

  private async evidenceSignature(standing: Standing, evidence: readonly EvidenceLine[]): Promise<string> {
    return encodeHash(await this.sign(evidencePayload(standing.epoch, standing.device, evidence)))
  }

  private cursors(): Cursor[] {
    return this.store.buckets().map((state) => [state.bucket, state.generation, state.version, state.record])
  }

  /** Only those whose bytes are all up: an idle exchange asks for none. */
  private filesAsked(): string[] {
    const up = this.store.files().filter((file) => file.delivery === 'sent')
    return up.slice(0, FILES_ASKED_MAX).map((file) => file.id)
  }

  /**
   * Numbers go with the changes of their record, or the centre would give new ones. With them the records of which
   * nothing more will follow: those have been told.
   */
  private honoursFor(batch: readonly Entry[]): [Honour[], string[]] {
    const honours = this.store.honours()
    if (honours.length === 0) return [[], []]
    const batched = new Set(batch.map((entry) => entry.record))
    const sentIds = new Set(batch.map((entry) => entry.id))
    const unsent = this.store.outbox().filter((entry) => !sentIds.has(entry.id))
    const later = new Set(unsent.map((entry) => entry.record))
    const now = honours.filter(([record]) => batched.has(record) || !later.has(record)).slice(0, HONOURS_MAX)
    return [now, now.map(([record]) => record).filter((record) => !later.has(record))]
  }

  private evidenceNow(): EvidenceLine[] {
    const chosen: EvidenceLine[] = []
    let room = this.pageBytes
    for (const line of this.store.evidence(1 + Math.floor(this.pageBytes / LINE_BYTES_TYPICAL))) {
      room -= utf8(line[1]).length + 1
      if (chosen.length && room < 0) break
      chosen.push(line)
    }
    return chosen
  }

  /** The answer to the request in flight. A repeated answer, or one to a request given up, changes nothing. */
  async receiveAnswer(message: Uint8Array, now: number): Promise<void> {
    const { sent } = this
    if (!sent || this.taking) return
    this.taking = true
    try {
      const answer = parseAnswer(message)
      const envelope = completed(sent, answer.envelope)
      if (!envelope.chain_hash) throw new Malformed('an answer without its place in the chain')
      await this.take(sent, { ...answer, envelope }, now)
    } catch (error) {
      if (!(error instanceof SyncError || error instanceof RangeError)) throw error
      const isOurs = error instanceof NotSaved
      this.events.push({ is: isOurs ? 'answer_not_saved' : 'bad_answer', detail: error.message })
      this.receiveFailure(isOurs ? 'busy' : 'bad_answer', now)
    } finally {
      this.taking = false
    }
  }

  /** No answer came. What was sent may have arrived all the same: it is sent again and known by its seq. */
  receiveFailure(failure: Failure, now: number, retryAfterMs = 0): void {
    const { sent } = this
    this.sent = null
    if (!sent) return
    this.news ||= sent.withCursors
    if (SMALLER_AFTER.includes(failure)) this.pageBytes = Math.max(PAGE_BYTES_MIN, Math.floor(this.pageBytes / 2))
    this.pacing.failed(now, retryAfterMs)
    if (failure === 'unauthorized') this.events.push({ is: 'need_token', expiresIn: 0 })
    if (failure === 'upgrade_required') {
      this.events.push({ is: 'upgrade_required', minApp: 0 })
      this.pacing.hold(now, Math.max(retryAfterMs, LEVEL_MS))
    }
  }

  private async take(sent: Sent, message: AnswerMessage, now: number): Promise<void> {
    const answer = message.envelope
    if (answer.status === 'upgrade_required') {
      this.receiveFailure('upgrade_required', now, answer.retry_after * 1_000)
      return
    }
    const effect = await this.apply(sent, message)
    this.sent = null
    this.events.push(...effect.events)
    this.pageBytes = Math.min(this.pageBytesMax, this.pageBytes * 2)
    if (answer.token_expires_in > 0 && answer.token_expires_in < 60) {
      this.events.push({ is: 'need_token', expiresIn: answer.token_expires_in })
    }
    if (answer.status === 'revoked') this.afterRevocation(effect, now)
    else {
      this.plan(effect, answer.status !== 'ok' || effect.resets.size > 0, now)
      if (answer.retry_after) this.pacing.hold(now, answer.retry_after * 1_000)
    }
  }

  private apply(sent: Sent, message: AnswerMessage): Promise<Effect> {
    const answer = message.envelope
    switch (answer.status) {
      case 'fork':
        return adoptChain(this.store, answer)
      case 'gap':
        return fillGap(this.store, answer)
      case 'epoch_changed':
        return changeEpoch(this.store, answer, this.numbers)
      case 'revoked':
        return takeRevocation(this.store, sent, answer)
      default:
        return takeAnswer(this.store, sent, message, this.fullCheckEvery)
    }
  }

  /** Again at once while there is progress and something left; else wait. Repairs that repeat wait longer. */
  private plan(effect: Effect, isRepaired: boolean, now: number): void {
    const isDone = effect.level && this.store.outboxSize() === 0 && this.store.evidenceSize() === 0
    this.repairs = effect.level ? 0 : this.repairs + Number(isRepaired)
    if (isDone) {
      this.events.push({ is: 'level', tag: this.store.standing().tag })
      this.pacing.succeeded()
      this.pacing.level(now)
      if (this.news) this.pacing.woken(now)
    } else if (effect.progressed && this.repairs <= REPAIRS_AT_ONCE) {
      this.pacing.succeeded()
      this.pacing.atOnce(now)
    } else this.pacing.failed(now)
  }

  /** Whatever is unsent is deposited first. A centre that takes nothing is asked again, ever more rarely. */
  private afterRevocation(effect: Effect, now: number): void {
    const waiting = this.store.outboxSize()
    this.events.push({ is: 'revoked', waiting })
    this.repairs = effect.progressed ? 0 : this.repairs + 1
    if (waiting === 0) this.wipe()
    else if (this.repairs <= REPAIRS_AT_ONCE) {
      this.pacing.succeeded()
      this.pacing.atOnce(now)
    } else this.pacing.failed(now)
  }

  private wipe(): void {
    this.wiped = true
    this.events.push({ is: 'wipe_now' })
  }
}

function positionOf(standing: Standing, seq: number, head: Bytes) {
  return {
    protocol: PROTOCOL,
    device: standing.device,
    epoch: standing.epoch,
    chain_epoch: standing.chainEpoch,
    first_seq: seq + 1,
    prev_hash: encodeHash(head),
  }
}

function chain(head: Bytes, firstSeq: number, entries: readonly Entry[]): Bytes[] {
  const hashes: Bytes[] = []
  entries.forEach((entry, place) => {
    head = extend(head, firstSeq + place, entry.hash)
    hashes.push(head)
  })
  return hashes
}
