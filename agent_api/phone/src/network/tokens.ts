// A device's tokens: a short access token, renewed by a refresh token that changes with each use.
//
// Laws: the new refresh token is stored before it counts, so a crash leaves one that the centre still takes. The
// refresh is proved by the device's key, over the token itself.

import { encodeHash, hex, utf8, type Bytes } from '../protocol/bytes'
import { hash } from '../protocol/chain'
import { askJson, NoContact, TurnedAway } from './centre'

/** Renew this long before the end, so that a token does not end on the way. */
const EARLY_MS = 30_000

/** The centre will not renew: the device has to be enrolled again. Captured work stays. */
export class TokenRefused extends Error {}

/** What places are called, by code. */
export interface PlaceNames {
  readonly [code: string]: string
}

/** Null when the centre tells none, as an older one. */
export function namesIn(told: unknown): PlaceNames | null {
  if (typeof told !== 'object' || told === null) return null
  return Object.fromEntries(Object.entries(told).filter((one): one is [string, string] => typeof one[1] === 'string'))
}

export function refreshPayload(device: string, refreshToken: string): Bytes {
  return utf8(`bangban-refresh-1\n${device}\n${hex(hash(utf8(refreshToken)))}`)
}

export class Tokens {
  private accessToken = ''
  private ends = 0
  private renewing: Promise<string> | null = null

  /** `keep` stores a refresh token durably, and what the centre told with it. */
  constructor(
    private readonly device: string,
    private refreshToken: string,
    private readonly sign: (payload: Bytes) => Promise<Bytes>,
    private readonly keep: (refreshToken: string, places: PlaceNames | null) => Promise<void>,
    private readonly now: () => number,
  ) {}

  /** The centre did not take it, whatever its end. */
  forget(): void {
    this.accessToken = ''
  }

  /** After a new enrolment of this device. Its refresh token is on the disk already. */
  replace(refreshToken: string, accessToken: string, expiresIn: number): void {
    this.refreshToken = refreshToken
    this.accessToken = accessToken
    this.ends = this.now() + expiresIn * 1_000
  }

  /** A token good for a request now. Rejects with TokenRefused or NoContact. */
  access(): Promise<string> {
    if (this.accessToken && this.now() <= this.ends - EARLY_MS) return Promise.resolve(this.accessToken)
    // One renewal at a time: a second would show a token that the first has just used up.
    this.renewing ??= this.renew().finally(() => (this.renewing = null))
    return this.renewing
  }

  private async renew(): Promise<string> {
    const proof = encodeHash(await this.sign(refreshPayload(this.device, this.refreshToken)))
    let told: { [name: string]: unknown }
    try {
      told = await askJson('/v1/token/refresh', { refresh_token: this.refreshToken, proof })
    } catch (error) {
      if (error instanceof TurnedAway && [400, 401, 403].includes(error.status)) throw new TokenRefused(error.code)
      if (error instanceof TurnedAway) throw new NoContact(`refresh answered ${error.status}`)
      throw error
    }
    const { access_token: access, refresh_token: refresh, expires_in: expires } = told
    if (typeof access !== 'string' || typeof refresh !== 'string' || typeof expires !== 'number') {
      throw new NoContact('an answer that grants nothing')
    }
    await this.keep(refresh, namesIn(told['places']))
    this.refreshToken = refresh
    this.accessToken = access
    this.ends = this.now() + expires * 1_000
    return access
  }
}
