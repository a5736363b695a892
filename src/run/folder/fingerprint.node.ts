import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { ScorefieldError } from '../../base/index.ts'

/** What tells data apart: SHA-256 in hexadecimal, and the number of bytes. */
export interface Fingerprint {
  readonly sha256: string
  readonly bytes: number
}

/** SHA-256 in hexadecimal. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * The fingerprint of bytes, of a file, or of several files in this order.
 *
 * That of one file is its SHA-256, as other tools show it; that of several is the SHA-256 of the lines "sum size" of each,
 * so neither their names nor their folder matter.
 * Errors: `data/no-such-file`, `data/unreadable`.
 */
export async function fingerprintOf(data: Uint8Array | string | readonly string[]): Promise<Fingerprint> {
  if (data instanceof Uint8Array) return { sha256: sha256(data), bytes: data.byteLength }
  if (typeof data === 'string') return fingerprintOfFile(data)
  if (data.length === 1) return fingerprintOfFile(data[0]!)
  let lines = ''
  let bytes = 0
  for (const path of data) {
    const one = await fingerprintOfFile(path)
    lines += `${one.sha256} ${one.bytes}\n`
    bytes += one.bytes
  }
  return { sha256: sha256(lines), bytes }
}

async function fingerprintOfFile(path: string): Promise<Fingerprint> {
  const hash = createHash('sha256')
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      hash.update(chunk)
      bytes += chunk.byteLength
    }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new ScorefieldError({
      kind: 'data',
      code: missing ? 'data/no-such-file' : 'data/unreadable',
      message: missing ? `There is no file ${path}.` : `${path} cannot be read: ${(error as Error).message}.`,
      where: path,
      cause: error,
    })
  }
  return { sha256: hash.digest('hex'), bytes }
}
