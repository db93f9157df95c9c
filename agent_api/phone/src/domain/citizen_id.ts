// The citizen id (公民身份号码, GB 11643-1999): is it possible, and what it says of its holder.
//
// Law: of the area code only the province is checked. Districts were renumbered: elderly people of Xuancheng rightly
// hold ids that start with 3425, which no list of today contains.

import { isDay } from './days'

export type IdFault =
  | 'citizen_id_length'
  | 'citizen_id_format'
  | 'citizen_id_province'
  | 'citizen_id_birth'
  | 'citizen_id_check'

export interface CitizenId {
  readonly number: string
  readonly birth: string
  readonly sex: 'M' | 'F'
}

const PROVINCES = [
  [11, 15],
  [21, 23],
  [31, 37],
  [41, 46],
  [50, 54],
  [61, 65],
  [71, 71],
  [81, 83],
] as const
/** As records keep it. */
const KEPT = /^\d{17}[\dX]$/
const EARLIEST_BIRTH = '1880-01-01'
const CHECK_SIGNS = '10X98765432'

/** As people write it (spaces, full-width digits, a small x) → as records keep it. */
export function normaliseId(said: string): string {
  if (KEPT.test(said)) return said
  const narrow = [...said].map((sign) => (sign >= '！' && sign <= '～' ? String.fromCharCode(sign.charCodeAt(0) - 0xfee0) : sign))
  return narrow.join('').replace(/[\s·-]/g, '').toUpperCase()
}

export function parseCitizenId(said: string, today: string): CitizenId | IdFault {
  const number = normaliseId(said)
  if (number.length !== 18) return 'citizen_id_length'
  if (!KEPT.test(number)) return 'citizen_id_format'
  const province = Number(number.slice(0, 2))
  if (!PROVINCES.some(([first, last]) => province >= first && province <= last)) return 'citizen_id_province'
  const birth = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`
  if (!isDay(birth) || birth < EARLIEST_BIRTH || birth > today) return 'citizen_id_birth'
  if (checkSign(number) !== number[17]) return 'citizen_id_check'
  return { number, birth, sex: Number(number[16]) % 2 ? 'M' : 'F' }
}

/** 341802********0027: enough to recognise, too little to misuse. */
export function maskId(number: string): string {
  return number.length === 18 ? `${number.slice(0, 6)}********${number.slice(-4)}` : number && '********'
}

/** ISO 7064 MOD 11-2. */
function checkSign(number: string): string {
  let total = 0
  for (let place = 0; place < 17; place++) total += Number(number[place]) * (2 ** (17 - place) % 11)
  return CHECK_SIGNS[total % 11]!
}
