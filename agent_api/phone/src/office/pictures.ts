// Makes a photograph small and bare: drawn anew from its pixels, so that place, camera and time it was taken are gone
// before it is hashed.

import { faultOf, greyOf, type PictureFault } from '../domain/sharpness'
import type { Bytes } from '../protocol/bytes'
import type { Glance } from './viewing'

const LONG_SIDE = 1_600
const LOOK_SIDE = 320
const QUALITY = 0.72
export const PICTURE_TYPE = 'image/jpeg'

export interface Picture {
  readonly content: Bytes
  readonly fault: PictureFault
}

/** Rejects when the browser cannot read the picture. */
export async function shrink(source: Blob | HTMLVideoElement): Promise<Picture> {
  const image = await createImageBitmap(source)
  const canvas = drawn(image, LONG_SIDE)
  const small = drawn(image, LOOK_SIDE)
  image.close()
  const pixels = small.getContext('2d')?.getImageData(0, 0, small.width, small.height)
  const fault = pixels ? faultOf(greyOf(pixels.data), pixels.width) : ''
  return { content: await bytesOf(canvas, PICTURE_TYPE), fault }
}

/** Small grey copies of what a video shows, drawn into one canvas; null while it shows nothing. */
export function glancer(video: HTMLVideoElement): () => Glance | null {
  const canvas = document.createElement('canvas')
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  return () => {
    if (!drawing || !video.videoWidth) return null
    const scale = Math.min(1, LOOK_SIDE / Math.max(video.videoWidth, video.videoHeight))
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)]
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height]
    drawing.drawImage(video, 0, 0, width, height)
    return { grey: greyOf(drawing.getImageData(0, 0, width, height).data), width }
  }
}

function drawn(image: ImageBitmap, side: number): HTMLCanvasElement {
  const scale = Math.min(1, side / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  return canvas
}

export function bytesOf(canvas: HTMLCanvasElement, type: string): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const take = async (blob: Blob | null): Promise<void> => {
      if (blob) resolve(new Uint8Array(await blob.arrayBuffer()))
      else reject(new Error('the canvas gave no picture'))
    }
    canvas.toBlob((blob) => void take(blob), type, QUALITY)
  })
}
