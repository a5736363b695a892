/**
 * The report of a run as one page, and what it is made of: pure functions of plain data, in Node and in a browser.
 */
export type {
  DataWords,
  PictureSheets,
  ReportAssociations,
  ReportColumn,
  ReportData,
  ReportRow,
  ReportRows,
  ReportSource,
  ReportTraining,
  Sheet,
} from './data.ts'
export { reportHtml } from './report.ts'
export {
  endSentence,
  type LeastLoss,
  leastLossOf,
  type TrainingSteps,
  type TurningPoint,
  trainingSentences,
  turningPointOf,
  turningText,
  type UsedWeights,
  weightsSentence,
} from './steps.ts'
export { markMeaning, verdictOfReport } from './verdict-of.ts'
