import { z } from 'zod'
import { RandomStream } from '../../../base/index.ts'
import {
  inventText,
  maskOf,
  type People,
  type PersonalFinding,
  patternOf,
  patternSchema,
  peopleSchema,
  personalKind,
  personOf,
  type TextPattern,
} from '../personal/index.ts'
import { type Column, isGap } from '../table.ts'
import type { Json } from './column-encoder.ts'
import { type ColumnEncoding, nothingPrepared, type RowOrigin } from './column-encoding.ts'

const schema = z.strictObject({
  role: z.literal('personal'),
  /** Name of the kind of personal data. */
  is: z.string(),
  reason: z.string(),
  gapShare: z.number(),
  people: peopleSchema,
  /** Letters, digits and signs of a usual cell, by class. */
  like: z.string(),
  pattern: patternSchema.nullable(),
  /** The column without its values. */
  column: z.looseObject({ kind: z.enum(['number', 'text']), name: z.string() }),
})

type Plan = Omit<z.infer<typeof schema>, 'role'>

/** Random words of a person: its names, and what is invented by a pattern. */
const wordsOfPerson = 5
const wordsOfPattern = 48

/**
 * An encoding of width 0 for a column of personal data: what comes out is invented, of the same pattern, and no value of the
 * column. Row i gets a person that depends on (seed, i) only, the same one in all such columns of the table.
 *
 * The encoding keeps no value of the column, but for how they are written. people: as `peopleUnlike` made them of the cells of
 * all personal columns.
 */
export function fitPersonalColumn(
  column: Column,
  { kind, reason, people }: PersonalFinding & { readonly people: People },
): ColumnEncoding {
  const cells = textsOf(column)
  const { values: _, ...shell } = column
  const asNumber = (places: readonly string[]): readonly string[] => ['9', ...places.slice(1)]
  const made =
    column.kind === 'number'
      ? { refine: asNumber, filler: '9' }
      : { ...(kind.refine ? { refine: kind.refine } : {}) }
  return personalEncoding({
    is: kind.name,
    reason,
    gapShare: 1 - cells.length / Math.max(1, column.values.length),
    people,
    like: usualMask(cells),
    pattern: kind.invent ? null : patternOf(cells, made),
    column: shell as Plan['column'],
  })
}

/** The encoding that `toJSON` wrote; throws a ZodError if it is broken. */
export function restorePersonalColumn(json: unknown): ColumnEncoding {
  const { role: _, ...plan } = schema.parse(json)
  return personalEncoding(plan)
}

function personalEncoding(plan: Plan): ColumnEncoding {
  const { is, reason, gapShare, people, like, pattern, column: shell } = plan
  const { name, kind } = shell
  const invent = personalKind(is)?.invent
  const make = (names: Uint32Array, digits: Uint32Array): string =>
    pattern ? inventText(pattern, digits) : (invent?.(personOf(people, names), people, like) ?? '')
  return {
    name,
    kind,
    width: 0,
    parts: [],
    encoder: 'personal',
    reason,
    gaps: true,
    discrete: true,
    logCells: (_, count) => new Float64Array(count),
    canEncode: () => true,
    prepare: () => nothingPrepared,
    decode: (_, count, rows) => {
      const texts = inventedTexts({ people, make, name, pattern }, count, rows)
      const gaps = new RandomStream({ seed: rows.seed, name: `gaps of people/${name}` }).uniform({
        first: rows.first,
        count,
        width: 1,
      })
      const cells = texts.map((text, row) => (gaps[row]! < gapShare ? null : text))
      const values =
        kind === 'text'
          ? cells
          : Float64Array.from(cells, (text) => (text === null ? Number.NaN : Number(text)))
      return { ...shell, values } as unknown as Column
    },
    outcomes: () => ({ kind: 'invented', what: personalKind(is)?.what ?? 'personal data' }),
    logDerivative: (_, count) => new Float64Array(count),
    toJSON: () => ({ role: 'personal', ...(plan as unknown as { readonly [key: string]: Json }) }),
  }
}

/** What stands in each row: of the row's own person, or of one of so many. */
function inventedTexts(
  {
    people,
    make,
    name,
  }: {
    readonly people: People
    readonly make: (names: Uint32Array, digits: Uint32Array) => string
    readonly name: string
    readonly pattern: TextPattern | null
  },
  count: number,
  { seed, first }: RowOrigin,
): string[] {
  const range = people.count === undefined ? { first, count } : { first: 0, count: people.count }
  const names = new RandomStream({ seed, name: 'person' }).bits({ ...range, width: wordsOfPerson })
  const digits = new RandomStream({ seed, name: `person/${name}` }).bits({ ...range, width: wordsOfPattern })
  const texts = Array.from({ length: range.count }, (_, person) =>
    make(
      names.subarray(person * wordsOfPerson, (person + 1) * wordsOfPerson),
      digits.subarray(person * wordsOfPattern, (person + 1) * wordsOfPattern),
    ),
  )
  if (people.count === undefined) return texts
  const who = new RandomStream({ seed, name: 'who' }).bits({ first, count, width: 1 })
  return Array.from(who, (word) => texts[word % texts.length]!)
}

/** The cells of a column as texts, gaps left out. */
export function textsOf(column: Column): string[] {
  return Array.from({ length: column.values.length }, (_, row) => row).flatMap((row) =>
    isGap(column, row) ? [] : [String(column.values[row]).trim()],
  )
}

/** The mask of a cell whose signs stand as those of most cells do. */
function usualMask(cells: readonly string[]): string {
  const counts = new Map<string, { count: number; mask: string }>()
  for (const cell of cells) {
    const mask = maskOf(cell).replaceAll(/[^\x20-\x7e]/g, 'a')
    const shape = mask.replaceAll(/([Aa9])\1+/g, '$1')
    const known = counts.get(shape) ?? { count: 0, mask }
    known.count++
    counts.set(shape, known)
  }
  return [...counts.values()].reduce((best, one) => (one.count > best.count ? one : best), {
    count: 0,
    mask: '',
  }).mask
}
