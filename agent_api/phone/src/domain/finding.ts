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
  const found = byName(all).filter((one) => {
    const numbers = [text(one.fields, 'citizen_id'), text(one.fields, 'phone')]
    return matches(words, text(one.fields, 'name'), initials, numbers)
  })
  return found.slice(0, count)
}

/** Services a helper can hand in: those of the catalogue that stand. */
export function findItems(all: readonly Sighting[], words: string, initials = NONE): Sighting[] {
  const offered = all.filter((one) => text(one.fields, 'catalogue') && text(one.fields, 'status') === 'active')
  const found = offered.filter((one) => matches(words, `${text(one.fields, 'name')} ${text(one.fields, 'dept')}`, initials))
  return found.sort((one, other) => compare(text(one.fields, 'key'), text(other.fields, 'key')))
}

const sorted = new WeakMap<readonly Sighting[], readonly Sighting[]>()
let last: readonly Sighting[] = []

/**
 * Comparing as people sort is slow: a list is sorted once, not at every letter that is typed, and its successor from
 * the order that it had.
 */
export function byName(all: readonly Sighting[]): readonly Sighting[] {
  const held = sorted.get(all)
  if (held) return held
  const before = new Map(last.map((one, place) => [one.record, place]))
  const placeOf = ({ record }: Sighting): number => before.get(record) ?? last.length
  const nearly = [...all].sort((one, other) => placeOf(one) - placeOf(other))
  const named = nearly.sort((one, other) => compare(text(one.fields, 'name'), text(other.fields, 'name')))
  sorted.set(all, named)
  last = named
  return named
}

/** The same as the beginning of `byName`, without putting all in order when nobody has yet: a screen waits for it. */
export function firstByName(all: readonly Sighting[], count: number): readonly Sighting[] {
  const held = sorted.get(all)
  if (held) return held.slice(0, count)
  const first: Sighting[] = []
  for (const one of all) {
    const name = text(one.fields, 'name')
    const isBefore = (other: Sighting): boolean => compare(name, text(other.fields, 'name')) < 0
    const last = first[count - 1]
    if (last && !isBefore(last)) continue
    const place = first.findIndex(isBefore)
    first.splice(place < 0 ? first.length : place, 0, one)
    first.length = Math.min(first.length, count)
  }
  return first
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
