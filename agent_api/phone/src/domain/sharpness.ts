// Whether a photograph can be read: its light and its edges, judged on a small grey copy; of what the camera sees also
// whether a whole page is in view. Only advice: a helper may keep any picture.

import { seesPage } from './page_edges'

export type PictureFault = 'dark' | 'bright' | 'blurred' | ''
/** What the camera sees right now. */
export type Look = Exclude<PictureFault, ''> | 'no_page' | 'good'

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
  return lightFault(grey) || (edgeVariance(grey, width) < BLURRED ? 'blurred' : '')
}

/** The most useful thing to say while somebody aims. */
export function lookAt(grey: Float32Array, width: number): Look {
  const fault = lightFault(grey)
  if (fault) return fault
  if (!seesPage(grey, width)) return 'no_page'
  return edgeVariance(grey, width) < BLURRED ? 'blurred' : 'good'
}

function lightFault(grey: Float32Array): 'dark' | 'bright' | '' {
  let sum = 0
  for (const value of grey) sum += value
  const light = sum / grey.length
  if (light < DARK) return 'dark'
  return light > BRIGHT ? 'bright' : ''
}

/** How much the difference of each point from its four neighbours varies. */
function edgeVariance(grey: Float32Array, width: number): number {
  let [count, sum, squares] = [0, 0, 0]
  for (let row = width; row < grey.length - width; row += width) {
    for (let at = row + 1; at < row + width - 1; at++) {
      const edge = 4 * grey[at]! - grey[at - 1]! - grey[at + 1]! - grey[at - width]! - grey[at + width]!
      count++
      sum += edge
      squares += edge * edge
    }
  }
  return count ? squares / count - (sum / count) ** 2 : 0
}
