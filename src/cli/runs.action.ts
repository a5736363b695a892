import { estimate } from '../evaluation/index.ts'
import { diffRuns, listRuns, type RunSummary } from '../run/node.ts'
import { type CommandContext, type CommonOptions, wrongValue } from './command.ts'
import { columnsText } from './layout.ts'
import { group, Terminal } from './terminal.ts'

/** What the command line of `runs` says. */
export interface RunsOptions extends CommonOptions {
  readonly sort: string
  readonly diff?: readonly string[]
}

/** Prints the runs of a folder, a line each. */
export async function runRuns(folder: string, options: RunsOptions, context: CommandContext): Promise<void> {
  const terminal = new Terminal(options, context)
  if (options.diff) return tellDifferences(options.diff, terminal)
  const runs = sorted(await listRuns(folder), options.sort)
  if (runs.length === 0)
    terminal.say(`There are no runs in ${folder}. Make one with: scorefield train FILE.csv`)
  else terminal.print(table(runs, terminal.width))
  for (const run of runs) terminal.event({ ...run, type: 'run' })
  terminal.event({ type: 'done', runs: runs.length })
}

function sorted(runs: readonly RunSummary[], order: string): RunSummary[] {
  // They come newest first; a run without a loss goes last.
  if (order === 'name') return [...runs].sort((a, b) => a.name.localeCompare(b.name))
  if (order === 'loss') return [...runs].sort((a, b) => (a.bestLoss ?? Infinity) - (b.bestLoss ?? Infinity))
  if (order === 'classifier') return [...runs].sort((a, b) => distinctness(a) - distinctness(b))
  if (order === 'steps') return [...runs].sort((a, b) => b.step - a.step)
  if (order === 'data') return [...runs].sort((a, b) => a.data.localeCompare(b.data))
  return [...runs]
}

/** How far a run's samples are from being taken for real; a run that was not evaluated comes last. */
function distinctness({ classifier }: RunSummary): number {
  return classifier === null ? Infinity : Math.abs(classifier - 0.5)
}

/** Prints in what two runs differ, a line each. */
async function tellDifferences(runs: readonly string[], terminal: Terminal): Promise<void> {
  const [first, second] = runs
  if (first === undefined || second === undefined || runs.length > 2)
    throw wrongValue(`--diff takes two runs, not ${runs.length}.`)
  const differences = await diffRuns(first, second)
  if (differences.length === 0) terminal.say(`${first} and ${second} have the same settings.`)
  else
    terminal.print(
      columnsText(
        [
          ['setting', first, second],
          ...differences.map((one) => [one.path, one.first ?? '–', one.second ?? '–']),
        ],
        { width: terminal.width },
      ).join('\n'),
    )
  terminal.event({ type: 'done', first, second, differences })
}

function table(runs: readonly RunSummary[], width: number): string {
  const labels = ['run', 'created', 'data', 'steps', 'held-out loss', 'classifier', 'verdict']
  const rows = [
    labels,
    ...runs.map((run) => [
      run.folder.split(/[\\/]/).at(-1)!,
      run.created.slice(0, 16).replace('T', ' '),
      run.data,
      `${group(run.step)}/${group(run.steps)}`,
      run.problem ??
        (run.bestLoss === null ? '–' : `${run.bestLoss.toFixed(4)}, weights of step ${group(run.bestStep)}`),
      classifierText(run),
      marksText(run),
    ]),
  ]
  const lines = columnsText(rows, { width, labels })
  // In blocks each figure has its label, and the row of labels says nothing more.
  const isBlocks = lines[0] === labels[0]
  return (isBlocks ? columnsText(rows.slice(1), { width, labels }) : lines).join('\n')
}

function classifierText({ classifier, classifierInterval }: RunSummary): string {
  if (classifier === null || classifierInterval === null) return '–'
  const [low, high] = classifierInterval
  return estimate({ value: classifier, low, high })
}

/** `5 good, 1 poor, 2 not shown`. */
function marksText({ marks }: RunSummary): string {
  const counted = Object.entries(marks ?? {}).map(([mark, count]) => `${count} ${mark}`)
  return counted.length === 0 ? '–' : counted.join(', ')
}
