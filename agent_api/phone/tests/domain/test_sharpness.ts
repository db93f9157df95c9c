// A picture that cannot be read is advised against; a page of letters is not.

import { expect, test } from 'vitest'

import { faultOf, greyOf } from '../../src/domain/sharpness'

const WIDTH = 64

function picture(pixel: (x: number, y: number) => number): Float32Array {
  const rgba = Array.from({ length: WIDTH * WIDTH }, (_, at) => {
    const grey = pixel(at % WIDTH, Math.floor(at / WIDTH))
    return [grey, grey, grey, 255]
  })
  return greyOf(rgba.flat())
}

test('letters on paper can be read', () => {
  expect(faultOf(picture((x, y) => (x % 6 < 2 && y % 8 < 5 ? 40 : 210)), WIDTH)).toBe('')
})

test('the same without its edges is blurred', () => {
  expect(faultOf(picture((x) => 120 + 60 * Math.sin(x / 12)), WIDTH)).toBe('blurred')
})

test('night and glare are told apart', () => {
  expect(faultOf(picture(() => 12), WIDTH)).toBe('dark')
  expect(faultOf(picture(() => 250), WIDTH)).toBe('bright')
})
