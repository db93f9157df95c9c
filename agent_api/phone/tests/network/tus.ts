// The receiving end of tus 1.0 in memory, as agent_api/uploads.py answers, with a fault before each request.

import { createHash } from 'node:crypto'

import type { Asked } from './line'

export class TestReception {
  readonly uploads = new Map<string, number[]>()
  readonly announced = new Map<string, { [name: string]: string }>()
  readonly pieces: number[] = []
  /** What is answered instead; a rejection is a cut. */
  fault: (asked: Asked) => Response | null | Promise<never> = () => null

  readonly answer = async (asked: Asked): Promise<Response> => (await this.fault(asked)) ?? this.take(asked)

  private take(asked: Asked): Response {
    if (asked.method === 'POST') return this.announce(asked)
    const id = asked.path.split('/').at(-1) ?? ''
    const held = this.uploads.get(id)
    if (!held) return new Response('{"code":"not_found"}', { status: 404 })
    if (asked.method === 'HEAD') return this.told(200, held)
    if (Number(asked.headers['upload-offset']) !== held.length) return new Response('{"code":"differs"}', { status: 409 })
    const sum = `sha256 ${createHash('sha256').update(asked.body).digest('base64')}`
    if (asked.headers['upload-checksum'] !== sum) return new Response('{"code":"damaged"}', { status: 460 })
    held.push(...asked.body)
    this.pieces.push(asked.body.length)
    return this.told(204, held)
  }

  private announce({ headers }: Asked): Response {
    const pairs = (headers['upload-metadata'] ?? '').split(',').map((pair) => pair.split(' ') as [string, string])
    const told = Object.fromEntries(pairs.map(([name, value]) => [name, Buffer.from(value, 'base64').toString()]))
    const id = told['id'] ?? ''
    this.announced.set(id, told)
    if (!this.uploads.has(id)) this.uploads.set(id, [])
    return this.told(201, this.uploads.get(id)!, { Location: `/v1/uploads/${id}` })
  }

  private told(status: number, held: readonly number[], more: { [name: string]: string } = {}): Response {
    return new Response(null, { status, headers: { 'Upload-Offset': String(held.length), ...more } })
  }
}
