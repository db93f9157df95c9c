// Every way in which a message can be wrong, as one tree. `code` is stable; `detail` is for a log, never for a person.
//
// SyncError
// ├── Malformed          the bytes are not a message of this protocol
// │   └── LimitExceeded      they are, but too many, too long or too deep
// ├── NotAuthentic       a digest does not match what came with it
// └── NotSaved           the phone's own storage would not take it; nothing was kept

export class SyncError extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(detail)
    this.name = new.target.name
  }
}

export class Malformed extends SyncError {
  constructor(detail: string, code = 'malformed') {
    super(code, detail)
  }
}

export class LimitExceeded extends Malformed {
  constructor(detail: string) {
    super(detail, 'too_large')
  }
}

export class NotAuthentic extends SyncError {
  constructor(detail: string) {
    super('not_authentic', detail)
  }
}

export class NotSaved extends SyncError {
  constructor(detail: string) {
    super('not_saved', detail)
  }
}
