// What a session tells whoever holds it. Events describe what is already stored; losing one loses nothing.

import type { FileState, OutcomeCode } from '../protocol/messages'

export type Event =
  /** Nothing unsent, every bucket at the centre's head with the centre's sum. The only ground for "synced". */
  | { readonly is: 'level'; readonly tag: string }
  | { readonly is: 'rows_changed'; readonly records: readonly string[] }
  | { readonly is: 'outcomes_changed'; readonly outcomes: readonly (readonly [string, OutcomeCode])[] }
  | { readonly is: 'files_changed'; readonly states: readonly (readonly [string, FileState])[] }
  /** Rows were forgotten and are read again. `reason` is gone, generation, sum or epoch. */
  | { readonly is: 'bucket_reset'; readonly bucket: string; readonly reason: string }
  /** This device has a new chain; `resent` changes go into it. */
  | { readonly is: 'fork_healed'; readonly chainEpoch: number; readonly resent: number }
  /** The centre lacked acknowledged changes; they go up again, or a new chain is asked for. */
  | { readonly is: 'gap_found'; readonly resent: number; readonly restart: boolean }
  /** The centre was restored from a backup; what it lacks is sent again. */
  | { readonly is: 'epoch_changed'; readonly epoch: string; readonly resent: number; readonly evidence: number }
  /** The outbox stays and can be exported. */
  | { readonly is: 'upgrade_required'; readonly minApp: number }
  /** Rows are gone already; what is unsent is being deposited. */
  | { readonly is: 'revoked'; readonly waiting: number }
  /** Everything unsent lies in quarantine at the centre: delete the store and its keys. */
  | { readonly is: 'wipe_now' }
  /** The access token was not accepted, or ends within `expiresIn` seconds. */
  | { readonly is: 'need_token'; readonly expiresIn: number }
  /** What came back was no answer of this protocol: a login page, a cut body, another centre. */
  | { readonly is: 'bad_answer'; readonly detail: string }
  /** The disk would not take an answer. Nothing of it counts; it is asked for again. */
  | { readonly is: 'answer_not_saved'; readonly detail: string }
