// Runs a session over the phone's network: exchanges when the session says so, then sends files.
//
// Laws: the session decides when and what; this only carries bytes and tells how it went. Whatever the line does, a
// request ends within thirty seconds. One exchange at a time. Who asks while one is under way is not forgotten when it
// fails: the next follows at once. Text goes before photographs: what is captured while they go up waits for one piece
// at most. A cut between pieces has a timer of its own, since the session may be level.

import { ANSWER_BYTES_MAX } from '../protocol/messages'
import type { Bytes } from '../protocol/bytes'
import type { Event } from '../replica/events'
import { backoffMs } from '../replica/pacing'
import type { Failure, Session } from '../replica/session'
import { ask, NoContact, packed, turnedAway, TurnedAway } from './centre'
import { TokenRefused, type Tokens } from './tokens'

const LINES = 'application/x-bangban-lines'
/** Below that a packed request is hardly smaller. */
const PACK_FROM_BYTES = 600
const FAILURES: { readonly [status: number]: Failure } = {
  408: 'timeout',
  413: 'too_large',
  426: 'upgrade_required',
  429: 'busy',
}

/** What a person may see of the line. `again`: one is under way, and the next will follow at once. */
export type Line = 'idle' | 'talking' | 'again' | 'no_contact' | 'busy' | 'portal' | 'signed_out'

/** What goes over the line once text has gone: a colleague's parcels, photographs. */
export interface Behind {
  /** Pieces that arrived so far: a line that lets some through is not a line that fails. */
  readonly moved: number
  hasReady(): boolean
  /** How many files went up whole. Stops between two pieces when something else is due. Rejects when the line fails. */
  sendReady(isElseDue: () => boolean): Promise<number>
}

export interface Listener {
  event(event: Event): void
  line(line: Line): void
}

export class Connection {
  private timer: ReturnType<typeof setTimeout> | undefined
  private running: Promise<void> | null = null
  private isTalking = false
  /** What could not wait and came up while an exchange was under way: done again once that has ended. */
  private nudges: (() => void)[] = []
  private ended = false
  private renewed = false
  /** When photographs may go next; null while none are under way. */
  private filesDue: number | null = null
  private fileFailures = 0

  constructor(
    private readonly session: Session,
    private readonly tokens: Tokens,
    private readonly behind: readonly Behind[],
    private readonly listener: Listener,
    private readonly now: () => number,
    private readonly random: () => number = Math.random,
  ) {}

  /** From now on until `end`: by itself, and at every nudge. */
  start(): void {
    this.session.exchangeNow(this.now())
    this.arm()
  }

  end(): void {
    this.ended = true
    clearTimeout(this.timer)
  }

  captured(): void {
    this.session.captured(this.now())
    this.arm()
  }

  networkUp(): void {
    this.atOnce(() => this.session.networkUp(this.now()))
    this.arm()
  }

  woken(): void {
    this.atOnce(() => this.session.wake(this.now()))
    this.arm()
  }

  async filesTold(states: { readonly [id: string]: string }): Promise<void> {
    await this.session.filesTold(states)
    this.tell()
  }

  /** A person asked. Resolves when the round that this is part of has ended, however it went. */
  async exchangeNow(): Promise<void> {
    if (this.isTalking) this.listener.line('again')
    this.atOnce(() => this.session.exchangeNow(this.now()))
    await this.round()
  }

  /** Now, and once more when the exchange that is under way has ended: if it fails, its backoff would bury this. */
  private atOnce(act: () => void): void {
    act()
    if (this.isTalking) this.nudges.push(act)
  }

  private arm(): void {
    clearTimeout(this.timer)
    if (this.ended || this.running) return
    const due = this.nextDue()
    if (due !== null) this.timer = setTimeout(() => void this.round(), Math.max(0, due - this.now()))
  }

  /** Of text and photographs what comes first. While the line fails only text is tried. */
  private nextDue(): number | null {
    const text = this.session.nextDue(this.now())
    if (text === null || this.filesDue === null || this.session.failures > 0) return text
    return Math.min(text, this.filesDue)
  }

  private readonly isTextDue = (): boolean => {
    const due = this.session.nextDue(this.now())
    return this.ended || (due !== null && due <= this.now())
  }

  private round(): Promise<void> {
    this.running ??= this.exchangeWhileDue().finally(() => {
      this.running = null
      this.arm()
    })
    return this.running
  }

  private async exchangeWhileDue(): Promise<void> {
    for (;;) {
      const due = this.nextDue()
      if (this.ended || due === null || due > this.now()) return
      if (!this.isTextDue()) {
        await this.sendFiles()
        continue
      }
      if (!(await this.talk())) return
      // The line carries: whatever waited for it is tried again.
      if (this.session.failures === 0 && this.hasBehind()) this.filesDue = this.now()
    }
  }

  /** Whether there was something to say. */
  private async talk(): Promise<boolean> {
    this.isTalking = true
    this.listener.line('talking')
    try {
      const message = await this.session.nextRequest(this.now())
      if (message === null) this.tell()
      else await this.exchange(message)
      return message !== null
    } finally {
      this.isTalking = false
      for (const act of this.nudges.splice(0)) act()
    }
  }

  private async exchange(message: Bytes): Promise<void> {
    let line: Line = 'idle'
    try {
      await this.carry(message)
      if (this.session.failures) line = 'no_contact'
    } catch (error) {
      line = lineOf(error)
      if (!this.session.inFlight) throw error
      this.session.receiveFailure(failureOf(error), this.now(), error instanceof TurnedAway ? error.retryAfterMs : 0)
      this.renewOnce(error)
    } finally {
      this.listener.line(this.tell() ? 'portal' : line)
    }
  }

  private async carry(message: Bytes): Promise<void> {
    const token = await this.tokens.access()
    const headers: { [name: string]: string } = { 'Content-Type': LINES, Authorization: `Bearer ${token}` }
    let body = message
    if (message.length >= PACK_FROM_BYTES) {
      body = await packed(message)
      headers['Content-Encoding'] = 'gzip'
    }
    const answer = await ask('/v1/exchange', { method: 'POST', headers, body })
    if (!answer.ok) throw await turnedAway(answer)
    await this.session.receiveAnswer(await readWithin(answer, ANSWER_BYTES_MAX), this.now())
    this.renewed = false
  }

  /** A token may end on the way: once, at once. A second time the backoff stands. */
  private renewOnce(error: unknown): void {
    if (!(error instanceof TurnedAway) || error.status !== 401) return
    this.tokens.forget()
    if (this.renewed) return
    this.renewed = true
    this.session.tokenRenewed(this.now())
  }

  /** A failing line leaves the rest for a little later: what arrived is known then. */
  private async sendFiles(): Promise<void> {
    this.filesDue = null
    const before = this.moved()
    try {
      let sent = 0
      for (const one of this.behind) if (!this.isTextDue()) sent += await one.sendReady(this.isTextDue)
      if (sent > 0) this.session.captured(this.now())
      if (!this.hasBehind()) this.fileFailures = 0
      else if (this.isTextDue()) this.filesDue = this.now()
      else this.filesDue = this.later()
    } catch (error) {
      if (!(error instanceof NoContact || error instanceof TokenRefused || error instanceof TurnedAway)) throw error
      if (this.moved() > before) this.fileFailures = 0
      const told = error instanceof TurnedAway ? error.retryAfterMs : 0
      this.filesDue = told ? this.now() + told : this.later()
    }
  }

  private moved(): number {
    return this.behind.reduce((sum, one) => sum + one.moved, 0)
  }

  private hasBehind(): boolean {
    return this.behind.some((one) => one.hasReady())
  }

  /** A parcel was read: it goes as soon as the line carries. */
  kept(): void {
    this.filesDue = this.now()
    this.arm()
  }

  /** With full jitter, up to five minutes. */
  private later(): number {
    this.fileFailures += 1
    return this.now() + this.random() * backoffMs(this.fileFailures)
  }

  /** Whether somebody else than the centre answered. */
  private tell(): boolean {
    const events = this.session.takeEvents()
    for (const event of events) {
      if (event.is === 'need_token') this.tokens.forget()
      this.listener.event(event)
    }
    return events.some((event) => event.is === 'bad_answer')
  }
}

function lineOf(error: unknown): Line {
  if (error instanceof TokenRefused) return 'signed_out'
  if (error instanceof TurnedAway && error.status !== 401) return 'busy'
  return error instanceof NoContact && error.isForeign ? 'portal' : 'no_contact'
}

function failureOf(error: unknown): Failure {
  if (error instanceof TokenRefused) return 'unauthorized'
  if (error instanceof NoContact) return error.isTimeout ? 'timeout' : 'network'
  if (!(error instanceof TurnedAway)) return 'network'
  if (error.status === 401) return 'unauthorized'
  return FAILURES[error.status] ?? (error.status >= 500 ? 'busy' : 'turned_away')
}

/** Stops at the limit, so that a small packed answer cannot fill the memory. Rejects with NoContact. */
async function readWithin(answer: Response, bytesMax: number): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  try {
    const reader = answer.body?.getReader()
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      size += part.value.length
      if (size > bytesMax) {
        await reader?.cancel()
        throw new NoContact('an answer beyond every limit')
      }
      parts.push(part.value)
    }
  } catch (error) {
    throw error instanceof NoContact ? error : new NoContact(`a cut answer: ${String(error)}`)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}
