import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { families } from '../../family/index.ts'
import { completeConfig } from '../config/config.ts'
import { defaultTraining } from '../config/defaults.ts'
import type { RunConfig, RunOptions } from '../config/schema.ts'
import type { RunDescription } from '../folder/manifest.ts'

/** A folder of one test, whose name is as awkward as users' are; it goes when the test ends. */
export async function ownFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scorefield run\'s "größte" 🌀 '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A whole configuration. */
export function someConfig(given: RunOptions = {}): RunConfig {
  const { seed: _, ...training } = defaultTraining({
    family: families[0]!,
    dimension: 2,
    rows: 1000,
    heldOutRows: 100,
    scale: { sigmaData: 1, largestDistance: 5 },
    seed: 0,
  })
  const chosen: RunOptions = {
    name: 'moons',
    data: given.data ? { kind: 'table' } : { kind: 'toy', source: 'toy:two-moons' },
    model: { network: 'residual-mlp', size: { width: 8, blocks: 1, embedding: 4, frequencies: 2 } },
    training,
    sampling: { sampler: 'heun', steps: 25 },
  }
  return completeConfig({ given, chosen })
}

/** What a new run is told. */
export function someDescription(given: RunOptions = {}): RunDescription {
  return {
    config: someConfig(given),
    data: { version: 1, kind: 'toy', notes: ['naïve “quotes” — 🌀'] },
    versions: { scorefield: '0.1.0', node: '20.0.0' },
    fingerprint: { sha256: 'ab', bytes: 3 },
    commandLine: ['train', 'toy:two-moons', '--out', 'a b'],
  }
}
