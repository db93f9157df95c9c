// Sends the bytes of files by tus 1.0: announce, find out how far it came, send the next piece, until all is up.
//
// Laws: text goes first, so only files whose change has left the outbox are ready. Every piece carries its hash. After
// any cut the centre is asked how far it came; bytes that arrived are not sent again. Pieces shrink where the line is
// cut before they are through, and grow again. A file's bytes stay on the phone until the centre says `stored`, which
// only the exchange or the live socket tells.

import { utf8, type Bytes } from '../protocol/bytes'
import { hash } from '../protocol/chain'
import { Replica } from '../replica/replica'
import type { FileToSend } from '../replica/state'
import { ask, NoContact, turnedAway } from './centre'
import type { Tokens } from './tokens'

const UPLOADS_PATH = '/v1/uploads'
const PIECE_BYTES = 64 * 1024
const PIECE_BYTES_FIRST = 16 * 1024
const PIECE_BYTES_MIN = 4 * 1024
const PIECE_TYPE = 'application/offset+octet-stream'
const TUS_VERSION = '1.0.0'
/** Times that a piece may go wrong before the line is left alone until the next exchange. */
const CUTS_MAX = 3
const NEVER = [400, 403, 413, 415]
const GONE = [404, 410]
const ASK_AGAIN = [401, 404, 409, 410, 423, 460]

export class Uploads {
  /** Pieces that arrived. */
  moved = 0
  private pieceBytes: number

  constructor(
    private readonly replica: Replica,
    private readonly tokens: Tokens,
    private readonly onProgress: (file: FileToSend) => void = () => undefined,
    private readonly pieceBytesMax = PIECE_BYTES,
  ) {
    this.pieceBytes = Math.min(PIECE_BYTES_FIRST, pieceBytesMax)
  }

  /** How many files went up whole. Rejects when the line fails; stops between two pieces when something else is due. */
  async sendReady(isElseDue: () => boolean = () => false): Promise<number> {
    let sent = 0
    for (const file of this.replica.filesReady()) {
      if (isElseDue()) break
      if ((await this.send(file, isElseDue)).delivery === 'sent') sent += 1
    }
    return sent
  }

  hasReady(): boolean {
    return this.replica.filesReady().length > 0
  }

  private async send(file: FileToSend, isElseDue: () => boolean): Promise<FileToSend> {
    let held = await this.find(file)
    let cuts = 0
    while (held.delivery === 'waiting' && held.offset < held.size && cuts < CUTS_MAX && !isElseDue()) {
      const piece = await this.replica.store.fileContent(held.id, held.offset, this.pieceBytes)
      if (piece.length === 0) return this.keep(held, { delivery: 'refused' })
      const headers = await this.headers({
        'Content-Type': PIECE_TYPE,
        'Upload-Offset': String(held.offset),
        'Upload-Checksum': `sha256 ${base64(hash(piece))}`,
      })
      const answer = await this.sendPiece(held.location, headers, piece)
      if (answer.status === 204) {
        held = await this.keep(held, { offset: offsetOf(answer) })
        this.moved += 1
        cuts = 0
        this.pieceBytes = Math.min(this.pieceBytesMax, this.pieceBytes * 2)
        this.onProgress(held)
      } else if (ASK_AGAIN.includes(answer.status)) {
        if (answer.status === 401) this.tokens.forget()
        cuts += 1
        held = await this.find(held)
      } else throw await turnedAway(answer)
    }
    if (held.delivery === 'waiting' && held.offset >= held.size) return this.keep(held, { delivery: 'sent' })
    return held
  }

  private async sendPiece(location: string, headers: { [name: string]: string }, piece: Bytes): Promise<Response> {
    try {
      return await ask(location, { method: 'PATCH', headers, body: piece })
    } catch (error) {
      this.pieceBytes = Math.max(Math.min(PIECE_BYTES_MIN, this.pieceBytesMax), Math.floor(piece.length / 2))
      throw error
    }
  }

  /** How far the centre has come with a file, which it is told of first if it does not know it. */
  private async find(file: FileToSend): Promise<FileToSend> {
    if (file.location) {
      const answer = await this.authorized(file.location, 'HEAD', {})
      if (answer.ok) return this.keep(file, { offset: offsetOf(answer) })
      if (!GONE.includes(answer.status)) throw await turnedAway(answer)
    }
    return this.announce(file)
  }

  private async announce(file: FileToSend): Promise<FileToSend> {
    const told = { id: file.id, sha256: file.sha256, type: file.type, purpose: file.purpose }
    const metadata = Object.entries(told).map(([name, value]) => `${name} ${base64(utf8(value))}`)
    const headers = { 'Upload-Length': String(file.size), 'Upload-Metadata': metadata.join(',') }
    const answer = await this.authorized(UPLOADS_PATH, 'POST', headers)
    if (NEVER.includes(answer.status)) return this.keep(file, { delivery: 'refused' })
    if (!answer.ok) throw await turnedAway(answer)
    const location = answer.headers.get('location')
    if (!location) throw new NoContact('an announcement without a place to send to')
    return this.keep(file, { location, offset: offsetOf(answer) })
  }

  private async authorized(path: string, method: string, headers: { [name: string]: string }): Promise<Response> {
    const answer = await ask(path, { method, headers: await this.headers(headers) })
    if (answer.status !== 401) return answer
    this.tokens.forget()
    return ask(path, { method, headers: await this.headers(headers) })
  }

  private async headers(more: { [name: string]: string }): Promise<{ [name: string]: string }> {
    return { 'Tus-Resumable': TUS_VERSION, Authorization: `Bearer ${await this.tokens.access()}`, ...more }
  }

  private async keep(file: FileToSend, changes: Partial<FileToSend>): Promise<FileToSend> {
    const { store } = this.replica
    return store.transaction(() => {
      // The live socket may have said `stored` meanwhile: that word stands.
      const now = store.file(file.id) ?? file
      const changed = now.delivery === 'stored' ? now : { ...now, ...changes }
      store.putFile(changed)
      return changed
    })
  }
}

function base64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes))
}

function offsetOf(answer: Response): number {
  const told = answer.headers.get('upload-offset') ?? '0'
  if (!/^\d+$/.test(told)) throw new NoContact('an offset that is no number')
  return Number(told)
}
