// A person's open store: a visit is shown at once and on the disk with the first thing that is kept; what is stored is
// withheld after a week without contact.

import 'fake-indexeddb/auto'

import { afterEach, beforeEach, expect, test } from 'vitest'

import type { Enrolled } from '../../src/network/enrolment'
import { MACHINE_CLOCK, Office } from '../../src/office/office'
import { DeviceDisk } from '../../src/storage/device_disk'
import { Keyring, type Person } from '../../src/storage/keyring'

const ID = 'd'.repeat(32)
const ENROLLED_AT = 1_700_000_000_000
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
const DAY_MS = 86_400_000
const DEAF = { changed: () => undefined, line: () => undefined, event: () => undefined }
let person: Person
let opened: Office[] = []

beforeEach(async () => {
  const ring = new Keyring('keys-drafts')
  person = { ...(await ring.begin('246813', 10)), id: ID }
  ring.close()
  await DeviceDisk.wipe(ID)
  await Office.create(ENROLLED, KEY, ENROLLED_AT)
})

afterEach(async () => {
  for (const office of opened) await office.close()
  opened = []
})

async function open(wall = ENROLLED_AT): Promise<Office> {
  const office = await Office.open(person, KEY, DEAF, { ...MACHINE_CLOCK, wall: () => wall })
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

test.each([
  ['a week less an hour', 7 * DAY_MS - 3_600_000, null],
  ['a week and an hour', 7 * DAY_MS + 3_600_000, 'contact_needed'],
  ['a clock set back by an hour', -3_600_000, null],
  ['a clock set back by two days', -2 * DAY_MS, 'clock_wrong'],
])('after %s without contact what is stored is shown or withheld, and capturing goes on', async (_when, later, withheld) => {
  const office = await open(ENROLLED_AT + later)
  expect(office.withheld()).toBe(withheld)
  const visit = office.beginVisit('341881106200')
  await office.keepVisit(visit)
  expect(office.visits()).toHaveLength(1)
})
