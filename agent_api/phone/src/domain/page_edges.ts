// Whether the four edges of a page are in the picture, judged on a small grey copy: four lines that meet at four corners
// in view and end there, upright, tilted or as seen from the side, along each of which what lies inside is brighter than
// what lies outside, or along each darker. Writing has no such lines, nor has a table. Only advice.
//
// Laws: how large a step counts follows from how restless the picture is: a little on a white table, more on a wooden
// one. A hand may hide a corner. Cheap enough for a slow phone several times a second: a quarter of the points, every
// second row, and few lines that are looked at closely.

import { candidates, goesOn, isClear, turn, type Line, type Picture, type Point } from './edge_lines'

/** Of the picture, how much the page must take at least. */
const AREA_LEAST = 0.15
/** At how many of eight ends its lines may go on beyond the corners, where something else lies in line with them. */
const ENDS_MOST = 4
/** How many of each side's lines are tried, and how far from the plainest four together. */
const TRIED = 3
const RANK_MOST = 2

/** `grey` row by row. True when all four edges are seen. */
export function seesPage(grey: Float32Array, width: number): boolean {
  const small = halved(grey, width)
  const frames = [0, 1, 2, 3].map((quarter) => turn(small, quarter))
  const lines = frames.map(candidates)
  return [1, -1].some((inner) => {
    const sides = lines.map((found) => found.filter((line) => line.inner === inner).slice(0, TRIED))
    return anyOf(sides).some((four) => isPage(small, four))
  })
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

/** Choices of one line a side, the plainest first. */
function anyOf(sides: readonly (readonly Line[])[]): (readonly Line[])[] {
  let all: { readonly four: readonly Line[]; readonly rank: number }[] = [{ four: [], rank: 0 }]
  for (const side of sides) {
    all = all.flatMap(({ four, rank }) => side.map((line, place) => ({ four: [...four, line], rank: rank + place })))
    all = all.filter(({ rank }) => rank <= RANK_MOST)
  }
  return all.sort((one, other) => one.rank - other.rank).map(({ four }) => four)
}

/** `four` in the order of the turns: left, top, right, bottom. */
function isPage(picture: Picture, four: readonly Line[]): boolean {
  const corners = four.map((line, place) => crossing(line, four[(place + 1) % 4]!))
  if (!corners.every((corner): corner is Point => corner !== null && isWithin(picture, corner))) return false
  if (areaOf(corners) < AREA_LEAST * picture.width * picture.height) return false
  const from = (place: number): Point => corners[(place + 3) % 4]!
  if (!four.every((line, place) => isClear(picture, from(place), corners[place]!, line))) return false
  const ends = four.reduce((sum, line, place) => sum + goesOn(picture, from(place), corners[place]!, line), 0)
  return ends < ENDS_MOST
}

function crossing({ ends: [[ax, ay], [bx, by]] }: Line, { ends: [[cx, cy], [dx, dy]] }: Line): Point | null {
  const det = (ax - bx) * (cy - dy) - (ay - by) * (cx - dx)
  if (Math.abs(det) < 1e-6) return null
  const [first, second] = [ax * by - ay * bx, cx * dy - cy * dx]
  return [(first * (cx - dx) - (ax - bx) * second) / det, (first * (cy - dy) - (ay - by) * second) / det]
}

function isWithin({ width, height }: Picture, [x, y]: Point): boolean {
  return x > 0 && y > 0 && x < width - 1 && y < height - 1
}

function areaOf(corners: readonly Point[]): number {
  let twice = 0
  corners.forEach(([x, y], place) => {
    const [nextX, nextY] = corners[(place + 1) % corners.length]!
    twice += x * nextY - nextX * y
  })
  return Math.abs(twice) / 2
}
