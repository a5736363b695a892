import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './harness.ts'

/** The command line from end to end on the table that the project carries. */
export const tableRun: Bench = {
  name: 'table-run',
  summary: '`scorefield train` on a real table: share of the time inside the runtime',
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'scorefield-bench-'))
    try {
      const { stdout, status } = spawnSync(
        process.execPath,
        [
          'dist/cli/main.js',
          'train',
          'data/wine-quality/winequality-white.csv',
          '--out',
          join(folder, 'run'),
          '--json',
          '--quiet',
        ],
        { encoding: 'utf8', maxBuffer: 2 ** 28 },
      )
      if (status !== 0) throw new Error(`scorefield train ended with ${status}`)
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
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
