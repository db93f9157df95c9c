// How the app is built, and how its tests run. The worker is written last, from the list of what was built, so that
// what it keeps for offline use is exactly what the page needs.

import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

const BASE = '/app/'

/** Puts the names of all built files, and one hash over their contents, into the service worker. */
function offlineFiles(): Plugin {
  return {
    name: 'offline-files',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = Object.values(bundle).find((one) => one.type === 'chunk' && one.name === 'worker')
      if (worker?.type !== 'chunk') throw new Error('the service worker was not built')
      const others = Object.values(bundle).filter((one) => one !== worker)
      const hash = createHash('sha256')
      for (const one of others) hash.update(one.fileName).update(one.type === 'chunk' ? one.code : one.source)
      const files = [BASE, ...others.map((one) => BASE + one.fileName).filter((name) => !name.endsWith('.html'))]
      const told = { version: hash.digest('hex').slice(0, 12), files: [...files, `${BASE}app.webmanifest`, `${BASE}icon.svg`] }
      worker.code = worker.code.replace('__OFFLINE__', () => JSON.stringify(told))
    },
  }
}

/** What proves the app in real pages (`bangban fleet --browsers`): one script in a folder of its own, never served. */
const PROVING: ViteUserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  // A library's own switches are left as they are; a page has no process to ask.
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: {
    outDir: fileURLToPath(new URL('../../build/phone-proving', import.meta.url)),
    emptyOutDir: true,
    copyPublicDir: false,
    target: 'es2022',
    lib: {
      entry: fileURLToPath(new URL('proving/fleet_page.ts', import.meta.url)),
      formats: ['iife'],
      name: 'proving',
      fileName: () => 'fleet.js',
    },
  },
}

const APP: ViteUserConfig = {
  base: BASE,
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue(), offlineFiles()],
  build: {
    outDir: fileURLToPath(new URL('../../build/phone', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    rollupOptions: {
      checks: { pluginTimings: false, bundlerTimings: false },
      input: {
        index: fileURLToPath(new URL('index.html', import.meta.url)),
        worker: fileURLToPath(new URL('src/worker/worker.ts', import.meta.url)),
      },
      output: { entryFileNames: (chunk) => (chunk.name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js') },
    },
  },
  test: { include: ['tests/**/test_*.ts'], environment: 'node', isolate: false },
}

export default defineConfig(({ mode }) => (mode === 'proving' ? PROVING : APP))
