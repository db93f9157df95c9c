// Pictures of tables with and without a page, made by rules: what the camera of a helper sees in a kitchen.

export const [WIDTH, HEIGHT] = [320, 240]

type Point = readonly [x: number, y: number]
type Shade = (x: number, y: number) => number

export interface Scene {
  /** The page's corners in the picture: top left, top right, bottom right, bottom left. None: no page. */
  readonly corners?: readonly [Point, Point, Point, Point]
  readonly paper?: number
  /** Without writing: a card, the back of a form. */
  readonly isBare?: boolean
  readonly table?: Shade
  /** How much of the light is left at a place. */
  readonly light?: Shade
  /** Covers whatever lies below it; NaN where it does not. */
  readonly above?: Shade
  readonly noise?: number
  readonly seed?: number
}

export function picture({ corners, paper = 205, isBare = false, table = () => 90, light = () => 1, above = () => NaN, noise = 6, seed = 7 }: Scene): Float32Array {
  const place = corners ? onPage(corners) : () => null
  const random = from(seed)
  return Float32Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)]
    const on = place(x, y)
    const covered = above(x, y)
    const seen = Number.isNaN(covered) ? (on ? shadeOfPage(on, paper, isBare) : table(x, y)) : covered
    return Math.min(255, Math.max(0, seen * light(x, y) + (random() * 2 - 1) * noise))
  })
}

function shadeOfPage([u, v]: Point, paper: number, isBare: boolean): number {
  const isText = !isBare && u > 0.1 && u < 0.9 && v > 0.1 && v < 0.9 && (v * 22) % 1 < 0.45 && (u * 37) % 1 < 0.4
  return isText ? 60 : paper
}

/** Where on the page, from 0 to 1 both ways, a place of the picture lies as seen in perspective; null beside it. */
function onPage([a, b, c, d]: readonly [Point, Point, Point, Point]): (x: number, y: number) => Point | null {
  const [dx1, dy1, dx2, dy2] = [b[0] - c[0], b[1] - c[1], d[0] - c[0], d[1] - c[1]]
  const [sx, sy] = [a[0] - b[0] + c[0] - d[0], a[1] - b[1] + c[1] - d[1]]
  const det = dx1 * dy2 - dx2 * dy1
  const [g, h] = [(sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det]
  const [m, n] = [b[0] - a[0] + g * b[0], d[0] - a[0] + h * d[0]]
  const [p, q] = [b[1] - a[1] + g * b[1], d[1] - a[1] + h * d[1]]
  return (x, y) => {
    // (m - g x) u + (n - h x) v = x - a; the same for y.
    const [k1, k2, k3] = [m - g * x, n - h * x, x - a[0]]
    const [l1, l2, l3] = [p - g * y, q - h * y, y - a[1]]
    const whole = k1 * l2 - k2 * l1
    const [u, v] = [(k3 * l2 - k2 * l3) / whole, (k1 * l3 - k3 * l1) / whole]
    return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? [u, v] : null
  }
}

function from(seed: number): () => number {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

/** A page turned about a middle, in degrees. */
export function turned(wide: number, high: number, degrees = 0, x = WIDTH / 2, y = HEIGHT / 2): NonNullable<Scene['corners']> {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  const at = (u: number, v: number): Point => [x + u * wide * cos - v * high * sin, y + u * wide * sin + v * high * cos]
  return [at(-0.5, -0.5), at(0.5, -0.5), at(0.5, 0.5), at(-0.5, 0.5)]
}

/** As seen from the near side of the table: the far edge is shorter. */
export function tilted(near: number, far: number, high: number, lean = 0): NonNullable<Scene['corners']> {
  const [x, top, bottom] = [WIDTH / 2, (HEIGHT - high) / 2, (HEIGHT + high) / 2]
  return [[x - far / 2 + lean, top], [x + far / 2 + lean, top], [x + near / 2, bottom], [x - near / 2, bottom]]
}

/** Boards with grain along them, seams between, and a knot here and there. */
export function wood(base: number, isUpright = false): Shade {
  return (x, y) => {
    const [along, across] = isUpright ? [y, x] : [x, y]
    const wave = across + 3 * Math.sin(along / 40) + 2 * Math.sin(along / 17 + 1)
    const grain = 10 * Math.sin(wave / 2.3) + 7 * Math.sin(wave / 5.1 + 2) + 4 * Math.sin(along / 60)
    const seam = (((across + 20) % 64) + 64) % 64 < 2 ? -35 : 0
    const knot = Math.hypot(along - 70, across - 45) < 9 ? -25 : 0
    return base + grain + seam + knot
  }
}

export const checkered: Shade = (x, y) => 120 + (Math.floor(x / 24) % 2 ? 30 : -30) + (Math.floor(y / 24) % 2 ? 30 : -30)
export const striped: Shade = (x) => (Math.floor(x / 30) % 2 ? 170 : 110)

/** Somebody stands in the light: dark on one side of a slanting, soft edge. */
export function shadowOf(share: number, at = 150): Shade {
  return (x, y) => 1 - share / (1 + Math.exp((at - (x + 0.5 * y)) / 4))
}

export const lampFromTheSide: Shade = (x) => 1.15 - x / 500

/** A thumb and a hand over the corner at the bottom right of a page. */
export function handAt(x: number, y: number, size: number): Shade {
  return (px, py) => {
    const isThumb = Math.hypot((px - x + size * 0.4) / 1.7, py - y) < size * 0.35
    return isThumb || Math.hypot(px - x - size * 0.3, py - y - size * 0.3) < size * 0.8 ? 150 + 8 * Math.sin(px / 9) : NaN
  }
}
