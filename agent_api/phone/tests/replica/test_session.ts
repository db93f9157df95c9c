// The conversation on a bad line: nothing is lost, nothing happens twice, and what is no answer changes nothing.

import { expect, test } from 'vitest'

import { fromUtf8, utf8, type Bytes } from '../../src/protocol/bytes'
import type { FileToSend } from '../../src/replica/state'
import { Device } from './device'
import { FakeCentre, newBucket, read, recordId } from './fake_centre'

const FILE: FileToSend = {
  id: recordId('f'),
  sha256: '0'.repeat(64),
  size: 3,
  type: 'image/jpeg',
  purpose: 'material',
  change: '',
  delivery: 'waiting',
  offset: 0,
  location: '',
}

test('a capture reaches the centre and comes back in one exchange', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  expect(device.text('a')).toEqual({ text: 'x' })
  expect(await device.sync(centre.exchange)).toBe(1)
  expect(centre.effects.get(change.id)).toBe(1)
  expect(device.text('a')).toEqual({ text: 'x' })
  expect(device.told('level')).toHaveLength(1)
})

test('a level device asks with its tag alone', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  await device.step(centre.exchange)
  const { envelope } = centre.requests.at(-1)!
  expect([envelope.cursors, envelope.tag.length, envelope.n]).toEqual([null, 22, 0])
})

test('who has nothing to say asks in brief, and puts together what was left out', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: 'x' })
  await device.sync(centre.exchange)
  const before = device.store.standing()
  await device.step(centre.exchange)
  await device.step(centre.exchange)
  expect(centre.requests.slice(0, 1).map(({ envelope }) => envelope.brief)).toEqual([false])
  expect(centre.requests.at(-1)!.envelope.brief).toBe(true)
  expect(Object.keys(centre.answered.at(-1)!)).not.toContain('chain_hash')
  const { epoch, ackedHash, ack, tag } = device.store.standing()
  expect({ epoch, ackedHash, ack, tag }).toEqual({ epoch: before.epoch, ackedHash: before.ackedHash, ack: before.ack, tag: before.tag })
  expect(device.told('bad_answer')).toEqual([])
})

test('an answer to a full question may leave nothing out', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: 'x' })
  await device.step((message) => utf8(fromUtf8(centre.exchange(message)).replace(/"chain_hash":"[^"]*"/, '"chain_hash":""')))
  expect(device.told('bad_answer')).toHaveLength(1)
  expect(device.store.outboxSize()).toBe(1)
})

test('an old tag is followed by cursors', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  centre.put(recordId('a'), { n: 1 })
  await device.step(centre.exchange)
  await device.step(centre.exchange)
  expect(centre.requests.at(-1)!.envelope.cursors).not.toBeNull()
  expect(device.text('a')).toEqual({ n: 1 })
})

test('a lost reply is answered again with one effect', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  await device.step((message) => (centre.exchange(message), null))
  expect(device.store.outboxSize()).toBe(1)
  await device.sync(centre.exchange)
  expect(centre.effects.get(change.id)).toBe(1)
  expect(device.store.outboxSize()).toBe(0)
})

test('a tab killed between request and reply sends the same again', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  device.now += 2_000
  centre.exchange((await device.session.nextRequest(device.now))!)
  device.open()
  await device.sync(centre.exchange)
  expect(centre.effects.get(change.id)).toBe(1)
  expect(centre.requests[0]!.changes).toEqual(centre.requests[1]!.changes)
})

test('a repeated reply changes nothing', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: 'x' })
  let answer: Bytes | null = null
  await device.step((message) => (answer = centre.exchange(message)))
  const { commits } = device.disk
  await device.session.receiveAnswer(answer!, device.now)
  expect(device.disk.commits).toBe(commits)
})

test('one answer handed in twice at the same moment is taken once', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: 'x' })
  device.now += 2_000
  const answer = centre.exchange((await device.session.nextRequest(device.now))!)
  const { commits } = device.disk
  await Promise.all([device.session.receiveAnswer(answer, device.now), device.session.receiveAnswer(answer, device.now)])
  expect(device.disk.commits).toBe(commits + 1)
})

test('a login page is no answer and is asked again later', async () => {
  const device = new Device()
  await device.write('a', { text: 'x' })
  await device.step(() => utf8('<html>请登录</html>'))
  expect(device.told('bad_answer')).toHaveLength(1)
  expect(device.store.outboxSize()).toBe(1)
  expect(device.session.nextDue(device.now)).toBeGreaterThan(device.now)
})

test.each([0.1, 0.5, 0.9, 0.99])('an answer cut at %d of its length is no answer', async (where) => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  await device.step((message) => {
    const answer = centre.exchange(message)
    return answer.slice(0, Math.floor(answer.length * where)) as Bytes
  })
  expect(device.store.outboxSize()).toBe(1)
  await device.sync(centre.exchange)
  expect(centre.effects.get(change.id)).toBe(1)
})

test('a request without an answer has failed after thirty seconds', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.session.nextRequest(device.now)
  expect(await device.session.nextRequest(device.now + 29_999)).toBeNull()
  expect(device.session.nextDue(device.now)).toBe(30_000)
  device.now = 30_000
  await device.sync(centre.exchange)
  expect(device.replica.isLevel()).toBe(true)
})

test('the outbox goes up in pages, one change at least', async () => {
  const centre = new FakeCentre()
  const device = new Device('phone', undefined, { pageBytes: 4_096 })
  for (let n = 0; n < 4; n++) await device.write(String(n), { text: 'x'.repeat(30_000) })
  await device.sync(centre.exchange)
  expect(centre.requests.map((heard) => heard.changes.length)).toEqual([1, 1, 1, 1])
  expect(centre.requests[0]!.envelope.waiting).toBe(3)
})

test('a failing line gets smaller pages', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  for (let n = 0; n < 40; n++) await device.write(String(n), { text: 'x'.repeat(5_000) })
  for (let n = 0; n < 4; n++) await device.step(() => null)
  await device.step(centre.exchange)
  expect(centre.requests[0]!.changes).toHaveLength(5)
  await device.sync(centre.exchange)
  expect(centre.effects.size).toBe(40)
})

test('a smaller page than the one whose reply was lost is no fork', async () => {
  const centre = new FakeCentre()
  const device = new Device('phone', undefined, { pageBytes: 8_192 })
  for (let n = 0; n < 6; n++) await device.write(String(n), { text: 'x'.repeat(9_000) })
  await device.step((message) => (centre.exchange(message), null))
  await device.sync(centre.exchange)
  expect(centre.requests[1]!.changes.length).toBeLessThan(centre.requests[0]!.changes.length)
  expect(device.told('fork_healed')).toHaveLength(0)
  expect([...centre.effects.values()]).toEqual([1, 1, 1, 1, 1, 1])
})

test('an answer the disk would not take is asked for again', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  device.disk.isFull = true
  await device.step(centre.exchange)
  expect(device.told('answer_not_saved')).toHaveLength(1)
  expect(device.store.outboxSize()).toBe(1)
  device.disk.isFull = false
  await device.sync(centre.exchange)
  expect(centre.effects.get(change.id)).toBe(1)
})

test('an ok without an outcome for every change is no answer', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.write('a', { text: 'x' })
  await device.step((message) => utf8(fromUtf8(centre.exchange(message)).replace(/"outcomes":\[.*?\],"tag"/, '"outcomes":[],"tag"')))
  expect(device.store.outboxSize()).toBe(1)
  expect(device.told('bad_answer')).toHaveLength(1)
})

test('an answer of another epoch that does not say so is no answer', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  await device.sync(centre.exchange)
  centre.epoch = 'e9'
  await device.step((message) => centre.answer(read(message), 'ok'))
  expect(device.told('bad_answer')).toHaveLength(1)
})

test('a durable change leaves the journal once its row is back, a refused one stays', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  centre.durable = true
  await device.write('a', { n: 1 })
  const refused = await device.write('b', { n: 2 })
  centre.refuse.add(refused.id)
  await device.sync(centre.exchange)
  await device.write('c', { n: 3 })
  await device.sync(centre.exchange)
  expect(device.store.journal().map((entry) => entry.id)).toContain(refused.id)
  expect(device.replica.outcomes().map((outcome) => [outcome.change, outcome.code])).toEqual([[refused.id, 'refused']])
  expect(device.text('b')).toBeUndefined()
  expect(device.store.journal().length).toBeLessThan(3)
})

test('an exported outbox is taken from any carrier and known when sent again', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  for (const message of await device.session.exportOutbox()) centre.exchange(message)
  expect(device.store.outboxSize()).toBe(1)
  await device.sync(centre.exchange)
  expect(centre.effects.get(change.id)).toBe(1)
})

test('pages end at their target while others write', async () => {
  const [centre, device] = [new FakeCentre(3), new Device()]
  for (let n = 0; n < 10; n++) centre.put(recordId(String(n)), { n })
  await device.sync((message) => {
    const answer = centre.exchange(message)
    if (centre.requests.length < 6) centre.put(recordId(`new ${centre.requests.length}`), { n: 0 })
    return answer
  })
  expect(device.store.rowsOfKind('note')).toHaveLength(15)
  expect(centre.requests[1]!.envelope.target).not.toBeNull()
})

test('a crash in the middle of reading goes on from the cursor', async () => {
  const [centre, device] = [new FakeCentre(3), new Device()]
  for (let n = 0; n < 7; n++) centre.put(recordId(String(n)), { n })
  await device.step(centre.exchange)
  device.open()
  await device.sync(centre.exchange)
  expect(centre.requests[1]!.envelope.cursors?.[0]?.[2]).toBe(3)
  expect(device.store.rowsOfKind('note')).toHaveLength(7)
})

test('a bucket with another sum is read again and the outbox kept', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  centre.put(recordId('a'), { n: 1 })
  await device.sync(centre.exchange)
  await device.store.transaction(() => {
    device.store.dropRows([recordId('a')])
    device.store.putBuckets([{ ...device.store.bucket('village:1')!, sum: 5n }])
  })
  centre.put(recordId('b'), { n: 2 })
  await device.write('c', { n: 3 })
  await device.sync(centre.exchange)
  expect(device.told('bucket_reset')).toEqual([{ is: 'bucket_reset', bucket: 'village:1', reason: 'sum' }])
  expect(device.text('a')).toEqual({ n: 1 })
  expect(centre.effects.size).toBe(1)
})

test('rows lost by the disk are found by the full check', async () => {
  const centre = new FakeCentre()
  const device = new Device('phone', undefined, { fullCheckEvery: 2 })
  centre.put(recordId('a'), { n: 1 })
  await device.sync(centre.exchange)
  await device.store.transaction(() => device.store.dropRows([recordId('a')]))
  for (let n = 0; n < 4; n++) await device.step(centre.exchange)
  expect(device.told('bucket_reset')).toHaveLength(1)
  expect(device.text('a')).toEqual({ n: 1 })
})

test('a bucket no longer granted is forgotten, a new generation read from the start', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  centre.buckets.set('unit:1', newBucket())
  centre.granted.push('unit:1')
  centre.put(recordId('u'), { n: 1 }, 'note', 'unit:1')
  centre.put(recordId('old'), { n: 1 })
  await device.sync(centre.exchange)
  centre.granted.pop()
  centre.buckets.set('village:1', newBucket(2))
  centre.put(recordId('new'), { n: 1 })
  await device.sync(centre.exchange)
  expect(device.store.rowsOfKind('note').map((row) => row.record)).toEqual([recordId('new')])
})

test.each([[['village:1', 'unit:1']], [['unit:1', 'village:1']]])(
  'a record that moves between buckets is held once, read in the order %s',
  async (order) => {
    const [centre, device] = [new FakeCentre(), new Device()]
    centre.buckets.set('unit:1', newBucket())
    centre.granted = order
    for (const bucket of ['village:1', 'unit:1', 'village:1']) {
      centre.put(recordId('a'), { in: bucket }, 'note', bucket)
      await device.sync(centre.exchange)
    }
    expect(device.store.row(recordId('a'))?.bucket).toBe('village:1')
    expect(device.told('bucket_reset')).toHaveLength(0)
  },
)

test('a file waits for its change, is asked for once up, and is kept until stored', async () => {
  const [centre, device] = [new FakeCentre(), new Device()]
  const change = await device.write('a', { text: 'x' })
  await device.store.transaction(() => device.store.putFile({ ...FILE, change: change.id }, utf8('abc')))
  expect(device.replica.filesReady()).toEqual([])
  await device.step(centre.exchange)
  expect(device.replica.filesReady().map((file) => file.id)).toEqual([FILE.id])
  await device.store.transaction(() => device.store.putFile({ ...device.store.file(FILE.id)!, delivery: 'sent' }))
  expect(device.replica.isLevel()).toBe(false)
  centre.storedFiles.add(FILE.id)
  await device.sync(centre.exchange)
  expect(device.store.file(FILE.id)?.delivery).toBe('stored')
  expect((await device.store.fileContent(FILE.id, 0, 3)).length).toBe(0)
})

test('a file the centre misses goes up again', async () => {
  const device = new Device()
  const sent = { ...FILE, delivery: 'sent', offset: 3, location: '/v1/uploads/1' } as const
  await device.store.transaction(() => device.store.putFile(sent, utf8('abc')))
  await device.session.filesTold({ [FILE.id]: 'missing', unknown: 'nonsense' })
  expect(device.store.file(FILE.id)).toMatchObject({ delivery: 'waiting', offset: 0, location: '' })
  expect(fromUtf8(await device.store.fileContent(FILE.id, 0, 3))).toBe('abc')
})
