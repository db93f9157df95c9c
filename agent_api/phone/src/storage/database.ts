// Opens the app's IndexedDB databases and writes to them. Laws: what a write resolved for is on the disk itself, not in
// somebody's buffer, and a write that fails leaves nothing. Whoever wants to delete a database is not held up.

import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'

export type Database<Schema extends DBSchema> = IDBPDatabase<Schema>

/** Ten for one: the first phones wrote it so. */
const VERSION = 10

export function openDatabase<Schema extends DBSchema>(
  name: string,
  stores: readonly { readonly name: StoreNames<Schema>; readonly key: string }[],
): Promise<Database<Schema>> {
  return openDB<Schema>(name, VERSION, {
    upgrade(database) {
      for (const { name: store, key } of stores) {
        if (!database.objectStoreNames.contains(store)) database.createObjectStore(store, { keyPath: key })
      }
    },
    blocking(_current, _blocked, event) {
      ;(event.target as IDBDatabase).close()
    },
  })
}

type Writing<Schema extends DBSchema, Names extends StoreNames<Schema>[]> = IDBPTransaction<Schema, Names, 'readwrite'>

/**
 * One strictly durable transaction over these stores. `body` hands back what it began; it waits for nothing but the
 * database. Rejects with the first thing that went wrong, and nothing of it is kept then.
 */
export async function write<Schema extends DBSchema, Names extends StoreNames<Schema>[]>(
  database: Database<Schema>,
  stores: Names,
  body: (transaction: Writing<Schema, Names>) => Promise<readonly Promise<unknown>[]>,
): Promise<void> {
  const transaction = database.transaction(stores, 'readwrite', { durability: 'strict' })
  const ended = transaction.done.then(
    () => null,
    (error: unknown) => error ?? new Error('the transaction was given up'),
  )
  try {
    await Promise.all(await body(transaction))
  } catch (error) {
    abort(transaction)
    await ended
    throw error
  }
  const fault = await ended
  if (fault) throw fault
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort()
  } catch {
    // It has ended by itself already.
  }
}
