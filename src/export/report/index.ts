/**
 * The report of a run as one page, and what it is made of: pure functions of plain data, in Node and in a browser.
 */
export type {
  ReportAssociations,
  ReportColumn,
  ReportData,
  ReportLikelihood,
  ReportPrivacy,
  ReportRow,
  ReportRows,
  ReportSource,
  ReportTraining,
} from './data.ts'
export { reportHtml } from './report.ts'
export { type Judgement, judgementsOf, type Mark, verdictSentences } from './verdict.ts'
