/** What figures show: marks, sentences and verdicts that their intervals support. */
export { aspects } from './aspects/index.ts'
export { decidingBaseline } from './aspects/likelihood.ts'
export { called, type Evidence, type LikelihoodFigures, type PrivacyFigures } from './evidence.ts'
export {
  type Aspect,
  type Fact,
  fewestRows,
  type Statement,
  type Topic,
  type Words,
  worstFirst,
} from './fact.ts'
export { type Limits, type Mark, markOf, marks, sideOf, worstMark } from './mark.ts'
export { type Verdict, verdictOf } from './verdict.ts'
