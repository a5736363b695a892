import { byName } from '../../base/index.ts'
import { noiseProcesses } from '../../noise/index.ts'
import type { TimeGrid } from './grid.ts'
import { karras } from './karras.ts'
import { logSnr } from './log-snr.ts'
import { timeOf } from './process-time.ts'
import { uniform } from './uniform.ts'

/** Every time grid; the first is the default. */
export const timeGrids: readonly TimeGrid[] = [
  karras,
  logSnr,
  uniform,
  // In EDM's time, which is σ itself, the levels are those of `uniform`.
  ...noiseProcesses.filter(({ name }) => name !== 'edm').map(timeOf),
]

/** The time grid of that name; throws `usage/unknown-name`, with the nearest name. */
export const timeGridByName = (name: string): TimeGrid => byName(timeGrids, name, 'time grid')
