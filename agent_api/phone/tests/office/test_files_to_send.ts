// A photograph's bytes go up once: a filing that is done again names the same file, and takes over what is on its way.

import 'fake-indexeddb/auto'

import { expect, test } from 'vitest'

import type { Filing } from '../../src/domain/filing'
import { photosIn } from '../../src/domain/refiling'
import { newVisit, type Photo, type Visit } from '../../src/domain/visit'
import { fileToSend, filesOf, namedBefore } from '../../src/office/files_to_send'
import type { Office } from '../../src/office/office'
import { fileAgain } from '../../src/office/work'
import type { Change } from '../../src/protocol/messages'
import type { FileToSend, ReplicaStore } from '../../src/replica/state'

const FILING = { caseChanges: ['anew'], consentChange: 'consent' } as unknown as Filing
const LICENCE = { record: 'l', fields: { kind: '身份证', pages: [{ file: 'kept', sha256: 'hkept', size: 5, type: 'image/jpeg' }] } }

function photo(file: string): Photo {
  return { file, sha256: `h${file}`, size: 5, type: 'image/jpeg' }
}

function sent(file: string, changes: Partial<FileToSend>): FileToSend {
  return { ...fileToSend(photo(file), 'material', 'refused'), ...changes }
}

const SENT = new Map([
  ['stored', sent('stored', { delivery: 'stored', offset: 5 })],
  ['half', sent('half', { offset: 3, location: '/v1/uploads/half' })],
  ['damaged', sent('damaged', { delivery: 'refused' })],
])
const STORE = { file: (file: string) => SENT.get(file) } as unknown as ReplicaStore
let kept: Visit | undefined
const OFFICE = {
  replica: { store: { ...STORE, entriesOf: () => [] }, seeAll: () => [LICENCE] },
  see: () => ({ fields: {} }),
  newId: () => 'draft',
  now: () => 5,
  keepVisit: (visit: Visit) => Promise.resolve(void (kept = visit)),
  keepNote: () => Promise.resolve(),
} as unknown as Office

function visitWith(photos: readonly Photo[]): Visit {
  const materials = { '1': { state: 'attached', photos, due: '' } } as const
  return { ...newVisit('v', 1, '341881106200'), legs: [{ item: 'i', form: {}, materials }] }
}

test('a picture that is at the centre or on its way is named once more; one that never arrived is taken anew', () => {
  expect(namedBefore(OFFICE, photo('stored'))).toEqual({ ...photo('stored'), isNamedBefore: true })
  expect(namedBefore(OFFICE, photo('half'))).toEqual({ ...photo('half'), isNamedBefore: true })
  expect(namedBefore(OFFICE, photo('kept'))).toEqual({ ...photo('kept'), licence: 'l' })
  expect(namedBefore(OFFICE, { ...photo('kept'), sha256: 'another' })).toBeNull()
  expect(namedBefore(OFFICE, photo('damaged'))).toBeNull()
  expect(namedBefore(OFFICE, photo('unheard-of'))).toBeNull()
})

test('a refused filing is a draft with the pictures it had, page by page', async () => {
  const value = { state: 'attached', ...photo('stored'), pages: [photo('damaged'), photo('half')] }
  const change = { id: 'refused', set: { item: 'i', resident: 'r', 'material.1': value } } as unknown as Change
  expect(photosIn(change.set['material.1']).map((one) => one.file)).toEqual(['stored', 'damaged', 'half'])
  await fileAgain(OFFICE, change)
  expect(kept?.legs[0]?.materials['1']?.photos.map((one) => one.file)).toEqual(['stored', 'half'])
})

test('only what was taken now goes up from its first byte; the rest goes on, with the filing that names it now', () => {
  const [stored, half] = ['stored', 'half'].map((file) => ({ ...photo(file), isNamedBefore: true })) as [Photo, Photo]
  const files = filesOf(visitWith([stored, photo('new'), half, { ...photo('kept'), licence: 'l' }]), FILING, STORE)
  expect(files).toEqual([
    { ...SENT.get('stored'), change: 'anew' },
    fileToSend(photo('new'), 'material', 'anew'),
    { ...SENT.get('half'), change: 'anew' },
  ])
})
