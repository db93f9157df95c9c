// How much an item pays: rows by county, day and age in its field `amounts`.
//
// Laws: money is a whole number of fen. A row without a county holds everywhere; the county's own goes before it. Of rows
// that hold on the same day the one that began last counts; without a row nothing is promised.

import type { Fields } from '../protocol/messages'
import { isDay } from './days'
import { groups, integer, text } from './fields'

export const PERIODS: { readonly [per: string]: readonly [zh: string, en: string] } = {
  month: ['每月', 'a month'],
  quarter: ['每季', 'a quarter'],
  year: ['每年', 'a year'],
  once: ['一次', 'once'],
}
const AGE_MAX = 150

interface Amount {
  readonly fen: number
  readonly per: string
  readonly county: string
  readonly since: string
  readonly until: string
  readonly minAge: number
  readonly maxAge: number
}

/** What the item pays to somebody of this age registered in this county, in Chinese and English; null when it says none. */
export function amountFor(item: Fields, county: string, today: string, age: number): readonly [string, string] | null {
  const rows = groups(item, 'amounts').map(read).filter((row) => row !== null)
  const holding = rows.filter((row) => {
    const isInTime = (!row.since || row.since <= today) && (!row.until || today <= row.until)
    return ['', county.slice(0, 6)].includes(row.county) && isInTime && row.minAge <= age && age <= row.maxAge
  })
  const order = (row: Amount): string => `${row.county || ' '}|${row.since || ' '}|${String(row.minAge).padStart(3, '0')}`
  const best = holding.sort((one, other) => (order(one) < order(other) ? 1 : -1))[0]
  return best ? wordsOf(best) : null
}

function read(row: Fields): Amount | null {
  const [since, until, county, per] = [text(row, 'from'), text(row, 'until'), text(row, 'county'), text(row, 'per')]
  const [minAge, maxAge, fen] = [integer(row, 'min_age'), integer(row, 'max_age', AGE_MAX), integer(row, 'fen', -1)]
  if ((since && !isDay(since)) || (until && !isDay(until)) || (since && until && until < since)) return null
  if (fen < 0 || !(per in PERIODS) || minAge > maxAge || (county && !/^\d{6}$/.test(county))) return null
  return { fen, per, county, since, until, minAge, maxAge }
}

/** Yuan without needless zeros. */
function wordsOf({ fen, per }: Amount): readonly [string, string] {
  const [yuan, rest] = [Math.floor(fen / 100), fen % 100]
  const number = rest ? `${yuan}.${String(rest).padStart(2, '0')}`.replace(/0+$/, '') : String(yuan)
  const [zh, en] = PERIODS[per]!
  return [`${zh}${number}元`, `${number} yuan ${en}`]
}
