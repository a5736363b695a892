import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inTemporaryFolder, python, scorefield } from './command-line.ts'
import type { Bench, BenchResult } from './harness.ts'

const table = 'data/wine-quality/winequality-white.csv'
const batchSize = 256
const steps = 1500
const rounds = 3

/** The command line's training of a real table beside the same network in PyTorch, rows read and shuffled by both. */
export const tableThroughput: Bench = {
  name: 'table-throughput',
  summary: 'training steps a second on a real table, data loading included, beside PyTorch',
  async *run() {
    yield* inTemporaryFolder(besidePyTorch)
  },
}

async function* besidePyTorch(folder: string): AsyncGenerator<BenchResult> {
  const ours: number[] = []
  const theirs: Record<'loader' | 'index', number[]> = { loader: [], index: [] }
  let note = ''
  for (let round = 0; round < rounds; round++) {
    ours.push(ourSteps(join(folder, `run-${round}`)))
    const peer = torchSteps()
    if (peer === undefined) note = 'PyTorch is not at hand'
    else {
      theirs.loader.push(peer.loader.stepsPerSecond)
      theirs.index.push(peer.index.stepsPerSecond)
      note = `PyTorch ${peer.version}, ${peer.index.threads} threads, the best; medians of ${rounds} rounds, taken in turn`
    }
  }
  const us = median(ours)
  const peers: Record<string, number> =
    theirs.index.length === 0
      ? {}
      : { 'torch, DataLoader': median(theirs.loader), 'torch, rows by index': median(theirs.index) }
  const ratio = theirs.index.length === 0 ? null : us / Math.max(...Object.values(peers))
  yield {
    name: `\`train\` on a table, batches of ${batchSize}`,
    unit: 'steps/s',
    ours: us,
    peers,
    ratio,
    target: { ratio: 2 },
    met: ratio === null ? null : ratio >= 2,
    note,
  }
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
  const stdout = scorefield('train', table, ...options)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; step: number; secondsElapsed: number })
    .filter(({ type }) => type === 'step')
  const [first, last] = [events[0]!, events.at(-1)!]
  return (last.step - first.step) / (last.secondsElapsed - first.secondsElapsed)
}

interface TorchSpeed {
  readonly threads: number
  readonly stepsPerSecond: number
}

function torchSteps(): { version: string; loader: TorchSpeed; index: TorchSpeed } | undefined {
  const { stdout, status } = spawnSync(
    python,
    ['bench/peers/torch_table.py', table, ';', `${batchSize}`, '4'],
    { encoding: 'utf8' },
  )
  return status === 0 ? JSON.parse(stdout) : undefined
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
