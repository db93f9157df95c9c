// The two messages of an exchange, field by field. Written by `python -m agent_api.phone_types` from
// sync/core/messages.py and sync/core/changes.py: change those, never this file.

export const PROTOCOL = 1
export const SCHEMA = 1
export const REQUEST_BYTES_MAX = 4194304
export const LINE_BYTES_MAX = 262144
export const ANSWER_BYTES_MAX = 16777216
export const CHANGE_FIELDS_MAX = 400
export const ENVELOPE_BYTES_MAX = 1048576

export type Scalar = string | number | boolean | null
export type Value = Scalar | readonly Value[] | { readonly [name: string]: Value }
export type Fields = { readonly [name: string]: Value }

export type OutcomeCode = 'applied' | 'merged' | 'conflict' | 'refused' | 'parked' | 'duplicate'
export const OUTCOME_CODES: readonly OutcomeCode[] = ['applied', 'merged', 'conflict', 'refused', 'parked', 'duplicate']

export type Status = 'ok' | 'fork' | 'gap' | 'epoch_changed' | 'upgrade_required' | 'revoked'
export const STATUSES: readonly Status[] = ['ok', 'fork', 'gap', 'epoch_changed', 'upgrade_required', 'revoked']

export type FileState = 'stored' | 'missing' | 'refused'
export const FILE_STATES: readonly FileState[] = ['stored', 'missing', 'refused']

export interface Base {
  readonly epoch: string
  readonly rev: number
  readonly hash: string
  readonly change: string
}
export const BASE_FIELDS = ['epoch', 'rev', 'hash', 'change'] as const
export const BASE_DEFAULTS = {
  'epoch': '',
  'rev': 0,
  'hash': '',
  'change': ''
} as const

export interface Captured {
  readonly wall: number
  readonly offset: number
}

export interface Change {
  readonly id: string
  readonly kind: string
  readonly record: string
  readonly name: string
  readonly version: number
  readonly set: { readonly [name: string]: Value }
  readonly add: { readonly [name: string]: readonly Value[] }
  readonly remove: { readonly [name: string]: readonly Value[] }
  readonly base: Base | null
  readonly needs: readonly string[]
  readonly captured: Captured
}
export const CHANGE_FIELDS = ['id', 'kind', 'record', 'name', 'version', 'set', 'add', 'remove', 'base', 'needs', 'captured'] as const
export const CHANGE_DEFAULTS = {
  'version': 1,
  'set': {},
  'add': {},
  'remove': {},
  'base': null,
  'needs': []
} as const

export type Cursor = readonly [bucket: string, generation: number, version: number, record?: string]

export type Target = readonly [bucket: string, version: number]

export type Honour = readonly [record: string, number: string]

export type Evidence = readonly [kind: string, record: string, bucket: string, version: number]

export interface Request {
  readonly protocol: number
  readonly schema: number
  readonly device: string
  readonly epoch: string
  readonly chain_epoch: number
  readonly first_seq: number
  readonly prev_hash: string
  readonly n: number
  readonly signature: string
  readonly ack: string
  readonly restart: boolean
  readonly waiting: number
  readonly waiting_since: number
  readonly tag: string
  readonly cursors: readonly Cursor[] | null
  readonly target: readonly Target[] | null
  readonly files: readonly string[]
  readonly honour: readonly Honour[]
  readonly evidence: readonly Evidence[]
  readonly max_bytes: number
  readonly evidence_signature: string
  readonly brief: boolean
}
export const REQUEST_FIELDS = ['protocol', 'schema', 'device', 'epoch', 'chain_epoch', 'first_seq', 'prev_hash', 'n', 'signature', 'ack', 'restart', 'waiting', 'waiting_since', 'tag', 'cursors', 'target', 'files', 'honour', 'evidence', 'max_bytes', 'evidence_signature', 'brief'] as const
export const REQUEST_DEFAULTS = {
  'schema': 1,
  'epoch': '',
  'n': 0,
  'signature': '',
  'ack': '',
  'restart': false,
  'waiting': 0,
  'waiting_since': 0,
  'tag': '',
  'cursors': null,
  'target': null,
  'files': [],
  'honour': [],
  'evidence': [],
  'max_bytes': 65536,
  'evidence_signature': '',
  'brief': false
} as const

export interface Outcome {
  readonly seq: number
  readonly id: string
  readonly code: OutcomeCode
  readonly at: readonly [string, number] | null
  readonly rev: number
  readonly conflict: string
  readonly reason: string
  readonly detail: { readonly [name: string]: Value }
}
export const OUTCOME_FIELDS = ['seq', 'id', 'code', 'at', 'rev', 'conflict', 'reason', 'detail'] as const
export const OUTCOME_DEFAULTS = {
  'at': null,
  'rev': 0,
  'conflict': '',
  'reason': '',
  'detail': {}
} as const

export type Entitled = readonly [bucket: string, generation: number, head: number, sum: string, count: number]

export type Row = readonly [record: string, version: number, exit?: boolean]

export interface Page {
  readonly bucket: string
  readonly generation: number
  readonly rows: readonly Row[]
  readonly upto: readonly [number, string]
}
export const PAGE_FIELDS = ['bucket', 'generation', 'rows', 'upto'] as const
export const PAGE_DEFAULTS = {} as const

export type Reset = readonly [bucket: string, reason: string]

export interface Answer {
  readonly protocol: number
  readonly status: Status
  readonly epoch: string
  readonly server_time: number
  readonly chain_epoch: number
  readonly last_seq: number
  readonly chain_hash: string
  readonly durable_upto: number
  readonly ack: string
  readonly outcomes: readonly Outcome[]
  readonly tag: string
  readonly need_cursors: boolean
  readonly entitled: readonly Entitled[] | null
  readonly target: readonly Target[] | null
  readonly pages: readonly Page[]
  readonly resets: readonly Reset[]
  readonly files: { readonly [name: string]: FileState }
  readonly more: boolean
  readonly retry_after: number
  readonly token_expires_in: number
  readonly min_app: number
  readonly restored: readonly Target[] | null
  readonly digest: string
}
export const ANSWER_FIELDS = ['protocol', 'status', 'epoch', 'server_time', 'chain_epoch', 'last_seq', 'chain_hash', 'durable_upto', 'ack', 'outcomes', 'tag', 'need_cursors', 'entitled', 'target', 'pages', 'resets', 'files', 'more', 'retry_after', 'token_expires_in', 'min_app', 'restored', 'digest'] as const
export const ANSWER_DEFAULTS = {
  'epoch': '',
  'chain_hash': '',
  'durable_upto': 0,
  'ack': '',
  'outcomes': [],
  'tag': '',
  'need_cursors': false,
  'entitled': null,
  'target': null,
  'pages': [],
  'resets': [],
  'files': {},
  'more': false,
  'retry_after': 0,
  'token_expires_in': 0,
  'min_app': 0,
  'restored': null,
  'digest': ''
} as const
