// The temporary receipt number a phone gives without a network: T{device 4}{yymmdd}{sequence 4}{check 1}.
//
// Law: the 31 signs of the credit code (no I, O, S, V, Z), so that a number read aloud over the phone is not mistaken.

const SIGNS = '0123456789ABCDEFGHJKLMNPQRTUWXY'
export const RECEIPTS_PER_DAY_MAX = 9_999

/** `mark` are the device's four signs, `sequence` counts the day's filings from 1. */
export function receiptNumber(mark: string, day: string, sequence: number): string {
  if (!Number.isSafeInteger(sequence) || sequence < 1 || sequence > RECEIPTS_PER_DAY_MAX) {
    throw new RangeError('the numbers of this device’s day are used up')
  }
  const first = `T${mark}${day.slice(2).replaceAll('-', '')}${String(sequence).padStart(4, '0')}`
  return first + checkSign(first)
}

/** T0A3 K261 1220 007R: as it is read aloud. */
export function inGroups(number: string): string {
  return number.replace(/(.{4})(?=.)/g, '$1 ')
}

/** Weights 3^i mod 31 over 31 signs, a prime: every wrong sign and every swap of two neighbours shows. */
function checkSign(first: string): string {
  let weight = 1
  let total = 0
  for (const sign of first) {
    total += SIGNS.indexOf(sign) * weight
    weight = (weight * 3) % 31
  }
  return SIGNS[(31 - (total % 31)) % 31]!
}
