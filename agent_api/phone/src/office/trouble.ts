// What happened to the store or at the centre that a person should know of, kept until they say that they have read it.
// Law: whatever it is, nothing was lost that the words do not name.

import type { Event } from '../replica/events'
import type { Office } from './office'

/**
 * `rolled_back`: an older copy of this store, or a second one, was in use. `centre_restored`: the centre came back from a
 * backup. `reread`: rows had to be read again. `app_old`: this app is too old for the centre.
 */
export const TROUBLES = ['rolled_back', 'centre_restored', 'reread', 'app_old', 'not_saved'] as const
export type Trouble = (typeof TROUBLES)[number]

const NOTE = 'trouble/'

export function troubleOf(event: Event, office: Office): Trouble | null {
  switch (event.is) {
    case 'fork_healed':
      // A store that was never level has only begun, after the browser had cleared the one before it: that was told.
      return office.replica.store.standing().levels > 0 ? 'rolled_back' : null
    case 'epoch_changed':
      return 'centre_restored'
    case 'bucket_reset':
      return event.reason === 'sum' ? 'reread' : null
    case 'upgrade_required':
      return 'app_old'
    case 'answer_not_saved':
      return 'not_saved'
    default:
      return null
  }
}

export function troubles(office: Office): Trouble[] {
  return TROUBLES.filter((one) => office.note(NOTE + one) !== undefined)
}

export function keepTrouble(office: Office, trouble: Trouble): Promise<void> {
  return office.keepNote(NOTE + trouble, String(office.now())).catch(() => undefined)
}

export function readTrouble(office: Office, trouble: Trouble): Promise<void> {
  return office.keepNote(NOTE + trouble, undefined)
}
