// How large letters are: three steps, kept on the phone. The largest makes body text 30 px.

import { shallowRef } from 'vue'

export const SIZES = [1, 1.25, 1.5] as const
const KEPT = 'bangban-text-scale'

export const scale = shallowRef<number>(SIZES.find((one) => String(one) === localStorage.getItem(KEPT)) ?? 1)

export function chooseScale(chosen: number): void {
  scale.value = chosen
  localStorage.setItem(KEPT, String(chosen))
  apply()
}

export function apply(): void {
  document.documentElement.style.setProperty('--text-scale', String(scale.value))
}
