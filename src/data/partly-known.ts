import { RandomStream } from '../base/index.ts'
import { type Named, sizeOf } from '../engine/index.ts'
import {
  absentParts,
  knownNumbers,
  knownParts,
  partlyKnownShapes,
  type RowPart,
  widthOf,
} from '../family/index.ts'
import type { Example, Examples, Source } from './source.ts'

/** A column as its parts, by their places among the row's, and whether it may be given. */
export interface MaskedColumn {
  readonly parts: readonly number[]
  readonly mayBeGiven: boolean
}

/** What is drawn of the columns that may be given. */
export interface Masks {
  readonly parts: readonly RowPart[]
  readonly columns: readonly MaskedColumn[]
  readonly seed: number
}

/** Share of examples of which nothing is given: from them the joint distribution is learned. */
export const jointShare = 0.4
/** Share of the others whose given columns are absent: the distribution of the rest by itself, which guidance asks for.  Ho & Salimans 2022. */
export const droppedShare = 0.1
/** Share of given columns with a choice before the number of which the choice alone is given: "not a gap", and which number is asked. */
const choiceShare = 0.25

/**
 * Examples of partly known rows: which columns are given is drawn anew for each example, a function of (seed, n) only.
 *
 * In `jointShare` of them nothing is given; else k of the columns that may be, k uniform, any k alike. Coordinates that are NaN are not
 * known to anybody: their parts are absent.  Tashiro et al. 2021 (random masks).
 */
export function partlyKnownSource(source: Source, masks: Masks): Source {
  const example: Example = {
    event: source.example.event,
    conditions: { ...source.example.conditions, ...partlyKnownShapes(masks.parts) },
  }
  const tell = teller(masks)
  return {
    ...source,
    example,
    fill: (range, into) => {
      source.fill(range, into)
      tell(range.first, range.count, into)
    },
  }
}

/** The same of rows in memory, [n, d]; NaN becomes 0. */
export function partlyKnownRows(rows: ArrayLike<number>, masks: Masks): Examples {
  const shapes = partlyKnownShapes(masks.parts)
  const points = Float32Array.from(rows)
  const count = points.length / sizeOf(shapes[knownNumbers]!)
  const conditions = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, new Float32Array(count * sizeOf(shape))]),
  )
  teller(masks)(0, count, { points, conditions })
  return { points, conditions }
}

/**
 * What a model of partly known rows is told: of rows [n, d] the numbers that are no NaN are known, and what is NaN is asked for.
 *
 * A part is known where all of its numbers are. Gives `known parts`, `absent parts` (none) and `known numbers`, [n, …] each.
 */
export function knownWhereGiven(
  rows: ArrayLike<number>,
  parts: readonly RowPart[],
): Record<string, Float32Array> {
  const starts = startsOf(parts)
  const width = parts.reduce((sum, part) => sum + widthOf(part), 0)
  const count = rows.length / width
  const known = new Float32Array(count * parts.length)
  const numbers = new Float32Array(count * width)
  for (let row = 0; row < count; row++)
    parts.forEach((part, k) => {
      const from = row * width + starts[k]!
      const own = Array.from({ length: widthOf(part) }, (_, j) => rows[from + j]!)
      if (own.some(Number.isNaN)) return
      known[row * parts.length + k] = 1
      numbers.set(own, from)
    })
  return { [knownParts]: known, [absentParts]: new Float32Array(known.length), [knownNumbers]: numbers }
}

/** Writes what is told of each example beside its points. */
function teller({ parts, columns, seed }: Masks): (first: number, count: number, into: Examples) => void {
  const random = new RandomStream({ seed, name: 'what is known of a row' })
  const starts = startsOf(parts)
  const width = parts.reduce((sum, part) => sum + widthOf(part), 0)
  const mayBeGiven = columns.flatMap((column, c) => (column.mayBeGiven ? [c] : []))
  // With everything given nothing would be asked.
  const most = Math.min(mayBeGiven.length, columns.length - 1)
  const draws = 3 + 2 * columns.length
  return (first, count, { points, conditions }) => {
    const u = random.uniform({ first, count, width: draws })
    const { known, absent, numbers } = tensorsOf(conditions)
    known.fill(0)
    absent.fill(0)
    numbers.fill(0)
    for (let row = 0; row < count; row++) {
      const drawn = u.subarray(row * draws, (row + 1) * draws)
      const given =
        drawn[0]! < jointShare
          ? []
          : fewest(mayBeGiven, drawn.subarray(3), 1 + Math.floor(drawn[1]! * most)).slice(0, most)
      const told = drawn[2]! < droppedShare ? absent : known
      for (const c of given) {
        const own = columns[c]!.parts
        const asked = own.length > 1 && drawn[3 + columns.length + c]! < choiceShare ? own.slice(0, 1) : own
        for (const k of told === absent ? own : asked) told[row * parts.length + k] = 1
      }
      for (const { parts: own } of columns) {
        const gap = own.some((k) => Number.isNaN(points[row * width + starts[k]!]!))
        for (const k of own) {
          const from = row * width + starts[k]!
          const to = from + widthOf(parts[k]!)
          if (gap) {
            known[row * parts.length + k] = 0
            absent[row * parts.length + k] = 1
            points.fill(0, from, to)
          } else if (known[row * parts.length + k] === 1) numbers.set(points.subarray(from, to), from)
        }
      }
    }
  }
}

function tensorsOf(conditions: Named<Float32Array>): Record<'known' | 'absent' | 'numbers', Float32Array> {
  return {
    known: conditions[knownParts]!,
    absent: conditions[absentParts]!,
    numbers: conditions[knownNumbers]!,
  }
}

/** The `count` of `places` whose numbers are least: any of them alike. */
function fewest(places: readonly number[], numbers: ArrayLike<number>, count: number): readonly number[] {
  return [...places].sort((a, b) => numbers[a]! - numbers[b]!).slice(0, count)
}

/** Where each part's coordinates begin. */
function startsOf(parts: readonly RowPart[]): readonly number[] {
  let at = 0
  return parts.map((part) => {
    const here = at
    at += widthOf(part)
    return here
  })
}
