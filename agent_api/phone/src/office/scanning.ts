// Reads QR codes from the camera or a picture: by the browser's own detector, else by a library that is fetched then.
//
// Law: a detector that is there in name only, as on Android without the services it rests on, is left for the library.

export type Reader = (source: HTMLVideoElement | ImageBitmap) => Promise<string | null>

interface Detector {
  detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]>
}

interface DetectorMaker {
  new (options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}

const QR = 'qr_code'

export async function qrReader(): Promise<Reader> {
  let detector = (await ownDetector()) ?? (await libraryDetector())
  return async (source) => {
    try {
      return (await detector.detect(source))[0]?.rawValue ?? null
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotSupportedError') detector = await libraryDetector()
      // Else a frame that is not there yet, or too blurred to say anything about.
      return null
    }
  }
}

async function ownDetector(): Promise<Detector | null> {
  const Own = (globalThis as unknown as { BarcodeDetector?: DetectorMaker }).BarcodeDetector
  try {
    return Own && (await Own.getSupportedFormats()).includes(QR) ? new Own({ formats: [QR] }) : null
  } catch {
    return null
  }
}

async function libraryDetector(): Promise<Detector> {
  const { decodeQR } = await import('qr/decode.js')
  return {
    detect: (source) => {
      const rawValue = decodeQR(pixelsOf(source as HTMLVideoElement | ImageBitmap))
      return Promise.resolve([{ rawValue }])
    },
  }
}

const SIDE_MAX = 900

function pixelsOf(source: HTMLVideoElement | ImageBitmap): ImageData {
  const [width, height] = 'videoWidth' in source ? [source.videoWidth, source.videoHeight] : [source.width, source.height]
  const scale = Math.min(1, SIDE_MAX / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  const drawing = canvas.getContext('2d', { willReadFrequently: true })!
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height)
  return drawing.getImageData(0, 0, canvas.width, canvas.height)
}
