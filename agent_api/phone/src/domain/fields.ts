// Reads one field of a record, whose values are JSON of any shape: what is not there, or is something else, is empty.

import type { Fields, Value } from '../protocol/messages'

export function text(fields: Fields, name: string): string {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

export function integer(fields: Fields, name: string, otherwise = 0): number {
  const value = fields[name]
  return Number.isSafeInteger(value) ? (value as number) : otherwise
}

/** The texts of a list field; a single text counts as a list of one. */
export function texts(fields: Fields, name: string): string[] {
  const value = fields[name]
  if (typeof value === 'string') return value ? [value] : []
  return Array.isArray(value) ? (value as Value[]).filter((each) => typeof each === 'string') : []
}

/** The groups of a list field. */
export function groups(fields: Fields, name: string): Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? (value as Value[]).filter(isGroup) : []
}

/** What follows a prefix: family({"form.a": 1}, "form.") is {"a": 1}. */
export function family(fields: Fields, prefix: string): { [name: string]: Value } {
  const own = Object.entries(fields).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}

export function isGroup(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
