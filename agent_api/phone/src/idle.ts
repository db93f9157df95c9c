// When the page has nothing to do, and when nobody has touched it for a while: then the app locks, so that a phone left
// on a table shows nothing.
//
// Law: time that the phone slept counts, since it is measured by the clock and looked at when the page wakes.

export const IDLE_MS = 5 * 60_000
const LOOK_MS = 10_000

/** So long may work that nobody waits for hold up a finger. */
const PIECE_MS = 5

/** A browser that is short of processor may never call itself idle: after this the work is done all the same. */
const IDLE_WITHIN_MS = 300

/** When the page has nothing else to do, or has been busy for a while. */
export function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(work, { timeout: IDLE_WITHIN_MS })
  else setTimeout(work)
}

/** All of it piece by piece, between whatever somebody does meanwhile; `work` yields after each. */
export function inIdlePieces(work: Iterator<unknown>): void {
  whenIdle(() => {
    const begun = performance.now()
    while (performance.now() - begun < PIECE_MS) if (work.next().done) return
    inIdlePieces(work)
  })
}

/** Calls `lock` once nobody touched the page for five minutes. Ends nothing: locking twice is locking once. */
export function watchIdle(lock: () => void): void {
  let touched = Date.now()
  const touch = (): void => {
    touched = Date.now()
  }
  const look = (): void => {
    if (Date.now() - touched >= IDLE_MS) {
      touch()
      lock()
    }
  }
  for (const name of ['pointerdown', 'keydown', 'input']) addEventListener(name, touch, { capture: true, passive: true })
  document.addEventListener('visibilitychange', look)
  setInterval(look, LOOK_MS)
}
