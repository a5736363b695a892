import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

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

/**
 * A run trained on a table in `folder`, without an option but those given, and the seconds that it took; one that is there and done is taken as it
 * is, one that was broken off goes on.
 */
export function trained(
  path: string,
  folder: string,
  options: readonly string[] = [],
): { readonly run: string; readonly seconds: number } {
  const [run, done] = [join(folder, 'run'), join(folder, 'seconds.json')]
  if (existsSync(done)) return { run, seconds: JSON.parse(readFileSync(done, 'utf8')) as number }
  const begun = existsSync(join(run, 'metrics.jsonl'))
  if (!begun) rmSync(run, { recursive: true, force: true })
  const before = begun ? secondsSoFar(run) : 0
  const started = performance.now()
  scorefield(
    'train',
    ...(begun ? ['--resume', run] : [path, '--out', run, '--no-pictures', ...options]),
    '--quiet',
  )
  const seconds = before + (performance.now() - started) / 1000
  writeFileSync(done, JSON.stringify(seconds))
  return { run, seconds }
}

/** Seconds that the steps of a run took before it was broken off. */
function secondsSoFar(run: string): number {
  const steps = readFileSync(join(run, 'metrics.jsonl'), 'utf8').match(/"secondsElapsed":[\d.]+/g) ?? []
  return Number(steps.at(-1)?.split(':')[1] ?? 0)
}

/** The folder of a table's run: below the one given, which stays, or a temporary one. */
export async function* inFolderOf<T>(
  path: string,
  folder: string | undefined,
  use: (folder: string) => AsyncIterable<T>,
): AsyncGenerator<T> {
  if (folder === undefined) yield* inTemporaryFolder(use)
  else {
    const own = join(folder, basename(path))
    mkdirSync(own, { recursive: true })
    yield* use(own)
  }
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
