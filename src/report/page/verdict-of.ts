import { type Verdict, verdictOf } from '../../evaluation/index.ts'
import type { ReportData } from './data.ts'

/** The verdict of a report: that of its evaluation, as on the terminal. */
export function verdictOfReport({ evaluation, utility, privacy }: ReportData): Verdict {
  return verdictOf({ ...evaluation, ...(utility && { utility }), ...(privacy && { privacy }) })
}

/** What a mark means, told once beside the marks. */
export const markMeaning =
  'a mark is given as far as the whole 95 % interval supports it: one that crosses a limit names both sides, one that crosses all is not shown'
