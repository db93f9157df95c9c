// Puts the service worker to work, and tells when a new version of the app waits. Law: a new version never takes over
// by itself in the middle of a visit; a person says when, and drafts are on the disk by then.

import { shallowRef } from 'vue'

export const waiting = shallowRef<ServiceWorker | null>(null)

export async function register(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const registration = await navigator.serviceWorker.register('/app/worker.js', { scope: '/app/', updateViaCache: 'none' })
  const look = (): void => {
    if (registration.waiting && navigator.serviceWorker.controller) waiting.value = registration.waiting
  }
  look()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look)
  })
}

/** The waiting version takes over and the page begins anew. */
export function takeOver(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting.value?.postMessage('take over')
}
