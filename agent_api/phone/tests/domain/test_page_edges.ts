// A page is seen when its four edges are in view, upright or a little tilted, light on dark or dark on light.

import { expect, test } from 'vitest'

import { seesPage } from '../../src/domain/page_edges'

const [WIDTH, HEIGHT] = [320, 240]
const TABLE = 90
const PAPER = 205

/** By its place on the page, which lies turned about the middle of the picture. */
function picture(paint: (x: number, y: number) => number, turn = 0): Float32Array {
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)]
  return Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const [x, y] = [(at % WIDTH) - WIDTH / 2, Math.floor(at / WIDTH) - HEIGHT / 2]
    // Grain, and light that falls off to one side, as in a kitchen.
    return paint(x * cos + y * sin, y * cos - x * sin) + ((at * 7919) % 13) - 6 - x / 16
  })
}

function page(wide: number, high: number, paper = PAPER, table = TABLE, middle = 0): (x: number, y: number) => number {
  return (x, y) => {
    const [left, top] = [x - middle + wide / 2, y + high / 2]
    if (left < 0 || left > wide || top < 0 || top > high) return table
    const isText = left > 20 && left < wide - 20 && top > 20 && top < high - 20 && top % 10 < 4 && left % 6 < 2
    return isText ? 60 : paper
  }
}

test('a page on a table is seen, also when it lies a little askew', () => {
  expect(seesPage(picture(page(240, 180)), WIDTH)).toBe(true)
  expect(seesPage(picture(page(230, 170), 0.05), WIDTH)).toBe(true)
})

test('a dark card on a white cloth is seen', () => {
  expect(seesPage(picture(page(200, 126, 90, 215)), WIDTH)).toBe(true)
})

test('a page that goes out of the picture is not', () => {
  expect(seesPage(picture(page(400, 300)), WIDTH)).toBe(false)
  expect(seesPage(picture(page(240, 180, PAPER, TABLE, 60)), WIDTH)).toBe(false)
  expect(seesPage(picture(page(240, 300)), WIDTH)).toBe(false)
})

test('writing without a page, and an empty table, are no page', () => {
  expect(seesPage(picture((x, y) => (((y % 10) + 10) % 10 < 4 && ((x % 6) + 6) % 6 < 2 ? 60 : PAPER)), WIDTH)).toBe(false)
  expect(seesPage(picture(() => TABLE), WIDTH)).toBe(false)
})
