// Where the app is: a path behind the #, so that the phone's own back button works and nothing is asked of a server.

import { shallowRef } from 'vue'

export interface Place {
  readonly name: string
  readonly parts: readonly string[]
}

export function read(hash: string): Place {
  const [name = '', ...parts] = hash.replace(/^#?\/?/, '').split('/').map(decodeURIComponent)
  return { name, parts }
}

export const place = shallowRef<Place>(read(globalThis.location?.hash ?? ''))

export function follow(): void {
  // Of the phone's own back button, and of addresses that somebody types.
  addEventListener('hashchange', arrive)
}

/** The screen changes at once: the browser tells of a change of address only in a later turn. */
export function go(...parts: readonly string[]): void {
  history.pushState(null, '', addressOf(parts))
  arrive()
}

/** Without leaving a step behind that the back button would lead to. */
export function goInstead(...parts: readonly string[]): void {
  history.replaceState(null, '', addressOf(parts))
  arrive()
}

/**
 * The way on for work that ends later: asked for before it begins, it leads anywhere only while nobody has gone
 * elsewhere. Whoever opened another screen meanwhile stays there.
 */
export function wayOn(): (...parts: readonly string[]) => void {
  const from = place.value
  return (...parts) => {
    if (place.value === from) goInstead(...parts)
  }
}

function addressOf(parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

function arrive(): void {
  place.value = read(location.hash)
  scrollTo(0, 0)
}

export function back(): void {
  if (history.length > 1) history.back()
  else goInstead('')
}
