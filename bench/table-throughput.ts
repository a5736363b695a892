import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bench } from './harness.ts'

const table = 'data/wine-quality/winequality-white.csv'
const batchSize = 256
const steps = 1500
const rounds = 3

/** The command line's training of a real table beside the same network in PyTorch, rows read and shuffled by both. */
export const tableThroughput: Bench = {
  name: 'table-throughput',
  summary: 'training steps a second on a real table, data loading included, beside PyTorch',
  async *run() {
    const folder = mkdtempSync(join(tmpdir(), 'scorefield-bench-'))
    const [ours, theirs]: [number[], number[]] = [[], []]
    let note = ''
    try {
      for (let round = 0; round < rounds; round++) {
        ours.push(ourSteps(join(folder, `run-${round}`)))
        const peer = torchSteps()
        if (peer === undefined) note = 'PyTorch is not at hand'
        else {
          theirs.push(peer.stepsPerSecond)
          note = `PyTorch ${peer.version}, ${peer.threads} threads; medians of ${rounds} rounds, taken in turn`
        }
      }
      const [us, them] = [median(ours), theirs.length > 0 ? median(theirs) : undefined]
      const ratio = them === undefined ? null : us / them
      yield {
        name: `\`train\` on a table, batches of ${batchSize}`,
        unit: 'steps/s',
        ours: us,
        peers: them === undefined ? {} : { torch: them },
        ratio,
        target: { ratio: 2 },
        met: ratio === null ? null : ratio >= 2,
        note,
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

/** Steps a second between the first and the last step event: held-out losses and checkpoints included. */
function ourSteps(out: string): number {
  const options = [
    '--out',
    out,
    '--steps',
    `${steps}`,
    '--batch-size',
    `${batchSize}`,
    '--json',
    '--quiet',
    '--no-pictures',
  ]
  const { stdout, status } = spawnSync(process.execPath, ['dist/cli/main.js', 'train', table, ...options], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`scorefield train ended with ${status}`)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; step: number; secondsElapsed: number })
    .filter(({ type }) => type === 'step')
  const [first, last] = [events[0]!, events.at(-1)!]
  return (last.step - first.step) / (last.secondsElapsed - first.secondsElapsed)
}

function torchSteps(): { version: string; threads: number; stepsPerSecond: number } | undefined {
  const { stdout, status } = spawnSync(
    process.env['SCOREFIELD_PYTHON'] ?? 'python3',
    ['bench/peers/torch_table.py', table, ';', `${batchSize}`, '4'],
    { encoding: 'utf8' },
  )
  return status === 0 ? JSON.parse(stdout) : undefined
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
