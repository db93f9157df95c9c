// Whether the four edges of a page are in the picture, judged on a small grey copy: along each side a line where what
// lies inside is brighter, or darker, than what lies outside, on most of its length. Writing has no such line: beside a
// stroke both are found. Only advice.
//
// Law: cheap enough for a slow phone several times a second: every second row and column, and sums that are made once.

const STRIP = 6
const STEP = 24
const TILT = 5
const LENGTH_FEWEST = 0.6
/** Of the width, how far from a side its edge may lie; and of the length, what is looked at. */
const BAND = 0.42
const ENDS = 0.2

/** `grey` row by row. True when all four edges are seen. */
export function seesPage(grey: Float32Array, width: number): boolean {
  const small = halved(grey, width)
  const turned = transposed(small)
  return [small, mirrored(small), turned, mirrored(turned)].every(hasLeftEdge)
}

interface Picture {
  readonly grey: Float32Array
  readonly width: number
  readonly height: number
}

function halved(grey: Float32Array, width: number): Picture {
  const [wide, high] = [width >> 1, Math.floor(grey.length / width) >> 1]
  const small = new Float32Array(wide * high)
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const at = 2 * y * width + 2 * x
      small[y * wide + x] = (grey[at]! + grey[at + 1]! + grey[at + width]! + grey[at + width + 1]!) / 4
    }
  }
  return { grey: small, width: wide, height: high }
}

function transposed({ grey, width, height }: Picture): Picture {
  const turned = new Float32Array(grey.length)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) turned[x * height + y] = grey[y * width + x]!
  return { grey: turned, width: height, height: width }
}

function mirrored({ grey, width, height }: Picture): Picture {
  const other = new Float32Array(grey.length)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) other[y * width + x] = grey[y * width + width - 1 - x]!
  return { grey: other, width, height }
}

/** A line near the left side, upright or a little tilted. */
function hasLeftEdge({ grey, width, height }: Picture): boolean {
  const [first, last] = [STRIP, Math.floor(width * BAND)]
  const [top, bottom] = [Math.floor(height * ENDS), Math.ceil(height * (1 - ENDS))]
  const [brighter, darker] = [new Uint16Array(width), new Uint16Array(width)]
  let rows = 0
  for (let y = top; y < bottom; y += 2) {
    rows++
    markSteps(grey, y * width, first, last, brighter, darker)
  }
  const enough = rows * LENGTH_FEWEST
  return [brighter, darker].some((counted) => counted.some((count) => count >= enough))
}

/** Counts for every column whether this row steps up, or down, within a little tilt of it. */
function markSteps(grey: Float32Array, row: number, first: number, last: number, up: Uint16Array, down: Uint16Array): void {
  let [outside, inside] = [0, 0]
  for (let x = 0; x < STRIP; x++) [outside, inside] = [outside + grey[row + x]!, inside + grey[row + STRIP + x]!]
  let [upTo, downTo] = [-1, -1]
  for (let x = first; x <= last; x++) {
    const step = (inside - outside) / STRIP
    if (step > STEP) upTo = mark(up, upTo, x, last)
    else if (-step > STEP) downTo = mark(down, downTo, x, last)
    outside += grey[row + x]! - grey[row + x - STRIP]!
    inside += grey[row + x + STRIP]! - grey[row + x]!
  }
}

/** Columns around `x` that this row has not counted yet. The last one counted. */
function mark(counted: Uint16Array, before: number, x: number, last: number): number {
  const until = Math.min(last, x + TILT)
  for (let column = Math.max(before + 1, x - TILT); column <= until; column++) counted[column]!++
  return Math.max(before, until)
}
