// Division codes (区划代码): 12 digits, two each for province, city and county, three each for town and village.

const LENGTHS = [2, 4, 6, 9, 12] as const
/** How many parts of the code a county, a town and a village fill. */
export const DEPTHS = { county: 3, town: 4, village: 5 } as const

/** The digits that every place below shares; null when the text is no code. Six and nine digits are read as well. */
export function prefixOf(written: string): string | null {
  if (!/^[1-9]\d(?:\d{4}|\d{7}|\d{10})$/.test(written)) return null
  const code = written.padEnd(12, '0')
  const filled = LENGTHS.map((end, place) => /[1-9]/.test(code.slice(LENGTHS[place - 1] ?? 0, end)))
  const gap = filled.indexOf(false)
  const depth = gap < 0 ? filled.length : gap
  return filled.slice(depth).some(Boolean) ? null : code.slice(0, LENGTHS[depth - 1] ?? 0)
}

/** Whether a place is another or lies below it; null when either is no code. */
export function liesIn(place: string, scope: string): boolean | null {
  const [inner, outer] = [prefixOf(place), prefixOf(scope)]
  return inner === null || outer === null ? null : place.padEnd(12, '0').startsWith(outer)
}

/** Whether both lie in one county, town or village; null when either is no code, or the second is larger than that. */
export function sameArea(place: string, other: string, depth: number): boolean | null {
  const [inner, outer] = [prefixOf(place), prefixOf(other)]
  const length = LENGTHS[depth - 1] ?? 12
  if (inner === null || outer === null || outer.length < length) return null
  return place.padEnd(12, '0').startsWith(other.slice(0, length))
}
