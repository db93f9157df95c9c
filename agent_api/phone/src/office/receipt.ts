// The receipt of a filing, made from its records alone, so that it can be shown again at any time and says the same until
// a case itself has changed. A bundle has one receipt with a number for each of its legs; the temporary number stays on
// it when the official one has come.

import { bundleOf } from '../domain/bundles'
import { dayOf } from '../domain/days'
import { groups, text } from '../domain/fields'
import { collectedIn, isInHand, materialsOf, missingOf, promisedOf } from '../domain/materials'
import { materialName, nameOf } from '../texts/names'
import type { Office } from './office'

/** One case on a receipt. */
export interface ReceiptLeg {
  readonly record: string
  readonly receipt: string
  readonly number: string
  readonly item: string
  readonly state: string
  readonly given: readonly string[]
  readonly missing: readonly string[]
  readonly promised: readonly (readonly [name: string, day: string])[]
  readonly awaited: readonly string[]
}

export interface Receipt {
  readonly resident: string
  readonly filedOn: string
  readonly helper: string
  /** The bundle's name in Chinese and English; null for a single service. */
  readonly bundle: readonly [zh: string, en: string] | null
  /** What the helper is to speak of besides. */
  readonly reminders: readonly string[]
  /** In the order of the bundle. */
  readonly legs: readonly ReceiptLeg[]
  /** Of the site itself: where, when and whom to ask. */
  readonly where: string
  readonly hours: string
  readonly phone: string
}

export function receiptOf(office: Office, record: string): Receipt | null {
  const fields = office.fields(record)
  if (!text(fields, 'receipt') && !text(fields, 'number')) return null
  const held = office.fields(text(fields, 'bundle'))
  const bundle = bundleOf(text(held, 'code'))
  const cases = groups(held, 'legs').map((leg) => text(leg, 'case')).filter((one) => office.see(one))
  const site = office.shownItem(text(fields, 'item'))
  const signed = Date.parse(text(office.fields(text(fields, 'consent')), 'signed_at'))
  return {
    resident: text(office.fields(text(fields, 'resident')), 'name'),
    filedOn: Number.isNaN(signed) ? '' : dayOf(signed),
    // A case that another helper filed carries an account, not a name.
    helper: text(fields, 'helper') === office.identity.account ? office.identity.name : '',
    bundle: bundle ? [bundle.zh, bundle.en] : null,
    reminders: bundle?.reminders ?? [],
    legs: (cases.includes(record) ? cases : [record]).map((one) => legOf(office, one)),
    where: text(site, 'where'),
    hours: text(site, 'hours'),
    phone: text(site, 'consult_phone'),
  }
}

function legOf(office: Office, record: string): ReceiptLeg {
  const fields = office.fields(record)
  const item = office.shownItem(text(fields, 'item'))
  const [materials, have] = [materialsOf(item), collectedIn(fields)]
  return {
    record,
    receipt: text(fields, 'receipt'),
    number: text(fields, 'number'),
    item: nameOf(item),
    state: text(fields, 'state'),
    given: materials.filter((one) => isInHand(have.get(one.no)?.state)).map(materialName),
    missing: missingOf(materials, have).map(materialName),
    promised: promisedOf(materials, have).map((one) => [materialName(one), have.get(one.no)?.due ?? ''] as const),
    awaited: materials.filter((one) => have.get(one.no)?.state === 'awaited').map(materialName),
  }
}
