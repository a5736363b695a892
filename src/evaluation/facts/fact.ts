import type { Estimate } from '../statistics/estimate.ts'
import { called, type Evidence } from './evidence.ts'
import { estimate } from './format.ts'
import { type Limits, type Mark, markOf, marks } from './mark.ts'

/** Below so many rows nothing is claimed, whatever the interval: those of resamples and of Student’s t are rough there. */
export const fewestRows = 30

/** A figure as an aspect reads it. */
export interface Reading {
  /** The figure that is shown. */
  readonly figure: Estimate
  /** The same of real rows in place of synthetic ones, or of what else it is held against. */
  readonly floor?: Estimate
  /** What the limits apply to, with its interval; smaller is better. */
  readonly judged: Estimate
  /** Rows on each side that it was measured on: those that the interval’s width comes from. */
  readonly rows: number
  /** The numbers behind the words, the rest of the sentence: ‘: the distance is 0.05 (0.03 to 0.07)’. */
  readonly because: string
  /** How figure and floor are written; as numbers with their intervals unless given. */
  readonly shown?: (given: Estimate) => string
  /** Why nothing is shown, whatever the interval. */
  readonly void?: string
}

/** What is said at each mark: a clause without its numbers. */
export type Words = Readonly<Record<Mark, string>>

/** What an aspect is about. */
export type Topic = 'samples' | 'likelihood' | 'use' | 'privacy'

/** What an aspect states of itself. */
export interface AspectDefinition<R extends Reading> {
  /** A word or two: `correlations`. */
  readonly name: string
  /** What the figure is and which value is perfect, for the head of a row. */
  readonly title: string
  readonly limits: Limits
  /** The limits in words; smaller ends first. */
  readonly rule: string
  /** The part of a report that it belongs to. */
  readonly topic: Topic
  /** Whether a good one is worth a sentence; what is not good always gets one. */
  readonly headline: boolean
  /** undefined where it was not measured. */
  readonly read: (evidence: Evidence) => R | undefined
  readonly words: (reading: R) => Words
}

declare const supported: unique symbol

/** A sentence that an interval supports. Only `factFrom` makes one, out of the mark that the interval gives. */
export type Statement = string & { readonly [supported]: true }

/** What is known of an aspect. */
export interface Fact {
  readonly name: string
  readonly topic: Topic
  readonly title: string
  readonly mark: Mark
  readonly figure: Estimate
  readonly floor?: Estimate
  /** Both as they are written in tables; a dash where there is no floor. */
  readonly figureText: string
  readonly floorText: string
  readonly judged: Estimate
  readonly rows: number
  readonly rule: string
  readonly headline: boolean
  readonly says: Statement
}

/** One thing that is said of a run: which figure, how it is judged, and all that can be said of it. One file each. */
export interface Aspect {
  readonly name: string
  /** What the evidence shows of it; undefined where it was not measured. */
  readonly factOf: (evidence: Evidence) => Fact | undefined
  /** All that it could say of this evidence, mark by mark: for tests. */
  readonly wordsOf: (evidence: Evidence) => Words | undefined
}

/**
 * An aspect of what it states of itself.
 *
 * The mark is that of the judged interval, and the words are those of the mark: whoever asks for a fact chooses neither.
 */
export function defineAspect<R extends Reading>(definition: AspectDefinition<R>): Aspect {
  const { name, read, words } = definition
  return {
    name,
    factOf: (evidence) => {
      const reading = read(evidence)
      return reading && factFrom(definition, reading, evidence)
    },
    wordsOf: (evidence) => {
      const reading = read(evidence)
      return reading && words(reading)
    },
  }
}

/** Of aspects of one thing, the first that was measured: a quantity is judged once, by one figure. All have one name. */
export function firstMeasured(aspects: readonly [Aspect, ...Aspect[]]): Aspect {
  const first = <T>(found: readonly (T | undefined)[]): T | undefined =>
    found.find((one) => one !== undefined)
  return {
    name: aspects[0].name,
    factOf: (evidence) => first(aspects.map(({ factOf }) => factOf(evidence))),
    wordsOf: (evidence) => first(aspects.map(({ wordsOf }) => wordsOf(evidence))),
  }
}

function factFrom<R extends Reading>(
  { name, topic, title, limits, rule, headline, words }: AspectDefinition<R>,
  reading: R,
  evidence: Evidence,
): Fact {
  const { figure, floor, judged, rows, because, shown = estimate } = reading
  const reason = whyNothing(reading)
  const mark = reason === undefined ? markOf(judged, limits) : 'not shown'
  const since = reason === undefined ? '' : `, since ${reason}`
  return {
    name,
    topic,
    title: called(title, evidence),
    mark,
    figure,
    ...(floor && { floor }),
    figureText: shown(figure),
    floorText: floor ? shown(floor) : '–',
    judged,
    rows,
    rule: called(rule, evidence),
    headline,
    says: called(`${words(reading)[mark]}${since}${because}.`, evidence) as Statement,
  }
}

/** Why nothing is shown, whatever the interval. */
function whyNothing({ rows, void: reason }: Reading): string | undefined {
  return reason ?? (rows < fewestRows ? `that is fewer than ${fewestRows} rows` : undefined)
}

/** Facts by mark, the worst first. */
export function worstFirst(facts: readonly Fact[]): Fact[] {
  return [...facts].sort((a, b) => marks.indexOf(b.mark) - marks.indexOf(a.mark))
}
