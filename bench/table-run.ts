import { join } from 'node:path'
import { inTemporaryFolder, scorefield } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'

/** The command line from end to end on the table that the project carries. */
export const tableRun: Bench = {
  name: 'table-run',
  summary: '`scorefield train` on a real table: share of the time inside the runtime',
  async *run() {
    yield* inTemporaryFolder(timed)
  },
}

async function* timed(folder: string): AsyncGenerator<BenchResult> {
  const stdout = scorefield(
    'train',
    'data/wine-quality/winequality-white.csv',
    ...['--out', join(folder, 'run'), '--json', '--quiet'],
  )
  const last = stdout.trim().split('\n').at(-1)!
  const done = JSON.parse(last) as { secondsElapsed: number; secondsInRuntime: number }
  const share = done.secondsInRuntime / done.secondsElapsed
  yield {
    name: '`train` on a table: time inside the runtime',
    unit: '%',
    ours: 100 * share,
    peers: {},
    ratio: null,
    target: { atLeast: 85 },
    met: share >= 0.85,
    note: `${done.secondsElapsed.toFixed(1)} s in all, pictures included`,
  }
}
