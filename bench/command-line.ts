import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The Python that peers run in. */
export const python: string = process.env['SCOREFIELD_PYTHON'] ?? 'python3'

/** Where real tables lie that the project does not carry. */
export const sharedData: string = process.env['SCOREFIELD_DATA'] ?? '../shared/data'

/** What a program of the machine prints; throws what it says on stderr unless it ends with 0. */
export function printed(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}: ${stderr}`)
  return stdout
}

/** What a command of the built command line prints. */
export function scorefield(...args: readonly string[]): string {
  return printed(process.execPath, ['dist/cli/main.js', ...args])
}

/** A folder that is there while its content is used. */
export async function* inTemporaryFolder<T>(use: (folder: string) => AsyncIterable<T>): AsyncGenerator<T> {
  const folder = mkdtempSync(join(tmpdir(), 'scorefield-bench-'))
  try {
    yield* use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
