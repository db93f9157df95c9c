// Makes a photograph small and bare: drawn anew from its pixels, so that place, camera and time it was taken are gone
// before it is hashed.

import type { Bytes } from '../protocol/bytes'

const LONG_SIDE = 1_600
const QUALITY = 0.72
export const PICTURE_TYPE = 'image/jpeg'

/** Rejects when the browser cannot read the picture. */
export async function shrink(picture: Blob): Promise<Bytes> {
  const image = await createImageBitmap(picture)
  const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  image.close()
  return bytesOf(canvas, PICTURE_TYPE)
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
