// What went wrong, in words that say what to do next.

import { NoContact, TurnedAway } from '../network/centre'
import { PinMustWait, PinWrong } from '../storage/keyring'
import { NoPasskey } from '../storage/passkey'
import { language, say } from './say'

/** Of a PIN or of the centre. What nobody foresaw is thrown on. */
export function wordsOf(error: unknown): string {
  if (error instanceof PinMustWait) return say('pin_wait', { seconds: Math.ceil(error.waitMs / 1_000) })
  if (error instanceof PinWrong) return say('pin_wrong')
  if (error instanceof NoPasskey) return say('passkey_failed')
  if (error instanceof NoContact) return say(error.isForeign ? 'line_portal' : 'no_contact')
  if (error instanceof DOMException && error.name === 'NotSupportedError') return say('no_web_crypto')
  if (!(error instanceof TurnedAway)) throw error
  const { zh, en, nextZh, nextEn } = error.words
  return language.value === 'zh' ? `${zh} ${nextZh}` : `${en} ${nextEn}`
}

/** Why a PIN may not be chosen; empty when it may. */
export function pinFault(pin: string): string {
  if (!/^\d{6,}$/.test(pin)) return say('pin_short')
  const steps = new Set([...pin].slice(1).map((digit, place) => Number(digit) - Number(pin[place])))
  const [step] = steps
  return steps.size === 1 && [0, 1, -1].includes(step!) ? say('pin_simple') : ''
}
