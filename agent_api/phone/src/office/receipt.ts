// The receipt of a case, made from its record alone, so that it can be shown again at any time and says the same until
// the case itself has changed; the temporary number stays on it when the official one has come.

import { dayOf } from '../domain/days'
import { text } from '../domain/fields'
import { collectedIn, isInHand, materialsOf, missingOf, promisedOf } from '../domain/materials'
import type { Office } from './office'

export interface Receipt {
  readonly receipt: string
  readonly number: string
  readonly resident: string
  readonly item: string
  readonly state: string
  readonly filedOn: string
  readonly helper: string
  readonly given: readonly string[]
  readonly missing: readonly string[]
  readonly promised: readonly (readonly [name: string, day: string])[]
  /** Of the site itself: where, when and whom to ask. */
  readonly where: string
  readonly hours: string
  readonly phone: string
}

export function receiptOf(office: Office, record: string): Receipt | null {
  const fields = office.fields(record)
  if (!text(fields, 'receipt') && !text(fields, 'number')) return null
  const item = office.shownItem(text(fields, 'item'))
  const [materials, have] = [materialsOf(item), collectedIn(fields)]
  const signed = Date.parse(text(office.fields(text(fields, 'consent')), 'signed_at'))
  return {
    receipt: text(fields, 'receipt'),
    number: text(fields, 'number'),
    resident: text(office.fields(text(fields, 'resident')), 'name'),
    item: text(item, 'name'),
    state: text(fields, 'state'),
    filedOn: Number.isNaN(signed) ? '' : dayOf(signed),
    // A case that another helper filed carries an account, not a name.
    helper: text(fields, 'helper') === office.identity.account ? office.identity.name : '',
    given: materials.filter((one) => isInHand(have.get(one.no)?.state)).map((one) => one.name),
    missing: missingOf(materials, have).map((one) => one.name),
    promised: promisedOf(materials, have).map((one) => [one.name, have.get(one.no)?.due ?? ''] as const),
    where: text(item, 'where'),
    hours: text(item, 'hours'),
    phone: text(item, 'consult_phone'),
  }
}
