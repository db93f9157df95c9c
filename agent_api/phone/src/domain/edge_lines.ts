// Long straight steps in a small grey picture: where along the left side one runs, for each of the four turns of it, and
// whether a line that was found holds over its whole length.
//
// Law: a line is voted for by rows, each once: what is steep at one spot alone is no line.

export type Point = readonly [x: number, y: number]

export interface Picture {
  readonly grey: Float32Array
  readonly width: number
  readonly height: number
}

/** A picture turned by quarters, and where a point of it lies in the picture as it was. */
export interface Frame extends Picture {
  readonly back: (x: number, y: number) => Point
}

/** `inner`: 1 where the inside is brighter, -1 where it is darker. `ends` in the picture as it was. `least`: what counted. */
export interface Line {
  readonly ends: readonly [Point, Point]
  readonly inner: number
  readonly least: number
}

const STRIP = 4
/** The smallest step that is one, and how much larger than what is usual in the picture. */
const STEP_LEAST = 5
const STEP_MOST = 30
const UNUSUAL = 2.2
/** Of the width, how far in the edge may lie; of the height, what is left out above and below; of the rows, how many vote. */
const BAND = 0.48
const ENDS = 0.2
const ROWS_FEWEST = 0.5
const SLOPES = [0, 0.06, -0.06, 0.12, -0.12, 0.18, -0.18, 0.24, -0.24, 0.3, -0.3, 0.36, -0.36]
const KEPT = 4
const APART = 5
/** Along a side, of how many looks so many must find the step; a hand may hide the rest. */
const LOOKS = 24
const LOOKS_FEWEST = 0.62
/** Of what counted for the line itself, how much does here. */
const CLEAR = 0.75
/** How far beyond a corner is looked, as a share of the side. */
const BEYOND = 0.2

export function turn({ grey, width, height }: Picture, quarters: number): Frame {
  const at = (x: number, y: number): number => y * width + x
  switch (quarters) {
    case 0:
      return { grey, width, height, back: (x, y) => [x, y] }
    case 1:
      return made(grey, height, width, (x, y) => at(y, x), (x, y) => [y, x])
    case 2:
      return made(grey, width, height, (x, y) => at(width - 1 - x, y), (x, y) => [width - 1 - x, y])
    default:
      return made(grey, height, width, (x, y) => at(y, height - 1 - x), (x, y) => [y, height - 1 - x])
  }
}

function made(grey: Float32Array, width: number, height: number, from: (x: number, y: number) => number, back: Frame['back']): Frame {
  const turned = new Float32Array(grey.length)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) turned[y * width + x] = grey[from(x, y)]!
  return { grey: turned, width, height, back }
}

/** The plainest lines near the left side, of either kind, the plainest first. */
export function candidates(frame: Frame): Line[] {
  const { width, height, back } = frame
  const [first, last] = [STRIP, Math.floor(width * BAND)]
  const [top, bottom] = [Math.floor(height * ENDS), Math.ceil(height * (1 - ENDS))]
  const middle = (top + bottom) / 2
  const steps = stepsIn(frame, first, last, top, bottom)
  const least = leastStep(steps)
  const votes = new Map([1, -1].map((inner) => [inner, SLOPES.map(() => new Uint16Array(width + 1))]))
  let rows = 0
  steps.forEach((row, n) => {
    rows++
    const y = top + 2 * n - middle
    for (const [inner, slopes] of votes) voteFor(row, first, y, inner, least, slopes)
  })
  return [...votes].flatMap(([inner, slopes]) => {
    const found = plainest(slopes, rows * ROWS_FEWEST, first, last)
    return found.map(([x, slope]) => {
      const end = (y: number): Point => back(x - 0.5 + slope * (y - middle), y)
      return { ends: [end(top), end(bottom)] as const, inner, least }
    })
  })
}

/** By row, for each column of the band: how much brighter the strip to its right is than the strip to its left. */
function stepsIn({ grey, width }: Picture, first: number, last: number, top: number, bottom: number): Float32Array[] {
  const found: Float32Array[] = []
  for (let y = top; y < bottom; y += 2) {
    const row = new Float32Array(last - first + 1)
    let [outside, inside] = [0, 0]
    for (let x = 0; x < STRIP; x++) {
      outside += grey[y * width + first - STRIP + x]!
      inside += grey[y * width + first + x]!
    }
    for (let x = first; x <= last; x++) {
      row[x - first] = (inside - outside) / STRIP
      outside += grey[y * width + x]! - grey[y * width + x - STRIP]!
      inside += grey[y * width + x + STRIP]! - grey[y * width + x]!
    }
    found.push(row)
  }
  return found
}

function leastStep(steps: readonly Float32Array[]): number {
  const sizes: number[] = []
  for (let row = 0; row < steps.length; row += 2) for (let n = 0; n < steps[row]!.length; n += 3) sizes.push(Math.abs(steps[row]![n]!))
  sizes.sort((one, other) => one - other)
  const usual = sizes[sizes.length >> 1] ?? 0
  return Math.min(STEP_MOST, Math.max(STEP_LEAST, UNUSUAL * usual))
}

/** Each place where this row steps most counts once for every line through it. */
function voteFor(row: Float32Array, first: number, y: number, inner: number, least: number, slopes: readonly Uint16Array[]): void {
  const counted = slopes.map(() => -1)
  for (let n = 1; n < row.length - 1; n++) {
    const size = inner * row[n]!
    if (size < least || size < inner * row[n - 1]! || size < inner * row[n + 1]!) continue
    slopes.forEach((votes, k) => {
      const x = Math.round(first + n - SLOPES[k]! * y)
      for (let near = Math.max(x - 1, counted[k]! + 1, 0); near <= x + 1 && near < votes.length; near++) {
        votes[near]!++
        counted[k] = near
      }
    })
  }
}

function plainest(slopes: readonly Uint16Array[], enough: number, first: number, last: number): (readonly [x: number, slope: number])[] {
  const all: (readonly [count: number, x: number, slope: number])[] = []
  slopes.forEach((votes, k) => {
    for (let x = first; x <= last; x++) if (votes[x]! >= enough) all.push([votes[x]!, x, SLOPES[k]!])
  })
  all.sort((one, other) => other[0] - one[0])
  const kept: (readonly [number, number])[] = []
  for (const [, x, slope] of all) {
    if (kept.length === KEPT) break
    if (kept.every(([other]) => Math.abs(other - x) > APART)) kept.push([x, slope])
  }
  return kept
}

/** Whether the step is there along most of a side that goes from one corner to the next, the inside to its right. */
export function isClear(picture: Picture, from: Point, to: Point, { inner, least }: Line): boolean {
  return stepsFound(picture, from, to, inner, CLEAR * least, 0.06, 0.94) >= LOOKS * LOOKS_FEWEST
}

/** At how many of its two ends a side goes on beyond the corner, as a seam of the table does and a page never. */
export function goesOn(picture: Picture, from: Point, to: Point, { inner, least }: Line): number {
  const beyond = [
    [-BEYOND, -0.04],
    [1.04, 1 + BEYOND],
  ] as const
  return beyond.filter(([first, last]) => stepsFound(picture, from, to, inner, CLEAR * least, first, last) >= LOOKS * LOOKS_FEWEST).length
}

/** At how many of so many looks from one share of a side to another the step is there. */
function stepsFound(
  picture: Picture,
  [ax, ay]: Point,
  [bx, by]: Point,
  inner: number,
  least: number,
  first: number,
  last: number,
): number {
  const length = Math.hypot(bx - ax, by - ay)
  const [nx, ny] = [(ay - by) / length, (bx - ax) / length]
  let found = 0
  for (let look = 0; look < LOOKS; look++) {
    const share = first + ((last - first) * (look + 0.5)) / LOOKS
    const [x, y] = [ax + share * (bx - ax), ay + share * (by - ay)]
    let step = 0
    for (let far = 1.5; far < STRIP + 1; far++) step += at(picture, x + far * nx, y + far * ny) - at(picture, x - far * nx, y - far * ny)
    if (inner * step > STRIP * least) found++
  }
  return found
}

function at({ grey, width, height }: Picture, x: number, y: number): number {
  const [column, row] = [Math.min(width - 1, Math.max(0, Math.round(x))), Math.min(height - 1, Math.max(0, Math.round(y)))]
  return grey[row * width + column]!
}
