// A centre in memory that keeps the rules of docs/protocol.md as a device meets them: chains, outcomes, buckets, paging
// by rows, entitlement with generations, epochs, files. It merges nothing: the last change to arrive is applied.

import { decodeHash, encodeHash, fromUtf8, utf8, type Bytes } from '../../src/protocol/bytes'
import { bucketSum, contentHash, extendAll, genesis, stateTag, sumText, type SummedRow } from '../../src/protocol/chain'
import { digest, readChange } from '../../src/protocol/codec'
import { derivedId } from '../../src/protocol/ids'
import {
  REQUEST_DEFAULTS,
  type Answer,
  type Change,
  type Entitled,
  type Fields,
  type Outcome,
  type Page,
  type Request,
  type Status,
} from '../../src/protocol/messages'

interface Chain {
  lines: string[]
  outcomes: Outcome[]
}

/** Record → version and body; no body for an exit. */
export interface Bucket {
  generation: number
  head: number
  rows: Map<string, readonly [version: number, body: string | null]>
}

export interface Heard {
  readonly envelope: Request
  readonly changes: readonly string[]
  readonly evidence: readonly string[]
}

export function newBucket(generation = 1): Bucket {
  return { generation, head: 0, rows: new Map() }
}

export class FakeCentre {
  epoch = 'e1'
  chains = new Map<string, Chain>()
  known = new Map<string, readonly [hash: string, outcome: Outcome]>()
  effects = new Map<string, number>()
  buckets = new Map<string, Bucket>([['village:1', newBucket()]])
  fields = new Map<string, Fields>()
  revs = new Map<string, number>()
  granted = ['village:1']
  storedFiles = new Set<string>()
  durable = false
  revoked = false
  quarantine: string[] = []
  evidence: string[] = []
  honoured = new Map<string, string>()
  refuse = new Set<string>()
  requests: Heard[] = []
  answered: Partial<Answer>[] = []
  serverTime = 1_800_000_000_000

  constructor(public rowsPerPage = 1_000) {}

  backup(): FakeCentre {
    const state = Object.entries(this).filter(([name]) => !['exchange', 'requests', 'answered'].includes(name))
    return Object.assign(new FakeCentre(), structuredClone(Object.fromEntries(state)))
  }

  put(record: string, fields: Fields, kind = 'note', bucket = 'village:1'): void {
    for (const [name, other] of this.buckets) {
      if (name !== bucket && other.rows.get(record)?.[1]) other.rows.set(record, [++other.head, null])
    }
    const target = this.buckets.get(bucket)!
    const rev = (this.revs.get(record) ?? 0) + 1
    this.fields.set(record, fields)
    this.revs.set(record, rev)
    target.rows.set(record, [++target.head, JSON.stringify({ kind, id: record, rev, fields })])
  }

  hashAt(device: string, epoch: number, seq: number): Bytes {
    const { lines } = this.chain(device, epoch)
    return extendAll(genesis(device, epoch), 1, lines.slice(0, seq).map(contentHash))
  }

  chain(device: string, epoch: number): Chain {
    const name = `${device} ${epoch}`
    const held = this.chains.get(name) ?? { lines: [], outcomes: [] }
    this.chains.set(name, held)
    return held
  }

  readonly exchange = (message: Bytes): Bytes => {
    const heard = read(message)
    const { envelope } = heard
    this.requests.push(heard)
    this.serverTime += 1_000
    if (this.revoked) return this.takeIntoQuarantine(heard)
    if (envelope.epoch !== '' && envelope.epoch !== this.epoch) {
      const restored = [...this.buckets].map(([name, bucket]) => [name, bucket.head] as const)
      return this.answer(heard, 'epoch_changed', { restored })
    }
    const status = this.check(heard)
    if (status === 'fork') return this.answer(heard, status, { chain_epoch: this.freshChain(envelope) })
    if (status === 'gap') return this.answer(heard, status)
    if (heard.evidence.length > 0 !== (envelope.evidence_signature !== '')) throw new Error('what is shown is signed')
    this.evidence.push(...heard.evidence)
    for (const [record, number] of envelope.honour) this.honoured.set(record, number)
    return this.readOn(heard, this.decide(heard))
  }

  private freshChain(envelope: Request): number {
    const own = [...this.chains.keys()].filter((name) => name.startsWith(`${envelope.device} `))
    return 1 + Math.max(envelope.chain_epoch, ...own.map((name) => Number(name.split(' ')[1])))
  }

  private takeIntoQuarantine(heard: Heard): Bytes {
    const { envelope } = heard
    if (this.check(heard) === 'fork') {
      return this.answer(heard, 'revoked', { chain_epoch: envelope.chain_epoch + 1 })
    }
    const held = this.chain(envelope.device, envelope.chain_epoch)
    if (envelope.first_seq - 1 <= held.lines.length) {
      const fresh = heard.changes.slice(held.lines.length - envelope.first_seq + 1)
      held.lines.push(...fresh)
      this.quarantine.push(...fresh)
    }
    return this.answer(heard, 'revoked')
  }

  private check({ envelope, changes }: Heard): Status {
    const held = this.chain(envelope.device, envelope.chain_epoch)
    const before = envelope.first_seq - 1
    if (envelope.restart) return 'fork'
    if (before > held.lines.length) return 'gap'
    if (before < held.lines.length && changes.length === 0) return 'fork'
    if (envelope.prev_hash !== encodeHash(this.hashAt(envelope.device, envelope.chain_epoch, before))) return 'fork'
    const isSame = changes.every((line, place) => (held.lines[before + place] ?? line) === line)
    return isSame ? 'ok' : 'fork'
  }

  private decide({ envelope, changes }: Heard): Outcome[] {
    const held = this.chain(envelope.device, envelope.chain_epoch)
    return changes.map((line, place) => {
      const seq = envelope.first_seq + place
      if (seq > held.lines.length) {
        held.lines.push(line)
        held.outcomes.push(this.outcomeOf(line, seq))
      }
      return held.outcomes[seq - 1]!
    })
  }

  private outcomeOf(line: string, seq: number): Outcome {
    const change = readChange(line)
    const twin = this.known.get(change.id)
    if (twin && twin[0] === line) return { ...twin[1], seq }
    const outcome = twin ? plain(seq, change.id, 'refused', 'id_reused') : this.apply(change, seq)
    this.known.set(change.id, [line, outcome])
    return outcome
  }

  private apply(change: Change, seq: number): Outcome {
    if (this.refuse.has(change.id)) return plain(seq, change.id, 'refused', 'not_allowed')
    this.effects.set(change.id, (this.effects.get(change.id) ?? 0) + 1)
    this.put(change.record, { ...this.fields.get(change.record), ...change.set }, change.kind)
    const at = ['village:1', this.buckets.get('village:1')!.head] as const
    return { ...plain(seq, change.id, 'applied'), at, rev: this.revs.get(change.record)! }
  }

  private entitled(name: string): Entitled {
    const { generation, head, rows } = this.buckets.get(name)!
    const puts = [...rows].filter(([, [, body]]) => body !== null)
    const summed = puts.map(([record, [version, body]]): SummedRow => [record, version, body!])
    return [name, generation, head, sumText(bucketSum(summed)), puts.length]
  }

  private readOn(heard: Heard, outcomes: Outcome[]): Bytes {
    const { envelope } = heard
    const entitled = this.granted.map((name) => this.entitled(name))
    const tag = stateTag(
      this.epoch,
      entitled.map(([name, generation, head, sum, count]) => [name, generation, head, numberOf(sum), count]),
    )
    const files = Object.fromEntries(
      envelope.files.map((file) => [file, this.storedFiles.has(file) ? ('stored' as const) : ('missing' as const)]),
    )
    const known = { outcomes, tag, files }
    if (envelope.tag === tag) return this.answer(heard, 'ok', known)
    if (envelope.cursors === null) return this.answer(heard, 'ok', { ...known, need_cursors: true })
    const told = new Map(envelope.target ?? entitled.map(([name, , head]) => [name, head] as const))
    const { pages, bodies, more } = this.pages(envelope, entitled, told)
    const gone = envelope.cursors.map(([name]) => name).filter((name) => !this.granted.includes(name))
    const resets = gone.map((name) => [name, 'gone'] as const)
    return this.answer(heard, 'ok', { ...known, entitled, pages, resets, more, target: [...told] }, bodies)
  }

  private pages(envelope: Request, entitled: readonly Entitled[], target: ReadonlyMap<string, number>) {
    const cursors = new Map((envelope.cursors ?? []).map((cursor) => [cursor[0], cursor]))
    const pages: Page[] = []
    const bodies: string[] = []
    let room = this.rowsPerPage
    let more = false
    for (const [bucket, generation] of entitled) {
      const cursor = cursors.get(bucket)
      const after: [number, string] = cursor && cursor[1] === generation ? [cursor[2], cursor[3] ?? ''] : [0, '']
      const end = target.get(bucket) ?? 0
      const rows = [...this.buckets.get(bucket)!.rows]
        .map(([record, [version, body]]) => ({ record, version, body }))
        .filter(({ record, version }) => isAfter([version, record], after) && version <= end)
        .sort((one, other) => (isAfter([one.version, one.record], [other.version, other.record]) ? 1 : -1))
      const taken = rows.slice(0, room)
      const isCut = rows.length > taken.length
      room -= taken.length
      more ||= isCut
      const last = taken.at(-1)
      const upto: [number, string] = !isCut ? [end, '~'] : last ? [last.version, last.record] : after
      if (!taken.length && !isAfter(upto, after)) continue
      const listed = taken.map(({ record, version, body }) => [record, version, body === null] as const)
      pages.push({ bucket, generation, rows: listed, upto })
      bodies.push(...taken.flatMap(({ body }) => body ?? []))
    }
    return { pages, bodies, more }
  }

  answer(heard: Heard, status: Status, more: Partial<Answer> = {}, bodies: readonly string[] = []): Bytes {
    const { device, first_seq: first } = heard.envelope
    const chainEpoch = more.chain_epoch ?? heard.envelope.chain_epoch
    const lastSeq = status === 'ok' ? first - 1 + heard.changes.length : this.chain(device, chainEpoch).lines.length
    const envelope = {
      protocol: 1,
      status,
      epoch: this.epoch,
      server_time: this.serverTime,
      chain_epoch: chainEpoch,
      last_seq: lastSeq,
      chain_hash: encodeHash(this.hashAt(device, chainEpoch, lastSeq)),
      durable_upto: this.durable ? lastSeq : 0,
      ack: `mac-${lastSeq}`,
      ...(bodies.length ? { digest: digest(bodies) } : {}),
      ...more,
    }
    const told = heard.envelope.brief ? inBrief(envelope, heard.envelope) : envelope
    this.answered.push(told)
    return utf8([JSON.stringify(told), ...bodies].join('\n'))
  }
}

/** Without what repeats the request. */
function inBrief(answer: Partial<Answer>, asked: Request): Partial<Answer> {
  const { epoch, chain_hash: reached, ack, ...rest } = answer
  const stands = answer.last_seq === asked.first_seq - 1 && reached === asked.prev_hash && ack === asked.ack
  return { ...rest, ...(epoch === asked.epoch ? {} : { epoch }), ...(stands ? {} : { chain_hash: reached, ack }) }
}

export function read(message: Bytes): Heard {
  const [first = '', ...lines] = fromUtf8(message).split('\n')
  const envelope = { ...REQUEST_DEFAULTS, ...(JSON.parse(first) as Request) }
  return { envelope, changes: lines.slice(0, envelope.n), evidence: lines.slice(envelope.n) }
}

export function recordId(name: string): string {
  return derivedId('record', name)
}

function plain(seq: number, id: string, code: Outcome['code'], reason = ''): Outcome {
  return { seq, id, code, at: null, rev: 0, conflict: '', reason, detail: {} }
}

function isAfter(one: readonly [number, string], other: readonly [number, string]): boolean {
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1])
}

function numberOf(sum: string): bigint {
  return BigInt(`0x${[...decodeHash(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`)
}
