import { type CommandRecord, wrongValue } from './command.ts'
import type { RunsOptions } from './runs.action.ts'

/** What runs can be sorted by. */
export const runOrders = ['created', 'name', 'loss', 'classifier', 'steps', 'data'] as const

/** `scorefield runs`. */
export const runsCommand: CommandRecord = {
  name: 'runs',
  summary: 'the runs in a folder: how far each is, and how good',
  examples: [
    { line: 'scorefield runs', does: 'all runs in the folder runs, the newest first' },
    {
      line: 'scorefield runs experiments --sort loss',
      does: 'another folder, the least held-out loss first',
    },
    {
      line: 'scorefield runs --sort classifier',
      does: 'first the runs whose rows are hardest to tell from real ones (intervals aside)',
    },
    { line: 'scorefield runs --diff runs/wine runs/wine-2', does: 'in which settings two runs differ' },
  ],
  define: (command, context) => {
    command
      .argument('[folder]', 'folder that holds the runs', 'runs')
      .optionsGroup('Runs:')
      .option('--sort <order>', `${runOrders.join(', ')}`, order, 'created')
      .option(
        '--diff <runs...>',
        'two runs: show the settings, columns and losses in which they differ (default: list)',
      )
      .action(async (folder: string, options: RunsOptions) => {
        const { runRuns } = await import('./runs.action.ts')
        await runRuns(folder, options, context)
      })
  },
}

function order(name: string): string {
  if (!(runOrders as readonly string[]).includes(name))
    throw wrongValue(`--sort must be ${runOrders.join(', ')}, not "${name}".`)
  return name
}
