// The pinyin initials of every reading of each character: 单 has s, d and c.

import type { Initials } from './finding'
import { MORE, USUAL } from './initials_table'

const FIRST_ROW = 0xb0
const LAST_ROW = 0xf7
const CELLS = 94
const FIRST_CELL = 0xa1
const LETTERS = /^[a-z]$/

/** Reads the table; the order of its characters is that of GB 2312. */
export function readInitials(): Initials {
  const decoder = new TextDecoder('gb18030')
  const found = new Map<string, string>()
  for (let row = FIRST_ROW; row <= LAST_ROW; row++) {
    const bytes = Array.from({ length: CELLS }, (_, cell) => [row, FIRST_CELL + cell]).flat()
    const signs = [...decoder.decode(new Uint8Array(bytes))]
    signs.forEach((sign, cell) => {
      const initial = USUAL[(row - FIRST_ROW) * CELLS + cell] ?? '_'
      if (initial !== '_') found.set(sign, initial)
    })
  }
  addMore(found)
  return found
}

function addMore(found: Map<string, string>): void {
  let sign = ''
  for (const each of MORE) {
    if (LETTERS.test(each)) found.set(sign, (found.get(sign) ?? '') + each)
    else sign = each
  }
}
