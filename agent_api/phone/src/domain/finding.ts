// Finds residents and services among what the phone holds: by any part of a name, by the pinyin initials of every
// reading, by the last digits of id or phone.

import { text } from './fields'
import type { Sighting } from '../replica/replica'

/** Character → the initials of all its readings. */
export type Initials = ReadonlyMap<string, string>

const DIGITS = /^\d{3,}[\dX]?$/i
const LETTERS = /^[a-z]+$/i
const NONE: Initials = new Map()

/** Whether every word that was typed is found. No words find everything. */
export function matches(words: string, name: string, initials: Initials, numbers: readonly string[] = []): boolean {
  const asked = words.trim().split(/\s+/).filter(Boolean)
  return asked.every((word) => {
    if (DIGITS.test(word) && numbers.some((number) => number.endsWith(word.toUpperCase()))) return true
    if (LETTERS.test(word) && matchesInitials(word, name, initials)) return true
    return name.toLowerCase().includes(word.toLowerCase())
  })
}

/** The first `count` by name whom the words find. */
export function findResidents(all: readonly Sighting[], words: string, count: number, initials = NONE): readonly Sighting[] {
  if (!words.trim()) return firstByName(all, count)
  const found = all.filter((one) => {
    const numbers = [text(one.fields, 'citizen_id'), text(one.fields, 'phone')]
    return matches(words, text(one.fields, 'name'), initials, numbers)
  })
  return firstByName(found, count)
}

/** Services a helper can hand in: those of the catalogue that stand. */
export function findItems(all: readonly Sighting[], words: string, initials = NONE): Sighting[] {
  const offered = all.filter((one) => text(one.fields, 'catalogue') && text(one.fields, 'status') === 'active')
  const found = offered.filter((one) => matches(words, ['name', 'name_en', 'dept'].map((name) => text(one.fields, name)).join(' '), initials))
  return found.sort((one, other) => compare(text(one.fields, 'key'), text(other.fields, 'key')))
}

/** Comparing as people sort is slow: nothing is put in order but what is shown. Namesakes stay as they came. */
export function firstByName(all: readonly Sighting[], count: number): readonly Sighting[] {
  const first: { readonly name: string; readonly one: Sighting }[] = []
  for (const one of all) {
    const name = text(one.fields, 'name')
    const last = first[count - 1]
    if (last && compare(name, last.name) >= 0) continue
    const place = first.findIndex((other) => compare(name, other.name) < 0)
    first.splice(place < 0 ? first.length : place, 0, { name, one })
    first.length = Math.min(first.length, count)
  }
  return first.map(({ one }) => one)
}

const collator = new Intl.Collator('zh-CN')

function compare(one: string, other: string): number {
  return collator.compare(one, other)
}

/** Whether the letters are the initials of characters that follow each other in the name. */
export function matchesInitials(letters: string, name: string, initials: Initials): boolean {
  const signs = [...name]
  const asked = [...letters.toLowerCase()]
  return signs.some((_, begin) =>
    asked.every((letter, place) => initials.get(signs[begin + place] ?? '')?.includes(letter) ?? false),
  )
}
