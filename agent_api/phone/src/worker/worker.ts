// Keeps the app's own files on the phone, so that it starts without a network. Laws: only files of the app are kept,
// never an answer of the centre; a new version is put aside whole and takes over when the page says so.

/// <reference lib="webworker" />

declare const __OFFLINE__: { readonly version: string; readonly files: readonly string[] }

const worker = globalThis as unknown as ServiceWorkerGlobalScope
const offline = __OFFLINE__
const NAME = `bangban-app-${offline.version}`
const BASE = '/app/'

worker.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([...offline.files])))
})

worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOld().then(() => worker.clients.claim()))
})

worker.addEventListener('message', (event) => {
  if (event.data === 'take over') void worker.skipWaiting()
})

worker.addEventListener('fetch', (event) => {
  const address = new URL(event.request.url)
  if (event.request.method !== 'GET' || address.origin !== worker.location.origin) return
  if (!address.pathname.startsWith(BASE)) return
  event.respondWith(answer(event.request))
})

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME)
  const kept = await cache.match(request.mode === 'navigate' ? BASE : request, { ignoreSearch: true })
  return kept ?? fetch(request)
}

async function forgetOld(): Promise<void> {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('bangban-app-') && name !== NAME)
  await Promise.all(old.map((name) => caches.delete(name)))
}
