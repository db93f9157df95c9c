// A visit from the moment it is begun: shown at once, on the disk with the first thing that is kept, there after a restart.

import 'fake-indexeddb/auto'

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Enrolled } from '../../src/network/enrolment'
import { Office } from '../../src/office/office'
import { DeviceDisk } from '../../src/storage/device_disk'
import { Keyring, type Person } from '../../src/storage/keyring'

const ID = 'd'.repeat(32)
const KEY = new Uint8Array(32).fill(7)
const ENROLLED = {
  device: ID,
  mark: 'ABCD',
  account: 'a'.repeat(32),
  login: 'h341881106200',
  name: '吴思雨',
  role: 'helper',
  refresh_token: 'r',
  relay_public_key: '',
} as Enrolled
const DEAF = { changed: () => undefined, line: () => undefined, event: () => undefined }
let person: Person
let opened: Office[] = []

beforeEach(async () => {
  const ring = new Keyring('keys-drafts')
  person = { ...(await ring.begin('246813', 10)), id: ID }
  ring.close()
  await DeviceDisk.wipe(ID)
  await Office.create(ENROLLED, KEY, 1)
})

afterEach(async () => {
  for (const office of opened) await office.close()
  opened = []
})

async function open(): Promise<Office> {
  const office = await Office.open(person, KEY, DEAF)
  opened.push(office)
  return office
}

test('a visit that was begun is shown before the disk has it, and once kept it is there after a restart', async () => {
  const office = await open()
  const visit = office.beginVisit('341881106200')
  expect(office.visit(visit.id)).toEqual(visit)
  expect([office.isBegun(visit.id), office.visits().length]).toEqual([true, 0])
  await office.keepVisit({ ...visit, note: '腿脚不便' })
  expect(office.isBegun(visit.id)).toBe(false)
  expect((await open()).visit(visit.id)?.note).toBe('腿脚不便')
})

test('a visit that could not be kept is still the one that was begun', async () => {
  const office = await open()
  const visit = office.beginVisit('341881106200')
  // Another page has the store now: nothing more is written here.
  await open()
  await expect(office.keepVisit(visit)).rejects.toThrow()
  expect(office.visit(visit.id)).toEqual(visit)
})

test('a visit that was dropped before it was kept is gone', async () => {
  const office = await open()
  const visit = office.beginVisit('341881106200')
  await office.dropVisit(visit)
  expect([office.visit(visit.id), office.isBegun(visit.id)]).toEqual([undefined, false])
})
