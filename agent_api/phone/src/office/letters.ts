// Loads the table of pinyin initials once, when somebody first searches; it is among the files kept for offline use.

import { shallowRef } from 'vue'

import type { Initials } from '../domain/finding'

export const initials = shallowRef<Initials>(new Map())

export async function loadInitials(): Promise<void> {
  if (initials.value.size) return
  const { readInitials } = await import('../domain/initials')
  initials.value = readInitials()
}
