// Batches of claims taken out, and the service log, decided from the records alone.

import { describe, expect, test } from 'vitest'

import type { Claimable } from '../../src/domain/claims'
import { batchesOut, batchOf, giveLeaseBackDraft, takeOutDrafts } from '../../src/domain/leases'
import { faultsOfService, followUpsDue, newServiceSaid, serviceFields } from '../../src/domain/service_log'

const NOW = Date.parse('2026-11-22T10:00:00+08:00')
const LATER = '2026-11-25T10:00:00+08:00'

function claimable(claim: string, unit = 'u'): Claimable {
  return { claim, unit, campaign: 'k', place: 'p', baseItem: '1', item: 'i', name: 'n', state: 'free', claimedBy: '' }
}

describe('batches', () => {
  const leases = [
    { record: 'theirs', fields: { state: 'held', account: 'b', claims: ['1', '2'], until: LATER } },
    { record: 'mine', fields: { state: 'held', account: 'a', claims: ['2', '3'], until: LATER, refused: ['4'] } },
    { record: 'over', fields: { state: 'held', account: 'b', claims: ['5'], until: '2026-11-21T10:00:00+08:00' } },
  ]

  test('that are out are told, one’s own first, and those that ended by themselves are not', () => {
    const out = batchesOut(leases, 'a', NOW)
    expect(out.map((one) => [one.lease, one.isMine, one.refused])).toEqual([
      ['mine', true, 1],
      ['theirs', false, 0],
    ])
    const of = batchOf(out)
    expect(['1', '2', '5'].map((claim) => of.get(claim)?.isMine)).toEqual([false, true, undefined])
  })

  test('are taken out a unit at a time, in parts that the centre takes', () => {
    const many = [...Array.from({ length: 201 }, (_, n) => claimable(String(n))), claimable('x', 'v')]
    let made = 0
    const drafts = takeOutDrafts(many, 'a', NOW, () => `l${++made}`)
    expect(drafts.map((one) => [one.set?.['unit'], (one.set?.['claims'] as string[]).length])).toEqual([
      ['u', 200],
      ['u', 1],
      ['v', 1],
    ])
    expect(drafts[0]?.set).toMatchObject({ until: '2026-11-29T10:00:00+08:00', state: 'held', account: 'a', campaign: 'k' })
    expect(giveLeaseBackDraft('l').set).toEqual({ state: 'returned' })
  })
})

describe('the service log', () => {
  const said = newServiceSaid('r')

  test('asks for a reason where nothing was done, whole minutes, and a day that is to come', () => {
    expect([...faultsOfService({ ...said, kind: 'refuse', minutes: '-3', followUp: '2026-11-21' }, '2026-11-22').keys()]).toEqual([
      'minutes',
      'outcome',
      'followUp',
    ])
    expect(faultsOfService({ ...said, minutes: '1441' }, '2026-11-22').size).toBe(1)
    expect(faultsOfService({ ...said, minutes: '30', followUp: '2026-11-22' }, '2026-11-22').size).toBe(0)
  })

  test('keeps what was said and no more', () => {
    expect(serviceFields({ ...said, minutes: ' 30 ', outcome: ' 好 ' }, 'v', 'a')).toEqual({
      village: 'v',
      kind: 'home',
      helper: 'a',
      materials_returned: false,
      resident: 'r',
      minutes: 30,
      outcome: '好',
    })
  })

  test('reminds of a day to come back until somebody has', () => {
    const log = (record: string, resident: string, followUp = '') => ({ record, fields: { helper: 'a', resident, follow_up: followUp } })
    const logs = [log('1', 'r', '2026-11-20'), log('2', 'q', '2026-11-21'), log('3', 'r'), log('4', 's', '2026-11-30')]
    expect(followUpsDue(logs, 'a', '2026-11-22').map((one) => one.record)).toEqual(['2'])
    expect(followUpsDue(logs, 'b', '2026-11-22')).toEqual([])
  })
})
