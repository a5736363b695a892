import { type Verdict, verdictOf } from '../../evaluation/index.ts'
import type { ReportData } from './data.ts'

/** The verdict of a report: that of its evaluation, as on the terminal. */
export function verdictOfReport({ evaluation, utility, privacy }: ReportData): Verdict {
  return verdictOf({ ...evaluation, ...(utility && { utility }), ...(privacy && { privacy }) })
}

/** What a mark means, told once beside the marks. */
export const markMeaning =
  'a mark holds for the whole 95 % interval: an interval that crosses a limit gets both sides, one that crosses all limits is not shown'
