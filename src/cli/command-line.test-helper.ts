import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll } from 'vitest'
import { runCommandLine } from './run.ts'

/** What a command line did. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
  /** The lines of stdout as JSON; for --json. */
  readonly events: () => Record<string, unknown>[]
}

/** Runs a command line within this process, on the sources as they are. */
export async function scorefield(...args: string[]): Promise<Outcome> {
  const [stdout, stderr] = [collector(), collector()]
  const code = await runCommandLine(args, '0.0.0-test', { stdout: stdout.stream, stderr: stderr.stream })
  return outcome(code, stdout.text(), stderr.text())
}

/** The same, for what must succeed. */
export async function succeeded(...args: string[]): Promise<Outcome> {
  const done = await scorefield(...args)
  if (done.code !== 0) throw new Error(`scorefield ${args.join(' ')} ended with ${done.code}: ${done.err}`)
  return done
}

export function outcome(code: number, out: string, err: string): Outcome {
  const events = (): Record<string, unknown>[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { code, out, err, events }
}

/** A folder that lasts as long as the test file; its name is one that careless code trips over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield it\'s "here" 🍷 '))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** The cells of a CSV file without quotes: header first. */
export function cells(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','))
}

/** Small batches, and one thread: several that wait for each other crawl on a machine that is busy with other tests. */
export const tinyTraining: readonly string[] = [
  ...['--set', 'training.batchSize=32', '--threads', '1', '--no-pictures'],
]

/** Options of a network that trains in no time. */
export const tinyModel: readonly string[] = [
  ...['--set', 'model.size.width=16', '--set', 'model.size.blocks=1', '--set', 'model.size.embedding=8'],
  ...tinyTraining,
]

function collector(): { stream: Writable; text: () => string } {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}
