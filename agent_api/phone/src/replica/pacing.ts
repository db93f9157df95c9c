// When a device exchanges next. Laws: a timer is always armed until the device is wiped, so no outbox is forgotten;
// failures wait with full jitter, so that 997 devices do not come back in the same second.
//
// All times are milliseconds of a clock that never goes back. Randomness comes in as a function giving [0, 1).

export const LEVEL_MS = 15 * 60_000
export const REQUEST_MS = 30_000
const DEBOUNCE_MS = 1_000
const BACKOFF_FIRST_MS = 1_000
const BACKOFF_MAX_MS = 5 * 60_000

/** The longest wait after so many failures in a row. */
export function backoffMs(failures: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 20))
}

export class Pacing {
  failures = 0
  due: number
  private heldUntil: number

  constructor(
    private readonly random: () => number,
    now: number,
  ) {
    this.due = now
    this.heldUntil = now
  }

  atOnce(now: number): void {
    this.due = Math.max(now, this.heldUntil)
  }

  /** Something was captured. Captures within a second share a request; a failing line keeps its backoff. */
  soon(now: number): void {
    if (this.failures === 0) this.due = Math.max(Math.min(this.due, now + DEBOUNCE_MS), this.heldUntil)
  }

  /** A wake proves that the centre is back, but it reaches many devices in one moment. */
  woken(now: number): void {
    this.due = Math.max(Math.min(this.due, now + Math.floor(this.random() * DEBOUNCE_MS)), this.heldUntil)
  }

  level(now: number): void {
    this.due = now + Math.floor(LEVEL_MS * (0.9 + 0.1 * this.random()))
  }

  succeeded(): void {
    this.failures = 0
  }

  /** Full jitter from one second, doubling to five minutes. The centre's own word overrides it. */
  failed(now: number, retryAfterMs = 0): void {
    const ceiling = backoffMs(this.failures)
    this.failures += 1
    if (retryAfterMs) this.hold(now, retryAfterMs)
    else this.due = now + 1 + Math.floor(this.random() * ceiling)
  }

  /** A second of jitter on top: everybody was told the same number. */
  hold(now: number, retryAfterMs: number): void {
    this.due = this.heldUntil = now + retryAfterMs + Math.floor(this.random() * 1_000)
  }
}
