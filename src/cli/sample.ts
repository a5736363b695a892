import type { CommandRecord, CommonOptions } from './command.ts'
import { wholeNumber } from './command.ts'
import { addDeviceOptions, type DeviceOptions } from './options.ts'

export interface SampleOptions extends CommonOptions, DeviceOptions {
  readonly count: number
  readonly output?: string
  readonly seed?: number
  readonly first?: number
  readonly sampler?: string
  readonly grid?: string
  readonly steps?: number
}

/** `scorefield sample`. */
export const sampleCommand: CommandRecord = {
  name: 'sample',
  summary: 'draw new rows from a run, with the columns of its data',
  examples: [
    { line: 'scorefield sample runs/wine -n 1000 -o new.csv', does: 'a thousand new rows as CSV' },
    { line: 'scorefield sample runs/wine -n 5 --seed 7', does: 'five rows to the screen, of another seed' },
  ],
  define: (command) => {
    command
      .argument('<run>', 'folder of the run')
      .requiredOption('-n, --count <n>', 'how many rows', wholeNumber('-n', 1))
      .option(
        '-o, --output <file>',
        'CSV, TSV, Parquet or JSON file, by its extension (default: CSV to the screen)',
      )
      .option('--seed <n>', 'row i depends on the seed and i only (default: 0)', wholeNumber('--seed', 0))
      .option(
        '--first <i>',
        'index of the first row: draw the same sample in parts (default: 0)',
        wholeNumber('--first', 0),
      )
      .option('--sampler <name>', 'see scorefield list samplers (default: the run’s, heun)')
      .option('--grid <name>', 'see scorefield list grids (default: the run’s, karras)')
      .option('--steps <n>', 'steps from noise to data (default: the run’s, 25)', wholeNumber('--steps', 1))
    addDeviceOptions(command)
    command.action(async (run: string, options: SampleOptions) => {
      const { runSample } = await import('./sample.action.ts')
      await runSample(run, options)
    })
  },
}
