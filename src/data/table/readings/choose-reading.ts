import { leastShare, type ReadingHints, type TextReading } from './reading.ts'
import { readings } from './readings.ts'
import type { Shape, ShapeTally } from './shapes.ts'

/** What came of going through a column's cells with one reading. */
interface Trial {
  readonly reading: TextReading
  /** [rows], where they are kept; NaN for a gap. */
  readonly values: Float64Array | undefined
  misfits: number
  /** Cells that come back written otherwise, though of the same value. */
  changed: number
  readonly misfitExamples: Example[]
  changedExample: Example | undefined
}

interface Example {
  readonly cell: string
  readonly row: number
}

/** The reading of a column, if there is one, and what a person should know, one sentence each. */
export interface ReadingChoice {
  readonly reading: TextReading | undefined
  /** Its numbers, where they were to be kept. */
  readonly values: Float64Array | undefined
  readonly notes: readonly string[]
}

const mostExamples = 3
/** After so many cells readings that fit fewer of them than another are given up. */
const firstLook = 2000

/**
 * Tries the readings that a column's shapes propose on all of its cells.
 *
 * A reading is taken only if it reads every cell. Of several the one is taken that writes the most cells as they were; of
 * equals the likeliest.
 */
export class ReadingTrials {
  private readonly name: string
  private trials: Trial[]
  private readonly refusal: string | undefined
  private seen = 0
  private isNarrowed = false

  /** keep: so many rows are kept as numbers; none if left out. only: the one reading to try, whatever the shapes propose. */
  constructor(
    name: string,
    tally: ShapeTally,
    options: {
      readonly hints?: ReadingHints
      readonly keep?: number
      readonly only?: TextReading | undefined
    } = {},
  ) {
    const { shapes } = tally
    const { hints = {}, keep, only } = options
    const proposals = shapes.length === 0 ? [] : readings.flatMap((reading) => reading.propose(shapes, hints))
    const proposed = only === undefined ? proposals : [only]
    this.name = name
    this.trials = proposed.map((reading) => ({
      reading,
      values: keep === undefined ? undefined : new Float64Array(keep).fill(Number.NaN),
      misfits: 0,
      misfitExamples: [],
      ...(reading.isShapeEnough
        ? changedByShape(reading, shapes)
        : { changed: 0, changedExample: undefined }),
    }))
    this.refusal =
      proposed.length > 0
        ? undefined
        : readings.map(({ refuse }) => refuse?.(shapes)).find((why) => why !== undefined)
  }

  /** Whether there is anything to try: without, no cell need be shown. */
  get isOpen(): boolean {
    return this.trials.length > 0
  }

  /** Tries some cells; the first of them is of row `first`. */
  see(cells: readonly (string | null)[], first: number): void {
    for (let from = 0; from < cells.length; from += firstLook) {
      const to = Math.min(from + firstLook, cells.length)
      for (const trial of this.trials) tryCells(trial, cells, from, to, first)
      for (let at = from; at < to; at++) if (cells[at] !== null) this.seen++
      if (this.seen >= firstLook && !this.isNarrowed) this.narrow()
    }
  }

  private narrow(): void {
    const best = bestOf(this.trials)
    this.isNarrowed = true
    this.trials = this.trials.filter(({ misfits, changed, reading }) => {
      if (best === undefined || misfits > best.misfits) return false
      return reading === best.reading || reading.meaning !== best.reading.meaning || changed < best.changed
    })
  }

  choose(): ReadingChoice {
    const { name, seen } = this
    const best = bestOf(this.trials)
    if (best === undefined)
      return asText(this.refusal === undefined ? [] : [`'${name}' was read as text: ${this.refusal}`])
    const { reading, misfits, values } = best
    if (misfits > 0)
      return asText(seen - misfits < leastShare * seen ? [] : [describeMisfits(name, best, seen)])
    const others = this.trials.flatMap((trial) =>
      trial.misfits === 0 && trial.reading.meaning !== reading.meaning ? [trial.reading.meaning] : [],
    )
    const ends = [reading.remark, others.length > 0 ? reading.doubt?.(others) : undefined].filter(
      (end) => end !== undefined,
    )
    const notes = ends.map((end) => `'${name}' ${end}`)
    if (best.changed > 0 && !reading.isRewritten) notes.push(describeChanged(name, best, seen))
    return { reading, values, notes }
  }
}

function asText(notes: readonly string[]): ReadingChoice {
  return { reading: undefined, values: undefined, notes }
}

function tryCells(
  trial: Trial,
  cells: readonly (string | null)[],
  from: number,
  to: number,
  first: number,
): void {
  const { reading, values, misfitExamples } = trial
  for (let at = from; at < to; at++) {
    const cell = cells[at]!
    if (cell === null) continue
    const value = reading.parse(cell)
    if (Number.isNaN(value)) {
      trial.misfits++
      const isNew =
        misfitExamples.length < mostExamples && !misfitExamples.some((known) => known.cell === cell)
      if (isNew) misfitExamples.push({ cell, row: first + at })
    } else if (values) values[first + at] = value
    if (!reading.isShapeEnough && reading.format(value) !== cell && !Number.isNaN(value)) {
      trial.changed++
      trial.changedExample ??= { cell, row: first + at }
    }
  }
}

/** How many cells come back written otherwise, as their shapes show. */
function changedByShape(
  { parse, format }: TextReading,
  shapes: readonly Shape[],
): Pick<Trial, 'changed' | 'changedExample'> {
  const changed = shapes.filter(({ example }) => {
    const value = parse(example)
    return !Number.isNaN(value) && format(value) !== example
  })
  const [first] = changed
  return {
    changed: changed.reduce((sum, { count }) => sum + count, 0),
    changedExample: first && { cell: first.example, row: first.row },
  }
}

/** The trial of the fewest misfits, then of the fewest changes; the first of equals. */
function bestOf(trials: readonly Trial[]): Trial | undefined {
  return trials.reduce<Trial | undefined>((best, trial) => {
    if (best === undefined) return trial
    return (trial.misfits - best.misfits || trial.changed - best.changed) < 0 ? trial : best
  }, undefined)
}

function describeMisfits(name: string, { misfits, misfitExamples, reading }: Trial, seen: number): string {
  const [do_, they, them] = misfits === 1 ? ['does', 'it means', 'it'] : ['do', 'they mean', 'them']
  const examples = misfitExamples.map(({ cell, row }) => `'${shortened(cell)}' in row ${row + 1}`).join(', ')
  const what = reading.carries.calendar ? 'dates' : 'numbers'
  return `'${name}' was read as text: ${misfits} of ${seen} cells ${do_} not fit the others (${examples}). If ${they} "no value", set data.csv.gaps; else mend ${them}, to read ${what}.`
}

function describeChanged(name: string, { changed, changedExample, reading }: Trial, seen: number): string {
  const { cell, row } = changedExample!
  return `${changed} of ${seen} cells of '${name}' are not written as most are ('${cell}' in row ${row + 1}); new rows have one way: '${reading.format(reading.parse(cell))}'.`
}

function shortened(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text
}
