// What the camera sees, told while somebody aims: a few looks a second at a small copy of the picture.
//
// Laws: looking takes at most a tenth of the time, however slow the phone. A look is told once it was seen twice in a
// row, so that nothing flickers or is read out in vain.

import { lookAt, type Look } from '../domain/sharpness'

const LOOK_MS = 300
const SHARE = 9

export interface Glance {
  readonly grey: Float32Array
  readonly width: number
}

/** `glance`: the small copy; null when there is no picture yet. Ends when the answer is called. */
export function watchView(
  glance: () => Glance | null,
  tell: (look: Look) => void,
  now: () => number = () => performance.now(),
): () => void {
  let [before, told]: [Look | '', Look | ''] = ['', '']
  let timer: ReturnType<typeof setTimeout>
  const look = (): void => {
    const begun = now()
    const seen = glance()
    const found = seen ? lookAt(seen.grey, seen.width) : ''
    if (found && found === before && found !== told) tell((told = found))
    before = found
    timer = setTimeout(look, Math.max(LOOK_MS, SHARE * (now() - begun)))
  }
  timer = setTimeout(look, LOOK_MS)
  return () => clearTimeout(timer)
}
