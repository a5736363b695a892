import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { byName } from '../base/index.ts'
import { tableFormats } from '../data/node.ts'
import type { CommandContext } from './command.ts'

/** What standard input is called as a file, before its ending. */
export const inputName = 'standard-input'

/**
 * Runs `use` with the path of the data: those of standard input, where `-` is named, as a file that is gone afterwards.
 *
 * What it holds is told by the name of a format, or seen from its first bytes: Parquet, Excel, JSON (an array, or lines), else
 * separated text.
 */
export async function withInput<T>(
  data: string | undefined,
  { stdin = process.stdin }: CommandContext,
  use: (path: string | undefined) => Promise<T>,
  format?: string,
): Promise<T> {
  if (data !== '-') return use(data)
  const told = format === undefined ? undefined : byName(tableFormats, format, 'format').extensions[0]
  const folder = await mkdtemp(join(tmpdir(), 'scorefield-'))
  try {
    const path = join(folder, inputName)
    await pipeline(stdin, createWriteStream(path))
    const named = `${path}${told ?? (await endingOf(path))}`
    await rename(path, named)
    return await use(named)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function endingOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(64), 0, 64, 0)
    const [first, second] = [buffer[0], buffer[1]]
    if (first === 0x1f && second === 0x8b) return '.csv.gz'
    const head = new TextDecoder().decode(buffer.subarray(0, bytesRead)).trimStart()
    if (head.startsWith('PK\u0003\u0004')) return '.xlsx'
    if (head.startsWith('PAR1')) return '.parquet'
    return head.startsWith('[') ? '.json' : head.startsWith('{') ? '.jsonl' : '.csv'
  } finally {
    await file.close()
  }
}
