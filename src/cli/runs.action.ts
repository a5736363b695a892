import { listRuns, type RunSummary } from '../run/node.ts'
import type { CommandContext } from './command.ts'
import type { RunsOptions } from './runs.ts'
import { group, Terminal } from './terminal.ts'

/** Prints the runs of a folder, a line each. */
export async function runRuns(folder: string, options: RunsOptions, context: CommandContext): Promise<void> {
  const terminal = new Terminal(options, context)
  const runs = sorted(await listRuns(folder), options.sort)
  if (runs.length === 0)
    terminal.say(`There are no runs in ${folder}. Make one with: scorefield train FILE.csv`)
  else terminal.print(table(runs))
  for (const run of runs) terminal.event({ ...run, type: 'run' })
  terminal.event({ type: 'done', runs: runs.length })
}

function sorted(runs: readonly RunSummary[], order: string): RunSummary[] {
  // They come newest first; a run without a loss goes last.
  if (order === 'name') return [...runs].sort((a, b) => a.name.localeCompare(b.name))
  if (order === 'loss') return [...runs].sort((a, b) => (a.bestLoss ?? Infinity) - (b.bestLoss ?? Infinity))
  return [...runs]
}

function table(runs: readonly RunSummary[]): string {
  const rows = [
    ['run', 'created', 'data', 'steps', 'held-out loss'],
    ...runs.map((run) => [
      run.folder.split(/[\\/]/).at(-1)!,
      run.created.slice(0, 16).replace('T', ' '),
      run.data,
      `${group(run.step)}/${group(run.steps)}`,
      run.problem ??
        (run.bestLoss === null ? '–' : `${run.bestLoss.toFixed(4)} at step ${group(run.bestStep)}`),
    ]),
  ]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
