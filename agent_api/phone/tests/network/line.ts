// A line for tests of what goes over it: answers in order, and what was asked.

import { Tokens } from '../../src/network/tokens'

export interface Asked {
  readonly path: string
  readonly method: string
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
}

type Answering = (asked: Asked) => Response | Promise<Response>

/** Takes the place of `fetch` until `end`. */
export class TestLine {
  readonly asked: Asked[] = []
  private readonly plain = globalThis.fetch

  constructor(public answer: Answering) {
    globalThis.fetch = (async (path: string, init: RequestInit) => {
      const given: unknown = init.body ?? ''
      const body: Uint8Array = given instanceof Uint8Array ? Uint8Array.from(given) : new TextEncoder().encode(String(given))
      const headers = Object.fromEntries(new Headers(init.headers).entries())
      const asked = { path: String(path), method: init.method ?? 'GET', headers, body }
      this.asked.push(asked)
      return this.answer(asked)
    }) as typeof fetch
  }

  end(): void {
    globalThis.fetch = this.plain
  }
}

/** Tokens that are good for ever, or as a test wants them. */
export function tokens(now: () => number = () => 0): Tokens {
  const made = new Tokens('d'.repeat(32), 'refresh', () => Promise.resolve(new Uint8Array(64)), () => Promise.resolve(), now)
  made.replace('refresh', 'access', 1_000_000)
  return made
}

/** What the wireless network of a station answers to everything. */
export function loginPage(): Response {
  return new Response('<!doctype html><title>Welcome</title>', { status: 200, headers: { 'Content-Type': 'text/html' } })
}
