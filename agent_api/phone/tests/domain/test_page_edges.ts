// A page is seen when its four edges are in view: on wood, in shadow, under a hand, white on white, from the side. A page
// that goes out of the picture is not, nor is a table.

import { expect, test } from 'vitest'

import { seesPage } from '../../src/domain/page_edges'
import {
  checkered,
  handAt,
  HEIGHT,
  lampFromTheSide,
  picture,
  shadowOf,
  striped,
  tilted,
  turned,
  WIDTH,
  wood,
  type Scene,
} from './scenes'

const SEEDS = [7, 11, 23]
const WHITE_TABLE = () => 208
const A4 = turned(240, 170)

const SEEN: readonly (readonly [what: string, scene: Scene])[] = [
  ['a page on a table', { corners: turned(240, 180), light: lampFromTheSide }],
  ['a page that lies askew', { corners: turned(230, 165, 4) }],
  ['a page that lies well askew', { corners: turned(215, 150, 12) }],
  ['an upright page', { corners: turned(150, 212) }],
  ['a page beside the middle', { corners: turned(190, 150, 3, 130, 100) }],
  ['a dark card on a white cloth', { corners: turned(200, 126), paper: 90, table: () => 215, light: lampFromTheSide }],
  ['a page on light wood', { corners: A4, table: wood(140) }],
  ['a page on dark wood', { corners: A4, table: wood(70) }],
  ['a page on boards that run towards one', { corners: turned(220, 170, -5), table: wood(125, true) }],
  ['a page half in shadow', { corners: A4, light: shadowOf(0.45) }],
  ['a page on wood, half in shadow', { corners: A4, table: wood(120), light: shadowOf(0.4, 190) }],
  ['white paper on a white table', { corners: A4, paper: 228, table: WHITE_TABLE }],
  ['bare white paper on a white table', { corners: A4, paper: 226, table: WHITE_TABLE, isBare: true }],
  ['white paper on a white table, in shadow', { corners: A4, paper: 232, table: WHITE_TABLE, light: shadowOf(0.35) }],
  ['a grey card on a grey table', { corners: turned(200, 126, 3), paper: 118, table: () => 96, isBare: true }],
  ['a hand on a corner', { corners: A4, above: handAt(275, 200, 40) }],
  ['a hand on a corner, on wood', { corners: A4, table: wood(120), above: handAt(272, 198, 45) }],
  ['a page from the side', { corners: tilted(260, 190, 160) }],
  ['a page from far to the side', { corners: tilted(280, 180, 150, 12) }],
  ['a page from the side, on wood, half in shadow', { corners: tilted(260, 200, 165), table: wood(115), light: shadowOf(0.35) }],
  ['a page on a striped cloth', { corners: turned(230, 170, 2), paper: 235, table: striped }],
  ['a page in poor light', { corners: A4, paper: 120, table: () => 70, noise: 16 }],
]
const UNSEEN: readonly (readonly [what: string, scene: Scene])[] = [
  ['a page larger than the picture', { corners: turned(400, 300) }],
  ['a page that goes out at the right', { corners: turned(240, 180, 0, 225) }],
  ['a page that goes out above and below', { corners: turned(220, 300) }],
  ['a page that goes out below, on wood', { corners: turned(230, 180, 3, 160, 185), table: wood(120) }],
  ['white paper on a white table that goes out at the left', { corners: turned(240, 170, 0, 100), paper: 228, table: WHITE_TABLE }],
  ['a page that goes out at one corner', { corners: turned(300, 215, 10, 175, 130) }],
  ['a page from the side that goes out below', { corners: tilted(300, 210, 300) }],
  ['an empty table', {}],
  ['an empty wooden table', { table: wood(120) }],
  ['an empty table of upright boards', { table: wood(120, true) }],
  ['a checkered cloth', { table: checkered }],
  ['a striped cloth', { table: striped }],
  ['a shadow on an empty table', { light: shadowOf(0.5) }],
  ['a hand on an empty table', { above: handAt(160, 120, 70) }],
  ['a hand on a wooden table', { table: wood(130), above: handAt(160, 120, 80) }],
  ['a stamp on a table', { corners: turned(60, 40) }],
  ['writing without a page', { table: (x, y) => (y % 10 < 4 && x % 6 < 2 ? 60 : 205) }],
]

test.each(SEEN)('seen: %s', (_what, scene) => {
  for (const seed of SEEDS) expect(seesPage(picture({ ...scene, seed }), WIDTH), `with seed ${seed}`).toBe(true)
})

test.each(UNSEEN)('no page, or not all of it: %s', (_what, scene) => {
  for (const seed of SEEDS) expect(seesPage(picture({ ...scene, seed }), WIDTH), `with seed ${seed}`).toBe(false)
})

test('a picture held upright is judged like one that lies', () => {
  const lying = picture({ corners: turned(230, 165, 4), table: wood(120) })
  const upright = Float32Array.from({ length: lying.length }, (_, at) => lying[(at % HEIGHT) * WIDTH + Math.floor(at / HEIGHT)]!)
  expect(seesPage(upright, HEIGHT)).toBe(true)
})

/** A page of any size, place, slant and contrast, on any table, in any light; whole in the picture, or out of it at a side. */
function anyScene(random: () => number, seed: number, isWhole: boolean): Scene {
  const within = (least: number, most: number): number => least + random() * (most - least)
  const base = within(60, 170)
  const [wide, high] = [within(150, 240), within(110, 180)]
  const [x, y] = isWhole
    ? [WIDTH / 2 + within(-10, 10), HEIGHT / 2 + within(-7, 7)]
    : random() < 0.5
      ? [WIDTH - wide / 2 + within(30, 70), HEIGHT / 2]
      : [WIDTH / 2, HEIGHT - high / 2 + within(30, 70)]
  const corners = turned(wide, high, within(-12, 12), x, y).map(([left, top]) => [left + within(-12, 12), top + within(-12, 12)] as const)
  return {
    corners: corners as unknown as NonNullable<Scene['corners']>,
    paper: Math.min(240, base + within(25, 135)),
    table: [() => base, wood(base), wood(base, true)][Math.floor(random() * 3)]!,
    light: random() < 0.4 ? shadowOf(within(0.2, 0.5), within(80, 240)) : () => 1,
    noise: within(3, 11),
    seed,
  }
}

test('of many pages that nobody chose nearly all are seen, and of those that go out of the picture nearly none', () => {
  let state = 5
  const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
  const isOut = ({ corners }: Scene): boolean => corners!.some(([x, y]) => x < -4 || x > WIDTH + 4 || y < -4 || y > HEIGHT + 4)
  const isIn = ({ corners }: Scene): boolean => corners!.every(([x, y]) => x > 4 && x < WIDTH - 4 && y > 4 && y < HEIGHT - 4)
  const scenes = Array.from({ length: 160 }, (_, n) => anyScene(random, n + 1, n % 2 === 0))
  const share = (some: readonly Scene[]): number => some.filter((scene) => seesPage(picture(scene), WIDTH)).length / some.length
  const [whole, cut] = [scenes.filter(isIn), scenes.filter(isOut)]
  expect([whole.length > 50, cut.length > 50]).toEqual([true, true])
  expect(share(whole)).toBeGreaterThan(0.95)
  expect(share(cut)).toBeLessThan(0.01)
}, 60_000)
