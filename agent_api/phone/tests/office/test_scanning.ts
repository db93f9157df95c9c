// A browser that reads codes itself is asked; one that has no such thing, or not for QR codes, gets the library.

import { afterEach, expect, test, vi } from 'vitest'

import { qrReader } from '../../src/office/scanning'

const library = vi.hoisted(() => ({ decoded: 'by the library' }))
vi.mock('qr/decode.js', () => ({ decodeQR: () => library.decoded }))

const VIDEO = { videoWidth: 640, videoHeight: 480 } as HTMLVideoElement
const asked: unknown[] = []

function browserThat(formats: readonly string[], detect: () => Promise<readonly { rawValue: string }[]>): void {
  vi.stubGlobal(
    'BarcodeDetector',
    class {
      static getSupportedFormats = (): Promise<readonly string[]> => Promise.resolve(formats)
      constructor(options: unknown) {
        asked.push(options)
      }
      detect = detect
    },
  )
}

afterEach(() => {
  vi.unstubAllGlobals()
  asked.length = 0
})

test('the browser reads, and the first code it finds is the one', async () => {
  browserThat(['ean_13', 'qr_code'], () => Promise.resolve([{ rawValue: 'ABC' }, { rawValue: 'DEF' }]))
  expect(await (await qrReader())(VIDEO)).toBe('ABC')
  expect(asked).toEqual([{ formats: ['qr_code'] }])
})

test('a picture without a code, and one it cannot look at yet, are nothing', async () => {
  browserThat(['qr_code'], () => Promise.resolve([]))
  expect(await (await qrReader())(VIDEO)).toBeNull()
  browserThat(['qr_code'], () => Promise.reject(new DOMException('not ready', 'InvalidStateError')))
  expect(await (await qrReader())(VIDEO)).toBeNull()
})

test.each([['ean_13 only', () => browserThat(['ean_13'], () => Promise.reject(new Error('must not be asked')))], ['no detector', () => undefined]])(
  'a browser with %s gets the library',
  async (_what, prepare) => {
    prepare()
    const drawing = { drawImage: vi.fn(), getImageData: (_x: number, _y: number, width: number, height: number) => ({ width, height }) }
    vi.stubGlobal('document', { createElement: () => ({ getContext: () => drawing }) })
    expect(await (await qrReader())(VIDEO)).toBe('by the library')
    expect(drawing.drawImage).toHaveBeenCalledOnce()
    expect(asked).toEqual([])
  },
)

test('a detector that turns out to be one in name only is left for the library', async () => {
  const unavailable = vi.fn(() => Promise.reject(new DOMException('service unavailable', 'NotSupportedError')))
  browserThat(['qr_code'], unavailable)
  const drawing = { drawImage: vi.fn(), getImageData: (_x: number, _y: number, width: number, height: number) => ({ width, height }) }
  vi.stubGlobal('document', { createElement: () => ({ getContext: () => drawing }) })
  const read = await qrReader()
  expect(await read(VIDEO)).toBeNull()
  expect(await read(VIDEO)).toBe('by the library')
  expect(unavailable).toHaveBeenCalledOnce()
})
