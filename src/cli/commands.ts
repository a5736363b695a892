import type { CommandRecord } from './command.ts'
import { compareCommand } from './compare.ts'
import { completionCommand } from './completion.ts'
import { evaluateCommand } from './evaluate.ts'
import { exportCommand } from './export.ts'
import { imputeCommand } from './impute.ts'
import { inspectCommand } from './inspect.ts'
import { listCommand } from './list.ts'
import { restoreCommand } from './restore.ts'
import { runsCommand } from './runs.ts'
import { sampleCommand } from './sample.ts'
import { scoreCommand } from './score.ts'
import { trainCommand } from './train.ts'
import { tuneCommand } from './tune.ts'

/** The commands under the headings of help, in its order. */
export const commandGroups: readonly {
  readonly title: string
  readonly commands: readonly CommandRecord[]
}[] = [
  { title: 'Look at data:', commands: [inspectCommand] },
  {
    title: 'Learn and draw:',
    commands: [trainCommand, sampleCommand, tuneCommand, imputeCommand, restoreCommand],
  },
  { title: 'Judge:', commands: [scoreCommand, evaluateCommand, compareCommand] },
  { title: 'Hand over:', commands: [exportCommand] },
  { title: 'Keep track:', commands: [runsCommand, listCommand, completionCommand] },
]

/** Every command, in the order of help. */
export const commands: readonly CommandRecord[] = commandGroups.flatMap((group) => group.commands)
