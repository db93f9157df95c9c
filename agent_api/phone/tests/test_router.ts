// Where the app is. What ends late leads nobody away from a screen that they opened meanwhile.

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { go, goInstead, place, read, wayOn } from '../src/router'

beforeEach(() => {
  const location = { hash: '' }
  const follow = (_state: unknown, _title: string, address: string): void => void (location.hash = address)
  vi.stubGlobal('location', location)
  vi.stubGlobal('history', { pushState: follow, replaceState: follow })
  vi.stubGlobal('scrollTo', () => undefined)
  goInstead('')
})

afterEach(() => void vi.unstubAllGlobals())

test('a place is a name and parts, whatever signs they hold', () => {
  expect(read('#/claim/a%2Fb')).toEqual({ name: 'claim', parts: ['a/b'] })
  go('claim', 'a/b')
  expect(place.value).toEqual({ name: 'claim', parts: ['a/b'] })
})

test('work that ends leads on from where it was begun', () => {
  go('answer', 'one')
  const on = wayOn()
  on('answers')
  expect(place.value.name).toBe('answers')
})

test('whoever opened another screen meanwhile stays there, were it the same one anew', () => {
  go('answer', 'one')
  const on = wayOn()
  go('case', 'two')
  on('answers')
  expect(place.value).toEqual({ name: 'case', parts: ['two'] })
  go('answer', 'one')
  on('answers')
  expect(place.value.name).toBe('answer')
})
