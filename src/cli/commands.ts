import type { CommandRecord } from './command.ts'
import { completionCommand } from './completion.ts'
import { evaluateCommand } from './evaluate.ts'
import { exportCommand } from './export.ts'
import { inspectCommand } from './inspect.ts'
import { listCommand } from './list.ts'
import { runsCommand } from './runs.ts'
import { sampleCommand } from './sample.ts'
import { scoreCommand } from './score.ts'
import { trainCommand } from './train.ts'

/** Every command, in the order of help. */
export const commands: readonly CommandRecord[] = [
  inspectCommand,
  trainCommand,
  sampleCommand,
  scoreCommand,
  evaluateCommand,
  exportCommand,
  runsCommand,
  listCommand,
  completionCommand,
]
