// Whether a photograph can be read: its light and its edges, judged on a small grey copy. Only advice: a helper may
// keep any picture.

export type PictureFault = 'dark' | 'bright' | 'blurred' | ''

const DARK = 50
const BRIGHT = 235
const BLURRED = 45

/** `rgba` as a canvas gives it. */
export function greyOf(rgba: ArrayLike<number>): Float32Array {
  const grey = new Float32Array(rgba.length / 4)
  for (let place = 0; place < grey.length; place++) {
    const at = 4 * place
    grey[place] = 0.299 * rgba[at]! + 0.587 * rgba[at + 1]! + 0.114 * rgba[at + 2]!
  }
  return grey
}

export function faultOf(grey: Float32Array, width: number): PictureFault {
  const light = grey.reduce((sum, value) => sum + value, 0) / grey.length
  if (light < DARK) return 'dark'
  if (light > BRIGHT) return 'bright'
  return variance(edges(grey, width)) < BLURRED ? 'blurred' : ''
}

/** How much each point differs from its four neighbours. */
function edges(grey: Float32Array, width: number): number[] {
  const found: number[] = []
  for (let at = width + 1; at < grey.length - width - 1; at++) {
    if (at % width === 0 || at % width === width - 1) continue
    found.push(4 * grey[at]! - grey[at - 1]! - grey[at + 1]! - grey[at - width]! - grey[at + width]!)
  }
  return found
}

function variance(values: readonly number[]): number {
  if (values.length === 0) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
}
