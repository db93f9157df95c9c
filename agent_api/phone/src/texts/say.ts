// The text of a key in the language chosen, with its blanks filled in. Chinese first; the choice stays on the phone.

import { shallowRef } from 'vue'

import { en } from './en'
import { zh, type TextKey } from './zh'

export type Language = 'zh' | 'en'
export type { TextKey }

const KEPT = 'bangban-language'
const TEXTS = { zh, en } as const

export const language = shallowRef<Language>(globalThis.localStorage?.getItem(KEPT) === 'en' ? 'en' : 'zh')

export function chooseLanguage(chosen: Language): void {
  language.value = chosen
  localStorage.setItem(KEPT, chosen)
  applyLanguage()
}

/** What reads the page out must know in which language. */
export function applyLanguage(): void {
  document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
}

/** `{count}` is the blank itself, `{count|photo|photos}` the first word when it is one, else the second. */
const BLANK = /\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g

export function say(key: TextKey, blanks: { readonly [name: string]: string | number } = {}): string {
  return TEXTS[language.value][key].replace(BLANK, (_all, name: string, one?: string, many?: string) =>
    one === undefined || many === undefined ? String(blanks[name] ?? '') : Number(blanks[name]) === 1 ? one : many,
  )
}

/** Several things in one line. */
export function listed(words: readonly string[]): string {
  return words.filter(Boolean).join(language.value === 'zh' ? '、' : ', ')
}

/** The text of a key that came from data; the key itself when there is none. */
export function sayIfKnown(key: string): string {
  return key in zh ? say(key as TextKey) : key
}
