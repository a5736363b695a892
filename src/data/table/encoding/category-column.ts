import { z } from 'zod'
import { type Calendar, type Column, columnWords, type Written } from '../table.ts'
import { pickRows } from './codes.ts'
import type { FittedEncoder, Json } from './column-encoder.ts'
import { columnEncoder } from './column-encoders.ts'
import type { ColumnEncoding } from './column-encoding.ts'
import {
  drawInstead,
  pooledColumn,
  type RareWords,
  rareWordsSchema,
  type SortedWords,
  withRareWord,
} from './rare-words.ts'
import type { Word } from './words.ts'
import { calendarSchema, writtenJson, writtenSchema } from './written.ts'

/** Up to so many words each has its corner of a simplex; beyond, they are cells of one normal. */
export const mostSimplexWords = 64

const schema = z.strictObject({
  role: z.literal('category'),
  kind: z.enum(['number', 'text']),
  name: z.string(),
  type: z.string(),
  decimals: z.number().int().nonnegative(),
  encoder: z.string(),
  reason: z.string(),
  calendar: z.exactOptional(calendarSchema),
  written: z.exactOptional(writtenSchema),
  rare: z.exactOptional(rareWordsSchema),
  parameters: z.json(),
})

interface CategoryPlan {
  readonly kind: Column['kind']
  readonly name: string
  readonly type: string
  readonly decimals: number
  readonly encoder: string
  readonly reason: string
  readonly calendar?: Calendar
  readonly written?: Written
  /** What words that are not known one by one count as; without it they cannot be encoded. */
  readonly rare?: RareWords
}

/**
 * Fits an encoding to a column of categories; a gap is one of them, and so is each number of a column of numbers.
 *
 * all: the column with every row, also those not learned from, so that no word is met later that is unknown. sorted: which of
 * its words may come out; the others are one word to the model.
 */
export function fitCategoryColumn(
  column: Column,
  options: {
    readonly all: Column
    readonly sorted: SortedWords
    readonly encoder?: string
    readonly reason: string
  },
): ColumnEncoding {
  const { common, rare } = options.sorted
  const known = (of: Column): readonly Word[] =>
    rare ? withRareWord(columnWords(of), common, rare.word) : columnWords(of)
  const words = known(options.all)
  const count = new Set(words).size
  const encoder = options.encoder ?? (count <= mostSimplexWords ? 'simplex' : 'normal-cells')
  const fitted = columnEncoder('text', encoder).fit(known(column), {
    words,
    resolution: undefined,
    dequantised: true,
  })
  const { kind, name, type } = column
  const decimals = column.kind === 'number' ? column.decimals : 0
  const calendar = column.kind === 'number' && column.calendar ? { calendar: column.calendar } : {}
  const written = column.written ? { written: column.written } : {}
  return categoryEncoding(
    {
      kind,
      name,
      type,
      decimals,
      encoder,
      reason: options.reason,
      ...calendar,
      ...written,
      ...(rare ? { rare } : {}),
    },
    fitted,
  )
}

/** The encoding that `toJSON` wrote; throws a ZodError or `data/encoding-parameters` if it is broken. */
export function restoreCategoryColumn(json: unknown): ColumnEncoding {
  const { role: _, parameters, ...plan } = schema.parse(json)
  return categoryEncoding(plan, columnEncoder('text', plan.encoder).restore(parameters))
}

function categoryEncoding(plan: CategoryPlan, fitted: FittedEncoder<'text'>): ColumnEncoding {
  const { kind, name, type, decimals, encoder, reason, rare } = plan
  const written = plan.written ? { written: plan.written } : {}
  const calendar = plan.calendar ? { calendar: plan.calendar } : {}
  const known = new Set((fitted.parameters as { words: readonly Word[] }).words)
  const columnOf = (words: readonly Word[]): Column => {
    if (kind === 'text') return { kind, name, type, values: words, ...written }
    const values = Float64Array.from(words, (word) => (word === null ? Number.NaN : Number(word)))
    return { kind, name, type, decimals, values, ...calendar, ...written }
  }
  return {
    name,
    kind,
    width: fitted.width,
    parts: fitted.parts,
    encoder,
    reason,
    gaps: known.has(null),
    words: new Set([...known].filter((word) => word !== null)),
    discrete: true,
    logCells: (_, count) => new Float64Array(count),
    canEncode: (column, row) => {
      const word = column.kind === 'text' ? column.values[row]! : columnWords(column, row)[0]!
      return known.has(word) || (rare !== undefined && word !== null)
    },
    ...(rare ? { pool: (column: Column) => pooledColumn(column, known, rare.word) } : {}),
    prepare: (column) => {
      const words = rare ? withRareWord(columnWords(column), known, rare.word) : columnWords(column)
      const places = fitted.lookUp(words)
      return { write: (rows, codes, noise) => fitted.write(pickRows(places, rows), codes, noise) }
    },
    decode: (encoded, count, rows): Column => {
      const drawn = rare && drawInstead(rare, { rows, count, name })
      const words = fitted
        .decode(encoded, count)
        .map((word, row) => (drawn && word === rare?.word ? drawn(row) : word))
      return columnOf(words)
    },
    outcomes: () => {
      const words = [...known].filter((word) => word !== rare?.word)
      return {
        kind: 'values',
        column: columnOf(words),
        ...(rare ? { hidesRareWords: true } : {}),
        ...(rare?.instead.kind === 'pattern' ? { inventsOthers: true } : {}),
      }
    },
    logDerivative: (encoded, count) => fitted.logDerivative(encoded, count),
    toJSON: () => {
      const { calendar, written, rare, ...told } = plan
      return {
        role: 'category',
        ...told,
        ...(calendar ? { calendar: { ...calendar } } : {}),
        ...writtenJson(written),
        ...(rare ? { rare: rare as unknown as Json } : {}),
        parameters: fitted.parameters,
      }
    },
  }
}
