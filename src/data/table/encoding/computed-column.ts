import { z } from 'zod'
import { type ExactRule, ruleFormula } from '../rules/index.ts'
import type { Column } from '../table.ts'
import type { Json } from './column-encoder.ts'
import { type ColumnEncoding, nothingPrepared } from './column-encoding.ts'

const schema = z.strictObject({
  role: z.literal('computed'),
  reason: z.string(),
  /** The column without its values. */
  column: z.looseObject({ kind: z.enum(['number', 'text']), name: z.string() }),
})

type Shell = z.infer<typeof schema>['column']

/**
 * An encoding of width 0 for a column that others determine exactly: it is not learned, but computed from them on the way out,
 * which the table encoding does, since it needs the other columns. Until then its cells are gaps.
 */
export function fitComputedColumn(column: Column, rule: ExactRule): ColumnEncoding {
  const { values: _, ...shell } = column
  return computedEncoding(shell as Shell, `computed from the other columns: ${ruleFormula(rule)}`)
}

/** The encoding that `toJSON` wrote; throws a ZodError if it is broken. */
export function restoreComputedColumn(json: unknown): ColumnEncoding {
  const { column, reason } = schema.parse(json)
  return computedEncoding(column, reason)
}

function computedEncoding(shell: Shell, reason: string): ColumnEncoding {
  const { name, kind } = shell
  return {
    name,
    kind,
    width: 0,
    parts: [],
    encoder: 'computed',
    computed: true,
    reason,
    gaps: true,
    logCells: (_, count) => new Float64Array(count),
    discrete: true,
    canEncode: () => true,
    prepare: () => nothingPrepared,
    decode: (_, count) =>
      ({
        ...shell,
        values: kind === 'text' ? new Array(count).fill(null) : new Float64Array(count).fill(Number.NaN),
      }) as unknown as Column,
    logDerivative: (_, count) => new Float64Array(count),
    toJSON: () => ({ role: 'computed', reason, column: shell as unknown as Json }),
  }
}
