// Speaks HTTP with the centre: one request, thirty seconds, no redirect followed, and what came back as a value.
//
// Law: only an answer of the centre counts. A login page, a redirect, a cut line and a wrong kind of body are all the
// same here: no contact.

import type { Bytes } from '../protocol/bytes'
import { isObject } from '../protocol/codec'

/** Nobody answered, or somebody on the way did. */
export class NoContact extends Error {
  constructor(
    detail: string,
    readonly isTimeout = false,
    /** Somebody answered who is not the centre: a network that wants a login first. */
    readonly isForeign = false,
  ) {
    super(detail)
  }
}

/** The centre said no, in its own words. */
export class TurnedAway extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly words: Words,
    readonly retryAfterMs: number,
  ) {
    super(code)
  }
}

export interface Words {
  readonly zh: string
  readonly en: string
  readonly nextZh: string
  readonly nextEn: string
}

export type Fetch = (path: string, init: RequestInit) => Promise<Response>

const REQUEST_MS = 30_000
const RETRY_AFTER_MAX_S = 3_600

export async function ask(path: string, init: RequestInit, fetching: Fetch = fetch): Promise<Response> {
  let answer: Response
  try {
    const signal = AbortSignal.timeout(REQUEST_MS)
    answer = await fetching(path, { redirect: 'manual', credentials: 'omit', cache: 'no-store', signal, ...init })
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    throw new NoContact(String(error), name === 'TimeoutError')
  }
  // The centre never sends anybody elsewhere.
  if (answer.type === 'opaqueredirect' || (answer.status >= 300 && answer.status < 400)) {
    throw new NoContact('a redirect', false, true)
  }
  return answer
}

export async function packed(message: Bytes): Promise<Bytes> {
  const stream = new Blob([message]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/** A JSON answer. Rejects with TurnedAway or NoContact. */
export async function askJson(path: string, said: unknown, headers: HeadersInit = {}): Promise<{ [name: string]: unknown }> {
  const answer = await ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(said),
  })
  if (!answer.ok) throw await turnedAway(answer)
  const told = await readJson(answer)
  if (!isObject(told)) throw new NoContact('an answer that is no object')
  return told
}

/** The problem document of an answer that is no success, or NoContact when somebody else wrote it. */
export async function turnedAway(answer: Response): Promise<TurnedAway | NoContact> {
  const told = await readJson(answer).catch(() => null)
  if (!isObject(told) || typeof told['code'] !== 'string') return new NoContact(`somebody answered ${answer.status}`, false, true)
  const word = (name: string): string => String(told[name] ?? '')
  const words = { zh: word('title_zh'), en: word('title'), nextZh: word('next_zh'), nextEn: word('next') }
  return new TurnedAway(answer.status, told['code'], words, retryAfterMs(answer))
}

export function retryAfterMs(answer: Response): number {
  const told = answer.headers.get('retry-after') ?? ''
  return /^\d+$/.test(told) ? Math.min(Number(told), RETRY_AFTER_MAX_S) * 1_000 : 0
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch (error) {
    throw new NoContact(`no JSON: ${String(error)}`, false, error instanceof SyntaxError)
  }
}
