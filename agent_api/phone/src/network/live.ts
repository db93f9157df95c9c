// Listens for wakes. Laws: a wake carries no data and may be lost; a phone that hears none is only later, never wrong.
// What cannot be understood is passed over. A lost socket is taken up again with full jitter, up to five minutes.

import { isObject } from '../protocol/codec'
import { backoffMs } from '../replica/pacing'
import { ask, NoContact } from './centre'
import type { Connection } from './connection'
import { TokenRefused, type Tokens } from './tokens'

const SUBPROTOCOL = 'bangban.live.1'

export interface News {
  readonly wake: readonly string[]
  readonly files: { readonly [id: string]: string }
  readonly outcomes: number
}

export class LiveSocket {
  private socket: WebSocket | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private ended = false

  constructor(
    private readonly tokens: Tokens,
    private readonly connection: Connection,
    private readonly random: () => number,
  ) {}

  start(): void {
    void this.open()
  }

  end(): void {
    this.ended = true
    clearTimeout(this.timer)
    this.socket?.close()
  }

  private async open(): Promise<void> {
    let ticket: string
    try {
      ticket = await this.ticket()
    } catch (error) {
      if (!(error instanceof NoContact || error instanceof TokenRefused)) throw error
      this.again()
      return
    }
    if (this.ended) return
    const address = `${location.origin.replace(/^http/, 'ws')}/v1/live`
    const socket = new WebSocket(address, [SUBPROTOCOL, `ticket.${ticket}`])
    this.socket = socket
    socket.onopen = () => {
      // Some wakes may have been missed before.
      this.failures = 0
      this.connection.woken()
    }
    socket.onmessage = (message) => this.hear(readNews(String(message.data)))
    socket.onclose = () => this.again()
  }

  private hear(news: News): void {
    if (Object.keys(news.files).length) void this.connection.filesTold(news.files)
    if (news.wake.length || news.outcomes) this.connection.woken()
  }

  private again(): void {
    if (this.ended) return
    this.failures += 1
    this.timer = setTimeout(() => void this.open(), this.random() * backoffMs(this.failures))
  }

  private async ticket(): Promise<string> {
    const headers = { Authorization: `Bearer ${await this.tokens.access()}` }
    const answer = await ask('/v1/live/ticket', { method: 'POST', headers })
    if (answer.status === 401) this.tokens.forget()
    const told: unknown = answer.ok ? await answer.json().catch(() => null) : null
    if (!isObject(told) || typeof told['ticket'] !== 'string') throw new NoContact(`no ticket: ${answer.status}`)
    return told['ticket']
  }
}

export function readNews(message: string): News {
  let told: unknown
  try {
    told = JSON.parse(message)
  } catch {
    told = null
  }
  const { wake, files, outcomes } = isObject(told) ? told : {}
  return {
    wake: Array.isArray(wake) ? wake.filter((bucket) => typeof bucket === 'string') : [],
    files: isObject(files) ? (files as News['files']) : {},
    outcomes: typeof outcomes === 'number' ? outcomes : 0,
  }
}
