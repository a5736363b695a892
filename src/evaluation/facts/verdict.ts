import { aspectsOf } from './aspects/index.ts'
import { called, type Evidence } from './evidence.ts'
import { type Fact, worstFirst } from './fact.ts'
import { listed } from './format.ts'
import { type Mark, marks, worstMark } from './mark.ts'

/** What a stranger should know of a run: the same in a report, on a card and on a terminal. */
export interface Verdict {
  /** The worst mark; absent where nothing was measured. */
  readonly mark?: Mark
  /** One for each aspect that was measured, in the order of `aspects`. */
  readonly facts: readonly Fact[]
  /** Names of the aspects that were not measured. */
  readonly unmeasured: readonly string[]
  /**
   * How many facts have which mark, naming all that are not good; then what is said of each that is not good, the worst
   * first, and of good ones that are worth it.
   */
  readonly sentences: readonly string[]
}

/** The verdict that the evidence supports. */
export function verdictOf(evidence: Evidence): Verdict {
  const found = aspectsOf(evidence).map(({ name, factOf }) => ({ name, fact: factOf(evidence) }))
  const facts = found.flatMap(({ fact }) => fact ?? [])
  const unmeasured = found.filter(({ fact }) => fact === undefined).map(({ name }) => name)
  const mark = worstMark(facts.map((fact) => fact.mark))
  return {
    ...(mark && { mark }),
    facts,
    unmeasured,
    sentences: [
      ...countSentences(facts),
      ...(evidence.choseWeights && facts.length > 0 ? [called(biasSentence, evidence)] : []),
      ...(unmeasured.length > 0 ? [`Not measured: ${listed(unmeasured)}.`] : []),
      ...worstFirst(facts)
        .filter((fact) => fact.mark !== 'good' || fact.headline)
        .map(({ says }) => says),
    ],
  }
}

/** What is said where no rows were left to judge by alone. */
const biasSentence =
  'The table is small, so the rows that judge the model chose its weights, too: the figures are likely a little too good.'

/** ‘Of 7 aspects, 5 are good and 1 is poor (correlations); not shown: usefulness.’ */
function countSentences(facts: readonly Fact[]): string[] {
  if (facts.length === 0) return []
  const counts = marks
    .filter((mark) => mark !== 'not shown')
    .flatMap((mark) => {
      const names = facts.filter((fact) => fact.mark === mark).map(({ name }) => name)
      if (names.length === 0) return []
      const told = mark === 'good' ? '' : ` (${listed(names)})`
      return [`${names.length} ${names.length === 1 ? 'is' : 'are'} ${mark}${told}`]
    })
  const open = facts.filter(({ mark }) => mark === 'not shown').map(({ name }) => name)
  const shown = counts.length > 0 ? listed(counts) : 'none is shown to be good or poor'
  const left = open.length > 0 ? `; too uncertain to say: ${listed(open)}` : ''
  return [`Of ${facts.length} aspect${facts.length === 1 ? '' : 's'} measured, ${shown}${left}.`]
}
