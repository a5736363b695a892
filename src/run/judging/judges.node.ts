import type { OpenedModel } from '../experiment/open-model.node.ts'
import type { Judge } from './judge.ts'
import { picturesJudge } from './pictures-judge.node.ts'
import { rowsJudge } from './rows-judge.node.ts'

/** Every judge, one for each kind of rows; the last takes any. */
const judges: readonly Judge[] = [picturesJudge, rowsJudge]

/** The judge of a run's rows: the first that takes them. */
export function judgeOf(opened: OpenedModel): Judge {
  return judges.find(({ takes }) => takes(opened))!
}
