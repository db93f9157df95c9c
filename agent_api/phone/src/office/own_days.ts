// The centre's own working days as this phone holds them.

import { overridesIn, type Overrides } from '../domain/working_days'
import type { Office } from './office'

export function ownDays(office: Office): Overrides {
  return overridesIn(office.replica.seeAll('calendar').map((one) => one.fields))
}
