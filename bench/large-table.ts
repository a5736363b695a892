import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { withDatabase } from '../src/data/table/duckdb.node.ts'
import type { Bench } from './harness.ts'

const rows = 5_000_000

/** Training on a Parquet file of 5 million rows of 10 columns: how much memory, and how long until the first step. */
export const largeTable: Bench = {
  name: 'large-table',
  summary: '`scorefield train` on 5 million rows of 10 columns of Parquet: memory and time to the first step',
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'scorefield-bench-'))
    try {
      const file = join(folder, 'large.parquet')
      await writeRows(file)
      const { residentBytes, secondsToFirstStep } = await trainOn(file, join(folder, 'run'))
      const common = { peers: {}, ratio: null }
      yield {
        ...common,
        name: 'large table: most resident memory',
        unit: 'GB',
        ours: residentBytes / 1e9,
        target: { atMost: 1.5 },
        met: residentBytes <= 1.5e9,
      }
      yield {
        ...common,
        name: 'large table: until the first step',
        unit: 's',
        ours: secondsToFirstStep,
        target: { atMost: 10 },
        met: secondsToFirstStep <= 10,
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** An integer, eight numbers that go together, a skewed one with gaps. */
async function writeRows(file: string): Promise<void> {
  const columns = Array.from(
    { length: 8 },
    (_, k) => `round((random() + random() + random() - 1.5) * ${k + 1} + 0.3 * z, 4) as c${k}`,
  )
  await withDatabase(async (connection) => {
    await connection.run('select setseed(0.5)')
    await connection.run(
      `copy (select (range % 37)::integer as grp, ${columns.join(', ')},
         case when random() < 0.02 then null else round(exp(z), 3) end as skew
       from (select range, (random() + random() - 1) * 2 as z from range(${rows})))
       to '${file.replaceAll("'", "''")}' (format parquet)`,
    )
  })
}

/** The most memory that the process ever held, as Linux counts it, and seconds from its start to its first steps. */
function trainOn(file: string, out: string): Promise<{ residentBytes: number; secondsToFirstStep: number }> {
  const started = performance.now()
  const options = ['--out', out, '--steps', '2000', '--json', '--quiet', '--no-pictures']
  const child = spawn(process.execPath, ['dist/cli/main.js', 'train', file, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let residentBytes = 0
  let secondsToFirstStep = Number.NaN
  const watch = setInterval(() => {
    try {
      const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
      residentBytes = Math.max(residentBytes, Number(kilobytes ?? 0) * 1024)
    } catch {
      // The process has just ended.
    }
  }, 50)
  child.stdout.on('data', (text) => {
    if (Number.isNaN(secondsToFirstStep) && String(text).includes('"type":"step"'))
      secondsToFirstStep = (performance.now() - started) / 1000
  })
  return new Promise((resolve, reject) =>
    child.on('close', (code) => {
      clearInterval(watch)
      if (code === 0) resolve({ residentBytes, secondsToFirstStep })
      else reject(new Error(`scorefield train ended with ${code}`))
    }),
  )
}
