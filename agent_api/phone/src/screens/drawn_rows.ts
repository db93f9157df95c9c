// How many rows of a long list are drawn. Law: those that fit a screen stand there at once, the rest when the phone has
// nothing else to do: nobody waits for what they cannot see yet.

import { onMounted, shallowRef, type Ref } from 'vue'

import { whenIdle } from '../idle'

const FIRST = 8

export function drawnRows(): Readonly<Ref<number>> {
  const drawn = shallowRef(FIRST)
  onMounted(() => whenIdle(() => (drawn.value = Infinity)))
  return drawn
}
